import { isSelected } from "../../labels.js";
import { type StackProblem, stackRule, undetermined, violation } from "../../rule.js";
import type { StackSubject } from "../../subject.js";
import type { Field } from "../../value.js";
import type { PodSubject } from "../../workloads.js";

type Direction = "Ingress" | "Egress";

/** What a policy isolates: what it lists, else Ingress, and Egress where it has a rule for it. */
function isolates(spec: Field, direction: Direction): boolean {
  const listed = spec.at("policyTypes").items();
  if (listed.length > 0) return listed.some(({ value, isUnknown }) => isUnknown || value === direction);
  return direction === "Ingress" || spec.at("egress").items().length > 0;
}

/** Pods that some policy isolates in this direction, surely or possibly. */
function isolated(stack: StackSubject, direction: Direction): { sure: Set<PodSubject>; unsure: Set<PodSubject> } {
  const found = { sure: new Set<PodSubject>(), unsure: new Set<PodSubject>() };
  const policies = stack.objectsOf("networking.k8s.io", "NetworkPolicy");
  for (const { object } of policies.filter(({ object: { spec } }) => isolates(spec, direction))) {
    const selector = object.spec.at("podSelector");
    const pairs = selector.at("matchLabels");
    const { sure, unsure } = stack.podIndex.selected(object.metadata, pairs, labels => isSelected(selector, labels));
    for (const pod of sure) found.sure.add(pod);
    for (const pod of unsure) found.unsure.add(pod);
  }
  return found;
}

export const netpolMissing = stackRule({
  id: "k8s-netpol-missing",
  title: "Every pod is isolated by a NetworkPolicy",
  why: "Without one every pod of the cluster reaches every other: one that is broken into is inside all of them.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  remediation: "Deny all traffic in the namespace, both ways, and allow what each workload needs.",
  reads: ["NetworkPolicy spec.{podSelector,policyTypes,egress}", "pods' metadata.{namespace,labels}"],
  parameters: {
    directions: {
      type: "array",
      items: { type: "string", pattern: "^(Ingress|Egress)$" },
      default: ["Ingress", "Egress"],
      description: "Directions in which a pod must be isolated.",
    },
  },

  check: (stack, { settings }) =>
    (settings.directions as readonly Direction[]).flatMap(direction => {
      const { sure, unsure } = isolated(stack, direction);
      return stack.resources.flatMap(resource =>
        resource.pods
          .filter(pod => !sure.has(pod) && pod.kind !== "PodTemplate" && resource.object?.isPatch !== true)
          .map((pod): StackProblem => {
            if (unsure.has(pod)) return { ...undetermined(pod.metadata), resource };
            const message = `no NetworkPolicy says what may ${direction === "Ingress" ? "reach" : "leave"} the pod`;
            return { ...violation(pod.metadata, message), resource };
          }),
      );
    }),

  admission: { cannot: "pods and the NetworkPolicies that isolate them are made one by one and in any order" },

  examples: {
    pass: {
      "a policy for these pods": {
        "/deny/properties/spec/podSelector": { matchLabels: { "app.kubernetes.io/name": "web" } },
      },
      "a policy for labels among several": {
        "/deny/properties/spec/podSelector": {
          matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["api", "web"] }],
        },
      },
    },
    fail: {
      "nothing said about what leaves": { "/deny/properties/spec/policyTypes": ["Ingress"] },
      "no policy": { "/deny": undefined },
    },
  },
});
