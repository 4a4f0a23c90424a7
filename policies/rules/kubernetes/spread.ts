import { problemWhen } from "../../admissionCel.js";
import { resourceRule, undetermined, violation } from "../../rule.js";

export const spread = resourceRule({
  id: "k8s-spread",
  title: "Replicas are spread over nodes",
  why: "Two replicas on one node go down with it, both.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
  remediation:
    "Add topologySpreadConstraints for kubernetes.io/hostname and topology.kubernetes.io/zone, or a podAntiAffinity.",
  reads: ["spec.replicas", "spec.template.spec.{topologySpreadConstraints,affinity.podAntiAffinity}"],

  applies: ({ pods }) => pods.length > 0,
  check: ({ pods }) =>
    pods
      .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
      .flatMap(({ owner, spec }) => {
        const replicas = owner.at("spec", "replicas");
        if (!replicas.isUnknown && !(typeof replicas.value === "number" && replicas.value > 1)) return [];
        const constraints = spec.at("topologySpreadConstraints");
        const affinity = spec.at("affinity", "podAntiAffinity");
        if (constraints.items().some(({ isUnknown }) => !isUnknown) || (!affinity.isUnknown && !affinity.isAbsent))
          return [];
        const unknown = [constraints, affinity, replicas].find(({ isUnknown }) => isUnknown);
        return [
          unknown === undefined ? violation(constraints, "must spread its replicas over nodes") : undetermined(unknown),
        ];
      }),

  admission: {
    of: "pods",
    problems: () =>
      problemWhen(
        `request.kind.kind in ["Deployment", "StatefulSet"] && dyn(object).spec.?replicas.orValue(1) > 1
          && variables.spec.?topologySpreadConstraints.orValue([]).size() == 0
          && !variables.spec.?affinity.?podAntiAffinity.hasValue()`,
        "must spread its replicas over nodes",
      ),
  },

  examples: {
    pass: {
      "by affinity": {
        "/web/properties/spec/template/spec/topologySpreadConstraints": undefined,
        "/web/properties/spec/template/spec/affinity": {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, podAffinityTerm: { topologyKey: "kubernetes.io/hostname" } },
            ],
          },
        },
      },
    },
    fail: { "left to chance": { "/web/properties/spec/template/spec/topologySpreadConstraints": [] } },
  },
});
