import { containersThat } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { flag, podRule } from "../../rule.js";

export const readOnlyRootfs = podRule({
  id: "k8s-read-only-rootfs",
  title: "Containers cannot write to their root filesystem",
  why: "A program that somebody else controls cannot replace binaries or leave tools behind, and a container fills no node's disk.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  remediation:
    "Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir with a sizeLimit wherever the program writes.",
  reads: ["spec.{containers,initContainers,ephemeralContainers}[*].securityContext.readOnlyRootFilesystem"],

  check: ({ containers }) =>
    containers.flatMap(({ field, label }) => {
      const given = field.at("securityContext", "readOnlyRootFilesystem");
      const message = `${label} must set securityContext.readOnlyRootFilesystem to true`;
      return flag(
        given,
        value => value !== true,
        message,
        () => set(given, true),
      );
    }),

  admission: {
    of: "pods",
    problems: () =>
      containersThat(
        "!c.?securityContext.?readOnlyRootFilesystem.orValue(false)",
        "must set securityContext.readOnlyRootFilesystem to true",
      ),
  },

  examples: {
    pass: {},
    fail: {
      "left writable": { "/spec/containers/0/securityContext/readOnlyRootFilesystem": undefined },
      "an init container writes": { "/spec/initContainers/0/securityContext/readOnlyRootFilesystem": false },
    },
  },
});
