import { type Case, each } from "./case.js";

type Grant = [group: string, resource: string, verb: string];

const escalating: Grant[] = [
  ...["roles", "clusterroles"].flatMap(one =>
    ["bind", "escalate"].map((verb): Grant => ["rbac.authorization.k8s.io", one, verb]),
  ),
  ...["users", "groups", "serviceaccounts"].map((one): Grant => ["", one, "impersonate"]),
  ...["userextras/scopes", "uids"].map((one): Grant => ["authentication.k8s.io", one, "impersonate"]),
  ["", "serviceaccounts/token", "create"],
  ["", "nodes/proxy", "get"],
  ["", "nodes/proxy", "create"],
  ["certificates.k8s.io", "certificatesigningrequests/approval", "update"],
  ["certificates.k8s.io", "certificatesigningrequests/approval", "patch"],
  ["certificates.k8s.io", "signers", "approve"],
  ["certificates.k8s.io", "signers", "sign"],
  ...["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].flatMap(one =>
    ["create", "update", "patch"].map((verb): Grant => ["admissionregistration.k8s.io", one, verb]),
  ),
  ...["roles", "clusterroles", "rolebindings", "clusterrolebindings"].map(
    (one): Grant => ["rbac.authorization.k8s.io", one, "create"],
  ),
];

const podMaking: Grant[] = [
  ...["pods", "replicationcontrollers"].map((one): Grant => ["", one, "create"]),
  ...["deployments", "statefulsets", "daemonsets", "replicasets"].map((one): Grant => ["apps", one, "create"]),
  ...["jobs", "cronjobs"].map((one): Grant => ["batch", one, "create"]),
];

const entering: Grant[] = [
  ...["pods/exec", "pods/attach", "pods/portforward"].flatMap(one =>
    ["create", "get"].map((verb): Grant => ["", one, verb]),
  ),
  ["", "pods/ephemeralcontainers", "update"],
  ["", "pods/ephemeralcontainers", "patch"],
];

const grant =
  (rule: string, isBroken: boolean) =>
  ([group, resource, verb]: Grant): Case => [
    rule,
    { "/role/properties/rules": [{ apiGroups: [group], resources: [resource], verbs: [verb] }] },
    isBroken,
  ];

export const grantCases: readonly Case[] = [
  ...escalating.map(grant("rbac-escalation", true)),
  grant("rbac-escalation", false)(["rbac.authorization.k8s.io", "roles", "get"]),
  grant("rbac-escalation", false)(["apps", "roles", "create"]),
  ...podMaking.map(grant("rbac-pod-create", true)),
  grant("rbac-pod-create", false)(["apps", "deployments", "update"]),
  ...entering.map(grant("rbac-pod-exec", true)),
  ...["get", "list", "watch"].map(verb => grant("rbac-secrets", true)(["", "secrets", verb])),
  grant("rbac-secrets", false)(["", "secrets", "create"]),
  ["rbac-anonymous", { "/binding/properties/subjects/0/name": "system:anonymous" }, true],
  ["rbac-anonymous", { "/binding/properties/subjects/0/name": "system:authenticated" }, false],
  ...each(["system:discovery", "system:basic-user"], role => [
    "rbac-anonymous",
    { "/binding/properties/subjects/0/name": "system:unauthenticated", "/binding/properties/roleRef/name": role },
    false,
  ]),
];
