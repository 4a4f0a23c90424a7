import { literal, problemWhen } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { flag, resourceRule } from "../../rule.js";

const label = "pod-security.kubernetes.io/enforce";
/** Made by Kubernetes itself, whose own pods need more. */
const ownedByKubernetes = ["kube-system", "kube-public", "kube-node-lease", "default"];

export const psaLabel = resourceRule({
  id: "k8s-psa-label",
  title: "Namespaces enforce a Pod Security Standard",
  why: "Without the label the API server takes any pod, also those that no preview has seen: from an operator, or typed by hand.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
  remediation: `Set the label ${label} to restricted. Agents that must see the node get a namespace of their own, with an exception.`,
  reads: [`metadata.labels["${label}"]`],
  parameters: {
    allowed: {
      type: "array",
      items: { type: "string", pattern: "^(restricted|baseline|privileged)$" },
      default: ["restricted"],
      description: "Levels that a namespace may enforce.",
    },
  },

  applies: ({ object }) => object?.group === "core",
  check: (resource, { settings: { allowed } }) =>
    resource
      .objectsOf("core", "Namespace")
      .filter(({ metadata }) => !ownedByKubernetes.some(name => metadata.at("name").value === name))
      .flatMap(({ metadata }) => {
        const given = metadata.at("labels", label);
        const message = `must enforce ${allowed.join(" or ")} by the label ${label}`;
        return flag(
          given,
          value => !allowed.some(level => level === value),
          message,
          () => set(given, allowed[0] ?? "restricted"),
        );
      }),

  admission: {
    of: "namespaces",
    problems: ({ settings: { allowed } }) =>
      problemWhen(
        `!(object.metadata.name in ${literal(ownedByKubernetes)})
          && !object.metadata.?labels[?${literal(label)}].optMap(level, level in ${literal(allowed)}).orValue(false)`,
        `must enforce ${allowed.join(" or ")} by the label ${label}`,
      ),
  },

  examples: {
    pass: {},
    fail: {
      "no label": { "/namespace/properties/metadata/labels": {} },
      "any pod may run": {
        "/namespace/properties/metadata/labels": { "pod-security.kubernetes.io/enforce": "privileged" },
      },
    },
  },
});
