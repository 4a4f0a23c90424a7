import type { Case } from "./case.js";

const rule = (apiGroup: string, resource: string, verb: string, more: object = {}) => ({
  "/role/properties/rules": [{ apiGroups: [apiGroup], resources: [resource], verbs: [verb], ...more }],
});
const cluster = (properties: object) => ({
  "/cluster": {
    type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
    properties: { metadata: { name: "x" }, ...properties },
  },
});
const gathered = (selectors: unknown) => cluster({ rules: [], aggregationRule: { clusterRoleSelectors: selectors } });

const names: [resourceNames: unknown, isBroken: boolean][] = [
  [["web"], false],
  [["web", "api"], false],
  [[""], true],
  [["web", ""], true],
  [[], true],
  [null, true],
];
/** Tokens of accounts, and certificates of signers, by name. */
const dangerous: [apiGroup: string, resource: string, verb: string, resourceNames: unknown, isBroken: boolean][] = [
  ["", "serviceaccounts/token", "create", ["web"], false],
  ["", "*/token", "create", ["web"], false],
  ["", "serviceaccounts/token", "create", [], true],
  ["", "serviceaccounts/token", "create", null, true],
  ["", "serviceaccounts/token", "create", ["web", ""], true],
  ["certificates.k8s.io", "signers", "sign", ["issuers.example.com/*"], false],
  ["certificates.k8s.io", "signers", "approve", ["example.com/kubernetes.io/x"], false],
  ["certificates.k8s.io", "signers", "sign", ["example.com/a", "kubernetes.io/kube-apiserver-client"], true],
  ["certificates.k8s.io", "signers", "approve", ["kubernetes.io/*"], true],
  ["certificates.k8s.io", "signers", "sign", [], true],
  // A name takes nothing away where the named itself is the danger.
  ["rbac.authorization.k8s.io", "clusterroles", "bind", ["admin"], true],
  ["admissionregistration.k8s.io", "mutatingwebhookconfigurations", "update", ["web"], true],
];
const named = {
  "/role/properties/rules": [{ apiGroups: ["*"], resources: ["signers", "*"], verbs: ["*"] }],
};
const judging = [
  ...["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
  ...["mutatingadmissionpolicies", "validatingadmissionpolicies"],
  ...["mutatingadmissionpolicybindings", "validatingadmissionpolicybindings"],
];

const accounts: [subject: object, isBroken: boolean][] = [
  [{ kind: "ServiceAccount", name: "default", namespace: "shop" }, true],
  [{ kind: "ServiceAccount", name: "default", namespace: "other" }, true],
  [{ kind: "ServiceAccount", name: "web", namespace: "shop" }, false],
  [{ kind: "User", name: "default" }, false],
  [{ kind: "User", name: "system:serviceaccount:shop:default" }, true],
  [{ kind: "User", name: "system:serviceaccount:shop:web" }, false],
  [{ kind: "User", name: "x:system:serviceaccount:shop:default" }, false],
  [{ kind: "Group", name: "system:serviceaccounts" }, true],
  [{ kind: "Group", name: "system:serviceaccounts:shop" }, true],
  [{ kind: "Group", name: "system:serviceaccountsof" }, false],
  [{ kind: "Group", name: "default" }, false],
  [{ kind: "Team", name: "default" }, false],
];

export const rightsCases: readonly Case[] = [
  ...names.map(
    ([resourceNames, isBroken]): Case => ["rbac-secrets", rule("", "secrets", "list", { resourceNames }), isBroken],
  ),
  ...dangerous.map(
    ([apiGroup, resource, verb, resourceNames, isBroken]): Case => [
      "rbac-escalation",
      rule(apiGroup, resource, verb, { resourceNames }),
      isBroken,
    ],
  ),
  ["rbac-secrets", rule("*", "secrets", "get"), true],
  ["rbac-secrets", rule("", "secrets", "*"), true],
  ["rbac-secrets", rule("apps", "secrets", "get"), false],
  ["rbac-secrets", cluster({ rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["watch"] }] }), true],
  ...judging.flatMap(resource =>
    ["create", "update", "patch", "delete", "deletecollection"].map(
      (verb): Case => ["rbac-escalation", rule("admissionregistration.k8s.io", resource, verb), true],
    ),
  ),
  ["rbac-escalation", rule("admissionregistration.k8s.io", "validatingadmissionpolicies", "get"), false],
  ["rbac-escalation", rule("", "persistentvolumes", "create"), true],
  ["rbac-escalation", rule("", "persistentvolumes", "list"), false],
  ["rbac-escalation", rule("", "persistentvolumeclaims", "create"), false],
  ...["update", "patch"].map((verb): Case => ["rbac-escalation", rule("", "namespaces", verb), true]),
  ["rbac-escalation", rule("", "namespaces", "list"), false],
  ["rbac-escalation", rule("authentication.k8s.io", "userextras/scopes", "impersonate"), true],
  ["rbac-escalation", rule("authentication.k8s.io", "userextras/scopes", "get"), false],
  ["rbac-escalation", rule("example.com", "userextras/scopes", "impersonate"), false],
  ["rbac-escalation", rule("authentication.k8s.io", "others/scopes", "impersonate"), false],
  // Everything is everything that these rules name, too; a part of everything is that part of it. `pods/*` means nothing.
  ...["rbac-secrets", "rbac-pod-create", "rbac-pod-exec", "rbac-escalation"].flatMap((id): Case[] => [
    [id, rule("*", "*", "*"), true],
    [id, { "/role/properties/rules": [{ apiGroups: ["*"], resources: ["pods/log", "*"], verbs: ["*"] }] }, true],
    [id, rule("*", "*/*", "*"), false],
    [id, rule("*", "*/log", "*"), false],
    [id, rule("example.com", "*", "*"), false],
    [id, rule("*", "*", "unknown"), false],
  ]),
  ...["exec", "attach", "portforward", "ephemeralcontainers"].map(
    (part): Case => ["rbac-pod-exec", rule("", `*/${part}`, "create"), true],
  ),
  ["rbac-pod-exec", rule("", "pods/*", "create"), false],
  // Of everything one way is said, besides what is named.
  ["rbac-escalation", rule("*", "*", "*"), true, {}, "giving roles away"],
  ["rbac-escalation", rule("*", "*", "*"), false, {}, "signing certificates"],
  ...["giving roles away", "signing certificates"].map((says): Case => ["rbac-escalation", named, true, {}, says]),
  ["rbac-escalation", named, false, {}, "making tokens"],
  ...["token", "proxy"].map((part): Case => ["rbac-escalation", rule("", `*/${part}`, "create"), true]),
  ["rbac-escalation", rule("certificates.k8s.io", "*/approval", "update"), true],
  ["rbac-escalation", rule("rbac.authorization.k8s.io", "*", "bind"), true],
  ["rbac-secrets", rule("", "*", "get", { resourceNames: ["web"] }), false],
  ["rbac-pod-create", rule("batch", "*", "create"), true],
  ["rbac-wildcard", gathered([{}]), true],
  ["rbac-wildcard", gathered([{ matchLabels: {} }]), true],
  ["rbac-wildcard", gathered([{ matchLabels: { a: "b" } }, {}]), true],
  ["rbac-wildcard", gathered([{ matchLabels: { "example.com/gather": "true" } }]), false],
  ["rbac-wildcard", gathered([{ matchExpressions: [{ key: "a", operator: "Exists" }] }]), false],
  ["rbac-wildcard", gathered(null), false],
  ["rbac-wildcard", cluster({ rules: null }), false],
  ["rbac-wildcard", rule("*", "pods", "get"), true],
  ["rbac-wildcard", rule("", "*/scale", "get"), true],
  ["rbac-wildcard", cluster({ rules: [{ nonResourceURLs: ["/healthz/*"], verbs: ["get"] }] }), false],
  ["rbac-wildcard", cluster({ rules: [{ nonResourceURLs: ["*"], verbs: ["get"] }] }), true],
  ["rbac-cluster-admin", { "/binding/properties/subjects/0/name": "system:master" }, false],
  ["rbac-anonymous", { "/binding/properties/subjects": null }, false],
  ...accounts.map(
    ([subject, isBroken]): Case => ["k8s-default-sa", { "/binding/properties/subjects/0": subject }, isBroken],
  ),
];
