import { containersThat, literal, none } from "../../admissionCel.js";
import { quantity } from "../../quantity.js";
import { podRule, undetermined, violation } from "../../rule.js";
import type { Field } from "../../value.js";

function amountOf(holder: Field, kind: string, resource: string): Field {
  const own = holder.at("resources", kind, resource);
  // A request that is left out takes the limit's value; one of nothing is one of nothing, and null is that to Kubernetes.
  const isLeftOut = own.value === undefined && !own.isUnknown;
  return kind === "requests" && isLeftOut ? holder.at("resources", "limits", resource) : own;
}

/** A zero of any unit limits nothing. */
function isMissing(field: Field): boolean {
  return field.isAbsent || field.value === "" || quantity(field.value) === 0;
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
          // What the pod as a whole gives counts for each container (since 1.34).
          const places = [amountOf(field, kind, resource), amountOf(spec, kind, resource)];
          if (places.some(place => !place.isUnknown && !isMissing(place))) return [];
          const unknown = places.find(({ isUnknown }) => isUnknown);
          return [
            unknown === undefined
              ? violation(field.at("resources", kind, resource), `${label} must set resources.${amount}`)
              : undetermined(unknown),
          ];
        }),
      ),

  admission: {
    of: "pods",
    problems: ({ settings }) =>
      settings.required
        .map(amount => {
          const dot = amount.indexOf(".");
          const [kind, resource] = [amount.slice(0, dot), amount.slice(dot + 1)];
          const places = ["c", "variables.spec"].map(of => {
            const [own, limit] = [kind, "limits"].map(one => `${of}.?resources.?${one}[?${literal(resource)}]`);
            return kind === "requests" ? `${own}.or(${limit})` : String(own);
          });
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
      "a request of nothing": { "/spec/containers/0/resources/requests/cpu": "0m" },
      "a limit of nothing": { "/spec/initContainers/0/resources/limits/cpu": "0" },
    },
  },
});
