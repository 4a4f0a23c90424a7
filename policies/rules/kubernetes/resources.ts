import { containersThat, literal, none } from "../../admissionCel.js";
import { type Problem, podRule, undetermined, violation } from "../../rule.js";
import type { Field } from "../../value.js";

/** Nothing stands there, or a zero of any unit, which Kubernetes takes for no limit. */
function isMissing(field: Field): boolean {
  return field.isAbsent || field.value === 0 || (field.text !== undefined && /^0*\.?0*[a-zA-Z]{0,2}$/.test(field.text));
}

function amountProblems(places: readonly Field[], message: string): Problem[] {
  const [own] = places;
  if (own === undefined || places.some(field => !field.isUnknown && !isMissing(field))) return [];
  const unknown = places.find(({ isUnknown }) => isUnknown);
  return [unknown === undefined ? violation(own, message) : undetermined(unknown)];
}

export const resources = podRule({
  id: "k8s-resources",
  title: "Containers request and limit CPU and memory",
  why: "Without requests the scheduler overfills nodes; without limits one leak or one loop takes a node's neighbours down with it.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  remediation:
    "Set resources.requests and resources.limits for cpu and memory; equal ones give the pod the strongest guarantee.",
  reads: ["spec.{containers,initContainers}[*].resources", "spec.resources"],
  parameters: {
    required: {
      type: "array",
      items: { type: "string", pattern: "^(requests|limits)\\.[a-z0-9./-]{1,253}$" },
      default: ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"],
      description: "Amounts every container must give.",
    },
  },

  // Ephemeral containers cannot have resources.
  check: ({ spec, containers }, { settings }) =>
    containers
      .filter(({ list }) => list !== "ephemeralContainers")
      .flatMap(({ field, label }) =>
        settings.required.flatMap(amount => {
          const dot = amount.indexOf(".");
          const [kind, resource] = [amount.slice(0, dot), amount.slice(dot + 1)];
          // A missing request takes the limit's value; what the pod as a whole gives counts for each container (since 1.34).
          const kinds = kind === "requests" ? ["requests", "limits"] : [kind];
          const places = [field, spec].flatMap(holder => kinds.map(one => holder.at("resources", one, resource)));
          return amountProblems(places, `${label} must set resources.${amount}`);
        }),
      ),

  admission: {
    of: "pods",
    problems: ({ settings }) =>
      settings.required
        .map(amount => {
          const dot = amount.indexOf(".");
          const [kind, resource] = [amount.slice(0, dot), amount.slice(dot + 1)];
          const kinds = kind === "requests" ? ["requests", "limits"] : [kind];
          const places = ["c", "variables.spec"].flatMap(of =>
            kinds.map(one => `${of}.?resources.?${one}[?${literal(resource)}]`),
          );
          const isGiven = places.map(place => `${place}.hasValue() && quantity(${place}.value()) != quantity("0")`);
          return containersThat(`!(${isGiven.join(" || ")})`, `must set resources.${amount}`, "variables.scheduled");
        })
        .join(" + ") || none,
  },

  examples: {
    pass: {
      "requests follow from limits": { "/spec/containers/0/resources/requests": undefined },
      "given for the pod as a whole": {
        "/spec/containers/0/resources": undefined,
        "/spec/initContainers/0/resources": undefined,
        "/spec/resources": { limits: { cpu: "1", memory: "256Mi", "ephemeral-storage": "64Mi" } },
      },
    },
    fail: {
      "no memory limit": { "/spec/containers/0/resources/limits/memory": undefined },
      "a limit of nothing": { "/spec/initContainers/0/resources/limits/cpu": "0" },
    },
  },
});
