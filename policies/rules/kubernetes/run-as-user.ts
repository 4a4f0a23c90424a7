import { contextsThat, none, unlessInUserNamespace } from "../../admissionCel.js";
import { exceptInUserNamespace } from "../../podSecurity.js";
import { flag, podRule } from "../../rule.js";
import { ofContainers, podSecurityDocs } from "../../text.js";

const sinceMinor = 23;

export const runAsUser = podRule({
  id: "k8s-run-as-user",
  title: "No user id is root's",
  why: "runAsUser 0 starts the container as root; with runAsNonRoot it never starts at all.",
  severity: "high",
  level: "mandatory",
  docs: podSecurityDocs.restricted,
  remediation: "Give a uid of 10000 or more, which belongs to no user of any node, or leave it to the image.",
  reads: ["spec.securityContext.runAsUser", ofContainers("securityContext.runAsUser"), "spec.hostUsers"],
  podSecurity: "restricted",
  parameters: {
    minimum: {
      type: "integer",
      default: 1,
      minimum: 1,
      description: "Smallest uid allowed. 10000 keeps clear of the users of nodes and images.",
    },
  },

  check: (pod, { settings, standard }) =>
    standard.minor < sinceMinor
      ? []
      : exceptInUserNamespace(
          pod,
          standard,
          [{ field: pod.spec, label: "the pod" }, ...pod.containers].flatMap(({ field, label }) => {
            const given = field.at("securityContext", "runAsUser");
            const isBad = (value: unknown) => typeof value === "number" && value < settings.minimum;
            return flag(
              given,
              isBad,
              `${label} must not run as user ${given.shown}, but as ${settings.minimum} or above`,
            );
          }),
        ),

  admission: {
    of: "pods",
    problems: ({ settings: { minimum }, standard }) =>
      standard.minor < sinceMinor
        ? none
        : unlessInUserNamespace(
            standard,
            contextsThat(
              of => `${of}.?runAsUser.optMap(user, user < ${minimum}).orValue(false)`,
              `must run as user ${minimum} or above`,
            ),
          ),
  },

  examples: {
    pass: { "left to the image": { "/spec/securityContext/runAsUser": undefined } },
    fail: {
      "root, on the pod": { "/spec/securityContext/runAsUser": 0 },
      "root, on a container": { "/spec/containers/0/securityContext/runAsUser": 0 },
    },
  },
});
