import fc from "fast-check";
import { credentialName, text } from "./generatedTexts.js";
import type { Json } from "./verdicts.js";

const { constantFrom: one } = fc;
const metadata = { name: "x", namespace: "shop" };

function few(...values: string[]): fc.Arbitrary<string[]> {
  return fc.array(one(...values), { minLength: 1, maxLength: 2 });
}

const groups = few(
  ...["", "*", "apps", "batch", "authentication.k8s.io", "certificates.k8s.io"],
  ...["rbac.authorization.k8s.io", "admissionregistration.k8s.io"],
);
const resources = few(
  ...[
    "*",
    "*/*",
    "*/exec",
    "*/token",
    "*/approval",
    "*/log",
    "pods",
    "pods/*",
    "pods/log",
    "pods/exec",
    "pods/attach",
    "pods/portforward",
    "pods/ephemeralcontainers",
  ],
  ...["replicationcontrollers", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs"],
  ...["secrets", "configmaps", "namespaces", "persistentvolumes", "serviceaccounts/token", "nodes/proxy"],
  ...["roles", "clusterroles", "rolebindings", "clusterrolebindings", "users", "groups", "serviceaccounts", "uids"],
  ...["userextras/scopes", "userextras", "certificatesigningrequests/approval", "signers"],
  ...["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
  ...["mutatingadmissionpolicies", "validatingadmissionpolicies"],
  ...["mutatingadmissionpolicybindings", "validatingadmissionpolicybindings"],
);
const verbs = few(
  ...["*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
  ...["bind", "escalate", "impersonate", "approve", "sign"],
);
const right = fc.record(
  {
    ...{ apiGroups: groups, resources, verbs },
    resourceNames: fc.array(one("web", "", "kubernetes.io/web", "example.com/*"), { maxLength: 2 }),
  },
  { requiredKeys: ["apiGroups", "resources", "verbs"] },
);
const role = fc
  .array(right, { maxLength: 2 })
  .map((rules): Json => ({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules }));

const configMap = fc
  .array(fc.tuple(credentialName, text), { maxLength: 3 })
  .map((data): Json => ({ apiVersion: "v1", kind: "ConfigMap", metadata, data: Object.fromEntries(data) }));

const label = one("", "x");
const selector = fc.record(
  {
    matchLabels: fc.record({ app: label }, { requiredKeys: [] }),
    matchExpressions: fc.array(fc.constant({ key: "app", operator: "Exists" }), { maxLength: 1 }),
  },
  { requiredKeys: [] },
);
const range = one(
  "0.0.0.0/0",
  "::/0",
  "0.0.0.0/1",
  "128.0.0.0/2",
  "10.0.0.0/8",
  "169.254.0.0/16",
  "fd00::/8",
  "169.254.169.254/32",
);
const peer = fc.oneof(
  fc.record({ podSelector: selector, namespaceSelector: selector }, { requiredKeys: [] }),
  fc
    .record({ cidr: range, except: fc.array(range, { maxLength: 2 }) }, { requiredKeys: ["cidr"] })
    .map(ipBlock => ({ ipBlock })),
);
const port = fc.record(
  { protocol: one("TCP"), port: one<number | string>(1, 443, "https"), endPort: one(443, 65_534, 65_535) },
  { requiredKeys: [] },
);
const way = (peers: string) =>
  fc.record(
    { [peers]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) },
    { requiredKeys: [] },
  );
const networkPolicy = fc
  .record(
    { ingress: fc.array(way("from"), { maxLength: 2 }), egress: fc.array(way("to"), { maxLength: 2 }) },
    { requiredKeys: [] },
  )
  .map(
    (spec): Json => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: { podSelector: {}, ...spec },
    }),
  );

const host = one("www.example.com", "*.example.com", "example.com", "localhost");
const annotation = one("networking.gke.io/managed-certificates", "nginx.ingress.kubernetes.io/server-snippet", "x");
const ingress = fc
  .record({
    annotations: fc.array(fc.tuple(annotation, label), { maxLength: 2 }).map(pairs => Object.fromEntries(pairs)),
    spec: fc.record(
      {
        rules: fc.array(fc.record({ host }, { requiredKeys: [] }), { maxLength: 2 }),
        tls: fc.array(fc.record({ hosts: fc.array(host, { maxLength: 2 }) }, { requiredKeys: [] }), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(
    ({ annotations, spec }): Json => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { ...metadata, annotations },
      spec: { defaultBackend: { service: { name: "web", port: { number: 80 } } }, ...spec },
    }),
  );

/** Roles, ConfigMaps, NetworkPolicies and Ingresses, as they come to the API server. */
export const otherObjects: fc.Arbitrary<Json> = fc.oneof(role, configMap, networkPolicy, ingress);
