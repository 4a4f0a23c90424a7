import { containersThat } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { flag, podRule } from "../../rule.js";

export const privileged = podRule({
  id: "k8s-privileged",
  title: "Containers are not privileged",
  why: "A privileged container has every capability and every device of its node: who breaks into it owns the node and all pods on it.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  remediation:
    "Remove securityContext.privileged. Give the one device or capability that is needed, or run on a node of its own.",
  reads: ["spec.{containers,initContainers,ephemeralContainers}[*].securityContext.privileged"],
  podSecurity: "baseline",

  check: ({ containers }) =>
    containers.flatMap(({ field, label }) => {
      const given = field.at("securityContext", "privileged");
      return flag(
        given,
        value => value === true,
        `${label} must not be privileged`,
        () => set(given, false),
      );
    }),

  admission: {
    of: "pods",
    problems: () => containersThat("c.?securityContext.?privileged.orValue(false)", "must not be privileged"),
  },

  examples: {
    pass: { "said to be unprivileged": { "/spec/containers/0/securityContext/privileged": false } },
    fail: {
      "a privileged container": { "/spec/containers/0/securityContext/privileged": true },
      "a privileged init container": { "/spec/initContainers/0/securityContext/privileged": true },
    },
  },
});
