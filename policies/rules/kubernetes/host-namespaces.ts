import { problemWhen } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { flag, podRule } from "../../rule.js";

const fields = ["hostNetwork", "hostPID", "hostIPC"];

export const hostNamespaces = podRule({
  id: "k8s-host-namespaces",
  title: "Pods do not share the node's network, processes or IPC",
  why: "In the node's namespaces a pod sees the traffic, the processes and the shared memory of everything else on the node, and no NetworkPolicy holds it.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  remediation:
    "Remove hostNetwork, hostPID and hostIPC. A node agent that needs one runs in a namespace of its own, with an exception.",
  reads: fields.map(name => `spec.${name}`),
  podSecurity: "baseline",

  check: ({ spec }) =>
    fields.flatMap(name => {
      const given = spec.at(name);
      return flag(
        given,
        value => value === true,
        `the pod must not set ${name} to true`,
        () => set(given, false),
      );
    }),

  admission: {
    of: "pods",
    problems: () =>
      fields
        .map(name => problemWhen(`variables.spec.?${name}.orValue(false)`, `the pod must not set ${name} to true`))
        .join(" + "),
  },

  examples: {
    pass: { "all said to be off": { "/spec/hostNetwork": false, "/spec/hostPID": false, "/spec/hostIPC": false } },
    fail: {
      "the node's network": { "/spec/hostNetwork": true },
      "the node's processes": { "/spec/hostPID": true },
      "the node's IPC": { "/spec/hostIPC": true },
    },
  },
});
