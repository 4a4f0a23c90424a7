import { containersThat, none, unlessOnWindows } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { exceptOnWindows } from "../../podSecurity.js";
import { flag, podRule } from "../../rule.js";

/** The field came with Kubernetes 1.8. */
const sinceMinor = 8;

export const privilegeEscalation = podRule({
  id: "k8s-privilege-escalation",
  title: "Processes cannot gain more privileges than their container started with",
  why: "Without it a set-user-ID program in the image turns an ordinary user into root, whatever user the container runs as.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  remediation: "Set securityContext.allowPrivilegeEscalation to false on every container.",
  reads: [
    "spec.{containers,initContainers,ephemeralContainers}[*].securityContext.allowPrivilegeEscalation",
    "spec.os.name",
  ],
  podSecurity: "restricted",

  check: (pod, { standard }) =>
    standard.minor < sinceMinor
      ? []
      : exceptOnWindows(
          pod,
          standard,
          pod.containers.flatMap(({ field, label }) => {
            const given = field.at("securityContext", "allowPrivilegeEscalation");
            const message = `${label} must set securityContext.allowPrivilegeEscalation to false`;
            return flag(
              given,
              value => value !== false,
              message,
              () => set(given, false),
            );
          }),
        ),

  admission: {
    of: "pods",
    problems: ({ standard }) =>
      standard.minor < sinceMinor
        ? none
        : unlessOnWindows(
            standard,
            containersThat(
              "c.?securityContext.?allowPrivilegeEscalation.orValue(true)",
              "must set securityContext.allowPrivilegeEscalation to false",
            ),
          ),
  },

  examples: {
    pass: {},
    fail: {
      "allowed on an init container": { "/spec/initContainers/0/securityContext/allowPrivilegeEscalation": true },
      "left to the default, which allows it": {
        "/spec/containers/0/securityContext/allowPrivilegeEscalation": undefined,
      },
    },
  },
});
