import { problemWhen, selects } from "../../admissionCel.js";
import { isSelected, type Truth } from "../../labels.js";
import { resourceRule, undetermined, violation } from "../../rule.js";
import type { Field } from "../../value.js";
import type { PodSubject } from "../../workloads.js";

const replicated = ["Deployment", "StatefulSet", "Rollout"];

/** What keeps pods apart, if it means the pod's own replicas: constraints on topology, and terms of anti-affinity. */
function separators({ spec }: PodSubject): Field[] {
  const affinity = spec.at("affinity", "podAntiAffinity");
  return [
    ...spec.at("topologySpreadConstraints").items(),
    ...affinity.at("requiredDuringSchedulingIgnoredDuringExecution").items(),
    ...affinity
      .at("preferredDuringSchedulingIgnoredDuringExecution")
      .items()
      .map(term => term.at("podAffinityTerm")),
  ];
}

/** Whether it keeps the pod's own replicas apart: without a selector it means no pods. */
function separates(separator: Field, { metadata }: PodSubject): Truth {
  const selector = separator.at("labelSelector");
  return selector.isAbsent ? false : isSelected(selector, metadata.at("labels"));
}

export const spread = resourceRule({
  id: "k8s-spread",
  title: "Replicas are spread over nodes",
  why: "Two replicas on one node go down with it, both.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
  remediation:
    "Add topologySpreadConstraints for kubernetes.io/hostname and topology.kubernetes.io/zone, or a podAntiAffinity.",
  reads: [
    "spec.replicas",
    "spec.template.spec.{topologySpreadConstraints,affinity.podAntiAffinity}",
    "spec.template.metadata.labels",
  ],

  applies: ({ pods }) => pods.length > 0,
  check: ({ pods }) =>
    pods
      .filter(({ kind }) => replicated.includes(kind))
      .flatMap(pod => {
        const replicas = pod.owner.at("spec", "replicas");
        if (!replicas.isUnknown && !(typeof replicas.value === "number" && replicas.value > 1)) return [];
        const constraints = pod.spec.at("topologySpreadConstraints");
        const all = separators(pod);
        if (all.some(one => separates(one, pod) === true)) return [];
        const affinity = pod.spec.at("affinity", "podAntiAffinity");
        const unsure = all.filter(one => separates(one, pod) === undefined);
        const unknown = [constraints, affinity, replicas, ...unsure].find(one => one.isUnknown) ?? unsure[0];
        return [
          unknown === undefined ? violation(constraints, "must spread its replicas over nodes") : undetermined(unknown),
        ];
      }),

  admission: {
    of: "pods",
    problems: () => {
      const [labels, terms] = ["variables.labels", "variables.spec.?affinity.?podAntiAffinity"];
      return problemWhen(
        `request.kind.kind in ["Deployment", "StatefulSet"] && dyn(object).spec.?replicas.orValue(1) > 1
          && !(variables.spec.?topologySpreadConstraints.orValue([]).exists(c, ${selects("c.?labelSelector", labels)})
            || ${terms}.?requiredDuringSchedulingIgnoredDuringExecution.orValue([]).exists(c, ${selects("c.?labelSelector", labels)})
            || ${terms}.?preferredDuringSchedulingIgnoredDuringExecution.orValue([])
              .exists(c, ${selects("c.podAffinityTerm.?labelSelector", labels)}))`,
        "must spread its replicas over nodes",
      );
    },
  },

  examples: {
    pass: {
      "by affinity": {
        "/web/properties/spec/template/spec/topologySpreadConstraints": undefined,
        "/web/properties/spec/template/spec/affinity": {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 1,
                podAffinityTerm: {
                  topologyKey: "kubernetes.io/hostname",
                  labelSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
                },
              },
            ],
          },
        },
      },
    },
    fail: {
      "left to chance": { "/web/properties/spec/template/spec/topologySpreadConstraints": [] },
      "away from other pods only": {
        "/web/properties/spec/template/spec/topologySpreadConstraints/0/labelSelector": { matchLabels: { app: "wbe" } },
      },
    },
  },
});
