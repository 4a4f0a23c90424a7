import { containersThat } from "../../admissionCel.js";
import { remove } from "../../patch.js";
import { flag, podRule } from "../../rule.js";
import { ofContainers, podSecurityDocs } from "../../text.js";

export const hostPorts = podRule({
  id: "k8s-host-ports",
  title: "Containers take no ports of their node",
  why: "A host port is reachable on the node's own address, past Services and NetworkPolicies, and only one such pod fits on a node.",
  severity: "high",
  level: "mandatory",
  docs: podSecurityDocs.baseline,
  remediation: "Remove hostPort, and reach the container through a Service.",
  reads: [ofContainers("ports[*].hostPort")],
  podSecurity: "baseline",

  check: ({ containers }) =>
    containers.flatMap(({ field, label }) =>
      field
        .at("ports")
        .items()
        .flatMap(port => {
          const given = port.at("hostPort");
          const isTaken = (value: unknown) => value !== undefined && value !== null && value !== 0;
          return flag(given, isTaken, `${label} must not take port ${given.shown} of its node`, () => remove(given));
        }),
    ),

  admission: {
    of: "pods",
    problems: () =>
      containersThat("c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) != 0)", "must not take ports of its node"),
  },

  examples: {
    pass: { "zero, which means none": { "/spec/containers/0/ports/0/hostPort": 0 } },
    fail: {
      "a port of the node": { "/spec/containers/0/ports/0/hostPort": 8080 },
      "on an init container": { "/spec/initContainers/0/ports": [{ containerPort: 9000, hostPort: 9000 }] },
    },
  },
});
