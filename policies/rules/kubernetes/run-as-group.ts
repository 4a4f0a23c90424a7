import { contextsThat, problemWhen } from "../../admissionCel.js";
import { flag, podRule } from "../../rule.js";
import { ofContainers } from "../../text.js";

export const runAsGroup = podRule({
  id: "k8s-run-as-group",
  title: "No group id is root's",
  why: "Files of the group root are writable in many images, so that group 0 is often as good as user 0.",
  severity: "low",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  remediation: "Give runAsGroup and fsGroup of 10000 or more, and no 0 among supplementalGroups.",
  reads: ["spec.securityContext.{runAsGroup,fsGroup,supplementalGroups}", ofContainers("securityContext.runAsGroup")],

  check: ({ spec, containers }) => {
    const isRoot = (value: unknown) => value === 0;
    const context = spec.at("securityContext");
    return [
      ...flag(context.at("runAsGroup"), isRoot, "the pod must not run as group 0"),
      ...flag(context.at("fsGroup"), isRoot, "the pod must not own its volumes as group 0"),
      ...context
        .at("supplementalGroups")
        .items()
        .flatMap(group => flag(group, isRoot, "the pod must not be in group 0")),
      ...containers.flatMap(({ field, label }) =>
        flag(field.at("securityContext", "runAsGroup"), isRoot, `${label} must not run as group 0`),
      ),
    ];
  },

  admission: {
    of: "pods",
    problems: () => {
      const context = "variables.spec.?securityContext";
      const isRoot = (group: string) => `${group}.optMap(group, group == 0).orValue(false)`;
      return [
        problemWhen(isRoot(`${context}.?fsGroup`), "the pod must not own its volumes as group 0"),
        problemWhen(`0 in ${context}.?supplementalGroups.orValue([])`, "the pod must not be in group 0"),
        contextsThat(of => isRoot(`${of}.?runAsGroup`), "must not run as group 0"),
      ].join(" + ");
    },
  },

  examples: {
    pass: { "left to the image": { "/spec/securityContext/runAsGroup": undefined } },
    fail: {
      "the pod": { "/spec/securityContext/runAsGroup": 0 },
      "its volumes": { "/spec/securityContext/fsGroup": 0 },
      "one group of several": { "/spec/securityContext/supplementalGroups": [10001, 0] },
      "a container": { "/spec/containers/0/securityContext/runAsGroup": 0 },
    },
  },
});
