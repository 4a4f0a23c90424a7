import { containersThat, unlessOnWindows } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { exceptOnWindows } from "../../podSecurity.js";
import { flag, podRule } from "../../rule.js";
import { ofContainers } from "../../text.js";

export const readOnlyRootfs = podRule({
  id: "k8s-read-only-rootfs",
  title: "Containers cannot write to their root filesystem",
  why: "A program that somebody else controls cannot replace binaries or leave tools behind, and a container fills no node's disk.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  remediation:
    "Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir with a sizeLimit wherever the program writes.",
  reads: [ofContainers("securityContext.readOnlyRootFilesystem"), "spec.os.name"],

  // Windows has none, and Kubernetes refuses the field there.
  check: (pod, { standard }) => {
    const problems = pod.containers.flatMap(({ field, label }) => {
      const given = field.at("securityContext", "readOnlyRootFilesystem");
      const message = `${label} must set securityContext.readOnlyRootFilesystem to true`;
      return flag(
        given,
        value => value !== true,
        message,
        () => set(given, true),
      );
    });
    return exceptOnWindows(pod, standard, problems);
  },

  admission: {
    of: "pods",
    problems: ({ standard }) =>
      unlessOnWindows(
        standard,
        containersThat(
          "!c.?securityContext.?readOnlyRootFilesystem.orValue(false)",
          "must set securityContext.readOnlyRootFilesystem to true",
        ),
      ),
  },

  examples: {
    pass: {
      "on Windows": {
        "/spec/os": { name: "windows" },
        "/spec/containers/0/securityContext/readOnlyRootFilesystem": undefined,
      },
    },
    fail: {
      "left writable": { "/spec/containers/0/securityContext/readOnlyRootFilesystem": undefined },
      "an init container writes": { "/spec/initContainers/0/securityContext/readOnlyRootFilesystem": false },
    },
  },
});
