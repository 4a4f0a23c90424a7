import { containersThat, problemWhen, unlessInUserNamespace } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { exceptInUserNamespace } from "../../podSecurity.js";
import { flag, type Problem, podRule } from "../../rule.js";
import type { Field } from "../../value.js";
import type { PodSubject } from "../../workloads.js";

function problemsOf({ spec, containers }: PodSubject): Problem[] {
  const onPod = spec.at("securityContext", "runAsNonRoot");
  const judge = (given: Field, message: string) =>
    flag(
      given,
      value => value !== true,
      message,
      () => set(given, true),
    );

  const podProblems = onPod.isAbsent ? [] : judge(onPod, "the pod must not set securityContext.runAsNonRoot to false");
  return [
    ...podProblems,
    ...containers.flatMap(({ field, label }) => {
      const own = field.at("securityContext", "runAsNonRoot");
      if (!own.isAbsent) return judge(own, `${label} must not set securityContext.runAsNonRoot to false`);
      // What is wrong with the pod's own value is said once, above.
      return onPod.isAbsent ? judge(own, `${label} or its pod must set securityContext.runAsNonRoot to true`) : [];
    }),
  ];
}

export const runAsNonRoot = podRule({
  id: "k8s-run-as-non-root",
  title: "Containers run as a user other than root",
  why: "Root in a container is root on the node as soon as one kernel or runtime bug lets it out.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  remediation: "Set securityContext.runAsNonRoot to true on the pod, and leave it unset on its containers.",
  reads: [
    "spec.securityContext.runAsNonRoot",
    "spec.{containers,initContainers,ephemeralContainers}[*].securityContext.runAsNonRoot",
    "spec.hostUsers",
  ],
  podSecurity: "restricted",

  check: (pod, { standard }) => exceptInUserNamespace(pod, standard, problemsOf(pod)),

  admission: {
    of: "pods",
    problems: ({ standard }) => {
      const onPod = "variables.spec.?securityContext.?runAsNonRoot";
      const onPodIsFalse = problemWhen(
        `!${onPod}.orValue(true)`,
        "the pod must not set securityContext.runAsNonRoot to false",
      );
      // Where the pod says it, a container may leave it out; what the pod says wrongly is said once.
      const isBad = `!c.?securityContext.?runAsNonRoot.orValue(${onPod}.hasValue())`;
      const message = "or its pod must set securityContext.runAsNonRoot to true";
      return unlessInUserNamespace(standard, `${onPodIsFalse} + ${containersThat(isBad, message)}`);
    },
  },

  examples: {
    pass: {
      "set on every container, not on the pod": {
        "/spec/securityContext/runAsNonRoot": undefined,
        "/spec/containers/0/securityContext/runAsNonRoot": true,
        "/spec/initContainers/0/securityContext/runAsNonRoot": true,
      },
      "root in a user namespace of its own": {
        "/spec/hostUsers": false,
        "/spec/securityContext/runAsNonRoot": undefined,
      },
    },
    fail: {
      "set nowhere": { "/spec/securityContext/runAsNonRoot": undefined },
      "refused on the pod": { "/spec/securityContext/runAsNonRoot": false },
      "an init container opts out": { "/spec/initContainers/0/securityContext/runAsNonRoot": false },
    },
  },
});
