import { containersThat, none } from "../../admissionCel.js";
import { remove } from "../../patch.js";
import { flag, type Problem, podRule } from "../../rule.js";
import { ofContainers, podSecurityDocs } from "../../text.js";
import type { Field } from "../../value.js";

const sinceMinor = 34;
const handlers = [
  ["livenessProbe"],
  ["readinessProbe"],
  ["startupProbe"],
  ["lifecycle", "postStart"],
  ["lifecycle", "preStop"],
];

const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";

function handlerProblems(container: Field, label: string): Problem[] {
  return handlers
    .map(path => container.at(...path))
    .filter(handler => !handler.isAbsent)
    .flatMap(handler =>
      ["httpGet", "tcpSocket"].flatMap(action => {
        const host = handler.at(action, "host");
        return flag(host, isSet, `${label} must not name a host in ${handler.name}.${action}`, () => remove(host));
      }),
    );
}

export const hostProbes = podRule({
  id: "k8s-host-probes",
  title: "Probes and lifecycle hooks call their own pod",
  why: "The kubelet makes these calls from the node's network: a host of its own choosing lets a pod reach what it cannot reach itself.",
  severity: "medium",
  level: "mandatory",
  docs: podSecurityDocs.baseline,
  remediation:
    "Remove host from httpGet and tcpSocket: the pod's own address is the default. Use a Host header for virtual hosts.",
  reads: [ofContainers("{livenessProbe,readinessProbe,startupProbe,lifecycle.*}.{httpGet,tcpSocket}.host")],
  podSecurity: "baseline",

  check: ({ containers }, { standard }) =>
    standard.minor < sinceMinor ? [] : containers.flatMap(({ field, label }) => handlerProblems(field, label)),

  admission: {
    of: "pods",
    problems: ({ standard }) => {
      if (standard.minor < sinceMinor) return none;
      const hosts = handlers.flatMap(path =>
        ["httpGet", "tcpSocket"].map(action => ["c", ...path, action, "host"].join(".?")),
      );
      const isNamed = hosts.map(host => `${host}.orValue("") != ""`).join(" || ");
      return containersThat(isNamed, "must not name a host in a probe or a lifecycle hook");
    },
  },

  examples: {
    pass: { "an empty host is none": { "/spec/containers/0/livenessProbe/httpGet/host": "" } },
    fail: {
      "a probe of another host": { "/spec/containers/0/livenessProbe/httpGet/host": "169.254.169.254" },
      "a hook that calls the node": {
        "/spec/containers/0/lifecycle": { preStop: { tcpSocket: { host: "127.0.0.1", port: 10250 } } },
      },
    },
  },
});
