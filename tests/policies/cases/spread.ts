import type { Case } from "./case.js";

const pod = "/web/properties/spec/template/spec";
const constraint = (labelSelector: unknown) => ({
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", labelSelector }],
});
const topologyKey = "kubernetes.io/hostname";
const required = (labelSelector: unknown) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector }] } },
});
const preferred = (labelSelector: unknown) => ({
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey, labelSelector } }],
    },
  },
});

const name = "app.kubernetes.io/name";
const expression = (key: string, operator: string, values?: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

/** Selectors, and whether they leave out pods whose name is "web". */
const selectors: [selector: unknown, isOfOthers: boolean][] = [
  [{}, false],
  [{ matchLabels: { [name]: "web" } }, false],
  [{ matchLabels: { [name]: "wbe" } }, true],
  [{ matchLabels: { [name]: "web", tier: "front" } }, true],
  [{ matchLabels: null, matchExpressions: null }, false],
  [undefined, true],
  [null, true],
  [expression(name, "In", ["api", "web"]), false],
  [expression(name, "In", ["api"]), true],
  [expression("tier", "In", ["front"]), true],
  [expression(name, "NotIn", ["api"]), false],
  [expression(name, "NotIn", ["api", "web"]), true],
  [expression("tier", "NotIn", ["front"]), false],
  [expression(name, "Exists"), false],
  [expression("tier", "Exists"), true],
  [expression("tier", "DoesNotExist"), false],
  [expression(name, "DoesNotExist"), true],
  [{ matchLabels: { [name]: "web" }, ...expression("tier", "Exists") }, true],
];

/** What is said of the pod in place of the program's own constraint. */
const instead = (spec: object) => ({
  [`${pod}/topologySpreadConstraints`]: undefined,
  ...Object.fromEntries(Object.entries(spec).map(([member, value]) => [`${pod}/${member}`, value])),
});
const rollout = { type: "kubernetes:argoproj.io/v1alpha1:Rollout" };

export const spreadCases: readonly Case[] = [
  ...[constraint, required, preferred].flatMap(place =>
    selectors.map(([selector, isBroken]): Case => ["k8s-spread", instead(place(selector)), isBroken]),
  ),
  ["k8s-spread", instead({ affinity: { podAntiAffinity: {} } }), true],
  ["k8s-spread", instead({ affinity: { podAffinity: required({}).affinity.podAntiAffinity } }), true],
  ["k8s-spread", instead({ ...required({ matchLabels: { app: "x" } }), ...constraint({}) }), false],
  ["k8s-spread", { ...instead({}), "/web/properties/spec/replicas": 1 }, false],
  ["k8s-spread", { "/web/properties/spec/template/metadata/labels": null }, true],
  ["k8s-spread", { "/x": { ...rollout, properties: { spec: { replicas: 2, template: { spec: {} } } } } }, true],
];
