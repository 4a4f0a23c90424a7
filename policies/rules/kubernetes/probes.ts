import { containersThat, none } from "../../admissionCel.js";
import { flag, type Problem, podRule, undetermined } from "../../rule.js";
import type { Container, PodSubject } from "../../workloads.js";

/** Pods that end by themselves are not asked whether they are ready or alive. */
function unlessEnding({ kind, spec }: PodSubject, problems: Problem[]): Problem[] {
  if (kind === "Job" || kind === "CronJob" || problems.length === 0) return [];
  const policy = spec.at("restartPolicy");
  if (kind !== "Pod") return problems;
  if (policy.isUnknown) return [undetermined(policy)];
  return policy.value === "Never" || policy.value === "OnFailure" ? [] : problems;
}

/** Whether a container runs as long as its pod: an init container does where it restarts always. Undetermined where that is not known. */
function unlessPassing({ field, list }: Container, problems: Problem[]): Problem[] {
  if (list === "containers" || problems.length === 0) return problems;
  const policy = field.at("restartPolicy");
  if (list === "initContainers" && policy.isUnknown) return [undetermined(policy)];
  return list === "initContainers" && policy.value === "Always" ? problems : [];
}

export const probes = podRule({
  id: "k8s-probes",
  title: "Long-running containers say when they are ready and alive",
  why: "Without a readiness probe users reach pods that cannot answer yet; without a liveness probe one that hangs stays.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
  remediation: "Add a readinessProbe, and a livenessProbe that fails only where a restart helps.",
  reads: [
    "spec.{containers,initContainers}[*].{readinessProbe,livenessProbe}",
    "spec.initContainers[*].restartPolicy",
    "spec.restartPolicy",
  ],
  parameters: {
    required: {
      type: "array",
      items: { type: "string", pattern: "^(readiness|liveness|startup)Probe$" },
      default: ["readinessProbe", "livenessProbe"],
      description: "Probes every long-running container must have.",
    },
  },

  check: (pod, { settings }) =>
    unlessEnding(
      pod,
      pod.containers.flatMap(container => {
        const found = settings.required.flatMap(name => {
          const probe = container.field.at(name);
          const isNone = () => !["exec", "httpGet", "tcpSocket", "grpc"].some(way => !probe.at(way).isAbsent);
          return flag(probe, isNone, `${container.label} must have a ${name}`);
        });
        return unlessPassing(container, found);
      }),
    ),

  admission: {
    of: "pods",
    problems: ({ settings }) => {
      const missing = (name: string) => {
        const ways = ["exec", "httpGet", "tcpSocket", "grpc"].map(way => `has(c.${name}.${way})`).join(" || ");
        return containersThat(`!(has(c.${name}) && (${ways}))`, `must have a ${name}`, "variables.lasting");
      };
      const endsByItself = `request.kind.kind in ["Job", "CronJob"]
        || request.kind.kind == "Pod" && variables.spec.?restartPolicy.optMap(policy, policy in ["Never", "OnFailure"]).orValue(false)`;
      return `(${endsByItself} ? [] : ${settings.required.map(missing).join(" + ") || none})`;
    },
  },

  examples: {
    pass: { "by a command": { "/spec/containers/0/livenessProbe": { exec: { command: ["/bin/healthy"] } } } },
    fail: {
      "not asked whether it is ready": { "/spec/containers/0/readinessProbe": undefined },
      "a sidecar that is not asked": { "/spec/initContainers/0/restartPolicy": "Always" },
      "a probe that asks nothing": { "/spec/containers/0/livenessProbe": { periodSeconds: 10 } },
    },
  },
});
