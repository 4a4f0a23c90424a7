import { literal, none, problemWhen } from "../../admissionCel.js";
import { flag, podRule } from "../../rule.js";

export const labels = podRule({
  id: "k8s-labels",
  title: "Pods say what they are and whom they belong to",
  why: "Dashboards, alerts, NetworkPolicies and people at night find pods by the recommended labels.",
  severity: "low",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/",
  remediation: "Set app.kubernetes.io/name and app.kubernetes.io/instance on the pod.",
  reads: ["metadata.labels"],
  parameters: {
    required: {
      type: "array",
      items: { type: "string" },
      default: ["app.kubernetes.io/name", "app.kubernetes.io/instance"],
      description: "Labels that every pod must have.",
    },
  },

  check: ({ metadata }, { settings }) =>
    settings.required.flatMap(name => {
      const isMissing = (value: unknown) => value === undefined || value === null || value === "";
      return flag(metadata.at("labels", name), isMissing, `the pod must have the label ${name}`);
    }),

  admission: {
    of: "pods",
    problems: ({ settings }) =>
      settings.required
        .map(name =>
          problemWhen(`variables.labels[?${literal(name)}].orValue("") == ""`, `the pod must have the label ${name}`),
        )
        .join(" + ") || none,
  },

  examples: {
    pass: {},
    fail: { "not whose it is": { "/metadata/labels/app.kubernetes.io~1instance": "" } },
  },
  overlaps: ["k8s-dangling", "k8s-pdb", "k8s-spread"],
});
