import { containersThat, double, problemWhen, volumesThat } from "../../admissionCel.js";
import { quantity } from "../../quantity.js";
import { flag, type Problem, podRule, undetermined, violation } from "../../rule.js";
import { ofContainers } from "../../text.js";
import type { Field } from "../../value.js";

/** Thousandths are no exact fractions: 300m may come out as a bit more than ten times 30m. */
const rounding = 1 + 1e-9;

/** The limit is so far above the request that the node may not have what the container was promised. */
function ratioProblems(field: Field, label: string, resource: string, most: number): Problem[] {
  const request = field.at("resources", "requests", resource);
  const limit = field.at("resources", "limits", resource);
  if (request.isAbsent || limit.isAbsent) return [];
  if (request.isUnknown || limit.isUnknown) return [undetermined(request.isUnknown ? request : limit)];
  const [least, greatest] = [quantity(request.value), quantity(limit.value)];
  if (least === undefined || greatest === undefined || least === 0 || greatest <= least * most * rounding) return [];
  return [violation(limit, `${label}: the limit of ${resource} must be at most ${most} times the request`)];
}

/** To Kubernetes no limit is one of nothing, too. */
function isUnlimited(amount: unknown): boolean {
  return amount === undefined || amount === null || quantity(amount) === 0;
}

export const resourceBounds = podRule({
  id: "k8s-resource-bounds",
  title: "What a container may take beyond its request is bounded",
  why: "A limit far above the request promises what nodes do not have, and scratch space without a limit fills a node's disk.",
  severity: "low",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage",
  remediation: "Bring request and limit closer; set limits for ephemeral-storage and a sizeLimit on every emptyDir.",
  reads: [ofContainers("resources"), "spec.resources", "spec.volumes[*].emptyDir.sizeLimit"],
  parameters: {
    cpuRatio: { type: "number", default: 10, minimum: 1, description: "Most that a CPU limit may be of its request." },
    memoryRatio: {
      type: "number",
      default: 2,
      minimum: 1,
      description: "Most that a memory limit may be of its request.",
    },
  },

  check: ({ spec, containers }, { settings }) => [
    ...ratioProblems(spec, "the pod", "cpu", settings.cpuRatio),
    ...ratioProblems(spec, "the pod", "memory", settings.memoryRatio),
    ...containers
      .filter(({ list }) => list !== "ephemeralContainers")
      .flatMap(({ field, label }) => [
        ...ratioProblems(field, label, "cpu", settings.cpuRatio),
        ...ratioProblems(field, label, "memory", settings.memoryRatio),
        ...flag(
          field.at("resources", "limits", "ephemeral-storage"),
          value => isUnlimited(value) && spec.at("resources", "limits", "ephemeral-storage").isAbsent,
          `${label} must set resources.limits.ephemeral-storage`,
        ),
      ]),
    ...spec
      .at("volumes")
      .items()
      .filter(volume => !volume.at("emptyDir").isAbsent)
      .flatMap(volume => {
        const message = `volume ${volume.at("name").shown} must have a sizeLimit`;
        return flag(volume.at("emptyDir", "sizeLimit"), isUnlimited, message);
      }),
  ],

  admission: {
    of: "pods",
    problems: ({ settings }) => {
      const isAbove = (of: string, resource: string, most: number) => {
        const [request, limit] = ["requests", "limits"].map(kind => `${of}.?resources.?${kind}[?"${resource}"]`);
        const amount = (of = "") => `quantity(${of}.value()).asApproximateFloat()`;
        return `${request}.hasValue() && ${limit}.hasValue() && quantity(${request}.value()).isGreaterThan(quantity("0"))
          && ${amount(limit)} / ${amount(request)} > ${double(most * rounding)}`;
      };
      const ratio = (resource: string, most: number) => {
        const message = `must have a limit of ${resource} of at most ${most} times the request`;
        const ofContainers = containersThat(isAbove("c", resource, most), message, "variables.scheduled");
        return `${problemWhen(isAbove("variables.spec", resource, most), `the pod ${message}`)} + ${ofContainers}`;
      };
      const nothing = 'quantity("0")';
      const scratch = `quantity(string(c.?resources.?limits[?"ephemeral-storage"].orValue("0"))).isGreaterThan(${nothing})
        || variables.spec.?resources.?limits[?"ephemeral-storage"].hasValue()`;
      return [
        ratio("cpu", settings.cpuRatio),
        ratio("memory", settings.memoryRatio),
        containersThat(`!(${scratch})`, "must set resources.limits.ephemeral-storage", "variables.scheduled"),
        volumesThat(
          `has(v.emptyDir) && !quantity(string(v.emptyDir.?sizeLimit.orValue("0"))).isGreaterThan(${nothing})`,
          "must have a sizeLimit",
        ),
      ].join(" + ");
    },
  },

  examples: {
    pass: { "twice the memory": { "/spec/containers/0/resources/limits/memory": "128Mi" } },
    fail: {
      "far more memory than requested": { "/spec/containers/0/resources/limits/memory": "1Gi" },
      "far more CPU than requested": { "/spec/initContainers/0/resources/limits/cpu": 4 },
      "far more CPU than requested for the pod as a whole": {
        "/spec/resources": { requests: { cpu: "100m" }, limits: { cpu: "8" } },
      },
      "scratch space without a limit": { "/spec/volumes/0/emptyDir": {} },
      "a writable layer without a limit": { "/spec/containers/0/resources/limits/ephemeral-storage": undefined },
    },
  },
});
