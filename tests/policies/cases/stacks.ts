import type { Case } from "../cases.js";

function kubernetes(apiVersion: string, kind: string, properties: object) {
  return {
    type: `kubernetes:${apiVersion}:${kind}`,
    properties: { metadata: { name: "x", namespace: "shop" }, ...properties },
  };
}

const scaler = (spec: object, metadata: object = {}) =>
  kubernetes("autoscaling/v2", "HorizontalPodAutoscaler", {
    metadata: { name: "web", namespace: "shop", ...metadata },
    spec: { scaleTargetRef: { kind: "Deployment", name: "web" }, ...spec },
  });
const replicas = "/web/properties/spec/replicas";
/** Replicas of the Deployment, its autoscaler, and whether it is too few. */
const scaled: [replicas: unknown, scaler: object | undefined, isBroken: boolean][] = [
  [undefined, scaler({ minReplicas: 2 }), false],
  [undefined, scaler({ minReplicas: 1 }), true],
  [undefined, scaler({}), true],
  [3, scaler({ minReplicas: 1 }), true],
  [1, scaler({ minReplicas: 3 }), false],
  [1, scaler({ minReplicas: 3 }, { namespace: "other" }), true],
  [1, scaler({ minReplicas: 3, scaleTargetRef: { kind: "Deployment", name: "other" } }), true],
  [1, scaler({ minReplicas: 3, scaleTargetRef: { kind: "StatefulSet", name: "web" } }), true],
  [0, scaler({ minReplicas: 1 }), false],
  [0, undefined, false],
  ["2", undefined, true],
];

const budget = (minAvailable: unknown) => ({
  "/budget/properties/spec/maxUnavailable": undefined,
  "/budget/properties/spec/minAvailable": minAvailable,
});
/** Another workload of the same labels as the budget's, of this kind and with these replicas. */
const other = (type: string, count: unknown) => ({
  "/web/properties/spec/replicas": 9,
  "/other": {
    type: `kubernetes:${type}`,
    properties: {
      metadata: { name: "other", namespace: "shop" },
      spec: {
        replicas: count,
        template: {
          metadata: { labels: { "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "web" } },
          spec: { containers: [] },
        },
      },
    },
  },
});
const replicated = [
  ...["apps/v1:Deployment", "apps/v1:StatefulSet", "apps/v1:ReplicaSet"],
  ...["core/v1:ReplicationController", "apps.openshift.io/v1:DeploymentConfig"],
];

const ingress = (spec: object, apiVersion = "networking.k8s.io/v1") => ({
  "/x": kubernetes(apiVersion, "Ingress", { spec }),
});
const backend = { service: { name: "web", port: { name: "http" } } };
const rule = (host: unknown) => ({ host, http: { paths: [{ path: "/x", backend }] } });

const certificates: [tls: unknown, host: string, isBroken: boolean][] = [
  [[{ hosts: [], secretName: "any" }], "www.example.com", false],
  [[{ secretName: "any" }], "www.example.com", false],
  [[{ hosts: null }], "www.example.com", false],
  [[], "www.example.com", true],
  [null, "www.example.com", true],
  [[{ hosts: ["*.example.com"] }], "www.example.com", false],
  [[{ hosts: ["*.example.com"] }], "a.www.example.com", true],
  [[{ hosts: ["*.example.com"] }], "example.com", true],
  [[{ hosts: ["*.localhost"] }], "localhost", true],
  [[{ hosts: ["www.example.com"] }, { hosts: ["api.example.com"] }], "api.example.com", false],
];

const opened: [rules: object, isBroken: boolean][] = [
  [{ ingress: [{ ports: [{ protocol: "TCP" }] }] }, true],
  [{ ingress: [{ ports: [{ port: 80 }, { protocol: "UDP" }] }] }, true],
  [{ ingress: [{ ports: [{ port: "http" }] }] }, false],
  [{ ingress: [{ ports: [], from: [] }] }, true],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] }, true],
  [{ ingress: [{ from: [{ podSelector: {} }, { ipBlock: { cidr: "0.0.0.0/0" } }] }] }, true],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }] }, false],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443 }] }] }, false],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "192.0.2.0/24" } }] }] }, false],
  // Every pod of the cluster, however it is said; one of its applications is not.
  [{ ingress: [{ from: [{ namespaceSelector: {} }] }] }, true],
  [{ ingress: [{ from: [{ namespaceSelector: { matchLabels: {}, matchExpressions: [] }, podSelector: {} }] }] }, true],
  [{ ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 443 }] }] }, false],
  [{ ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "x" } } }] }] }, false],
  [{ ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: "x", operator: "Exists" }] } }] }] }, false],
  [{ egress: [{ to: [{ namespaceSelector: {} }] }] }, true],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/1" } }, { ipBlock: { cidr: "128.0.0.0/1" } }] }] }, true],
  [{ ingress: [{ from: [{ ipBlock: { cidr: "128.0.0.0/2" } }] }] }, false],
  [{ ingress: [{ ports: [{ port: 1, endPort: 65535 }] }] }, true],
  [{ ingress: [{ ports: [{ port: 1, endPort: 65534 }] }] }, false],
  [{ ingress: [{ ports: [{ port: 2, endPort: 65535 }] }] }, false],
  [{ ingress: [{ ports: [{ port: 443 }, { port: 1, endPort: 65535 }] }] }, true],
  [{ ingress: [{}, { ports: [{ port: 80 }] }] }, true],
  [{ ingress: [] }, false],
  [{ ingress: null, egress: null }, false],
  [{ egress: [{ to: [{ podSelector: {} }] }] }, false],
  [{ egress: [{ to: [{ podSelector: {} }, { ipBlock: { cidr: "169.254.0.0/16" } }] }] }, true],
];

const listed = (type: string, items: object[]) => ({ "/x": { type: `kubernetes:${type}`, properties: { items } } });

export const stackCases: readonly Case[] = [
  ...scaled.map(
    ([count, autoscaler, isBroken]): Case => [
      "k8s-replicas",
      { [replicas]: count, ...(autoscaler === undefined ? {} : { "/scaler": autoscaler }) },
      isBroken,
    ],
  ),
  // What an autoscaler decides is what a budget must leave room for.
  ["k8s-pdb", { ...budget(2), [replicas]: undefined, "/scaler": scaler({ minReplicas: 3 }) }, false],
  ["k8s-pdb", { ...budget(2), [replicas]: 5, "/scaler": scaler({ minReplicas: 2 }) }, true],
  ["k8s-pdb", { ...budget(1), [replicas]: undefined }, true],
  ["k8s-pdb", { ...budget(1), [replicas]: 0 }, false],
  ["k8s-pdb", { ...budget(undefined), [replicas]: 1 }, false],
  ["k8s-pdb", { "/budget": undefined, [replicas]: undefined, "/scaler": scaler({ minReplicas: 2 }) }, true],
  ["k8s-pdb", { "/budget": undefined, [replicas]: 1 }, false],
  ...replicated.map((type): Case => ["k8s-pdb", { ...budget(1), ...other(type, undefined) }, true]),
  ...replicated.map((type): Case => ["k8s-pdb", { ...budget(1), ...other(type, 2) }, false]),
  ["k8s-pdb", { ...budget(1), ...other("apps/v1:DaemonSet", undefined) }, false],
  ["k8s-pdb", { ...budget(1), ...other("batch/v1:Job", undefined) }, false],
  ["k8s-pdb", { "/budget/properties/metadata/namespace": "other" }, true],
  [
    "k8s-pdb",
    { "/x": kubernetes("apps/v1", "DeploymentPatch", { spec: { replicas: 3, template: { spec: {} } } }) },
    false,
  ],
  [
    "k8s-netpol-missing",
    {
      "/x": kubernetes("apps/v1", "DeploymentPatch", {
        metadata: { namespace: "far" },
        spec: { template: { metadata: { labels: {} } } },
      }),
    },
    false,
  ],
  [
    "k8s-netpol-missing",
    {
      "/x": kubernetes("apps/v1", "Deployment", {
        metadata: { namespace: "far" },
        spec: { template: { metadata: { labels: {} } } },
      }),
    },
    true,
  ],

  ["k8s-ingress-host", ingress({ defaultBackend: backend }), true],
  ["k8s-ingress-host", ingress({ backend: { serviceName: "web", servicePort: 80 } }, "extensions/v1beta1"), true],
  ["k8s-ingress-host", ingress({ defaultBackend: backend, rules: [rule("a.example.com")] }), false],
  ["k8s-ingress-host", ingress({ defaultBackend: null, rules: [rule("a.example.com")] }), false],
  ["k8s-ingress-host", ingress({ rules: [rule(null)] }), true],
  ["k8s-ingress-host", ingress({ rules: [rule("a.*.example.com")] }), true],
  ["k8s-ingress-host", ingress({ rules: [rule("www.example.com")] }), false],
  [
    "k8s-ingress-host",
    ingress({
      ingressClassName: "other",
      rules: [{ host: "www.example.com", http: { paths: [{ path: "/", backend }] } }],
    }),
    false,
  ],
  ["k8s-ingress-host", ingress({ rules: [{ host: "www.example.com", http: { paths: [{ backend }] } }] }), true],
  ["k8s-ingress-host", ingress({ rules: [rule("a.example.com"), rule("a.example.com")] }), false],
  ...certificates.map(
    ([tls, host, isBroken]): Case => [
      "k8s-ingress-tls",
      { "/ingress/properties/spec/tls": tls, "/ingress/properties/spec/rules/0/host": host },
      isBroken,
    ],
  ),
  ["k8s-ingress-tls", ingress({ tls: [{ hosts: ["x.org"] }], rules: [{ http: { paths: [] } }] }), false],
  ...opened.map(
    ([rules, isBroken]): Case => [
      "k8s-netpol-open",
      { "/x": kubernetes("networking.k8s.io/v1", "NetworkPolicy", { spec: { podSelector: {}, ...rules } }) },
      isBroken,
    ],
  ),
  [
    "k8s-dangling",
    { "/service/properties/spec/type": "ExternalName", "/service/properties/spec/selector": { app: "wbe" } },
    false,
  ],
  ["k8s-dangling", { "/service/properties/spec/selector": { app: "x", "bulkhead.dev/quarantine": "true" } }, false],
  [
    "k8s-dangling",
    {
      "/deny/properties/spec/podSelector": { matchLabels: {}, matchExpressions: [] },
      "/web/properties/metadata/namespace": "other",
      "/service": undefined,
      "/budget": undefined,
      "/ingress": undefined,
    },
    false,
  ],
  [
    "k8s-dangling",
    { "/pod": kubernetes("core/v1", "Pod", { spec: { selector: { app: "x" }, containers: [] } }) },
    false,
  ],
  ["k8s-service-exposure", { "/service/properties/spec/type": "ExternalName" }, false],
  [
    "k8s-service-exposure",
    {
      "/service/properties/spec/type": "LoadBalancer",
      "/service/properties/metadata/labels": { "app.kubernetes.io/component": "api" },
    },
    true,
  ],
  ["k8s-namespace", { "/settings/properties/metadata/namespace": undefined }, true, {}, "must name its namespace"],
  [
    "k8s-namespace",
    { "/settings/properties/metadata/namespace": "default" },
    true,
    {},
    'must not stand in the namespace "default"',
  ],
  [
    "pulumi-secret-unmarked",
    { "/x": { type: "aws:rds/instance:Instance", properties: { nested: [{ "a/b": 1 }, { password: "horse" }] } } },
    true,
    {},
    "must mark nested.1.password as a secret",
  ],
  ["k8s-service-exposure", { "/service/properties/spec/externalIPs": null }, false],
  [
    "k8s-service-exposure",
    { "/service/properties/spec/type": "NodePort", "/service/properties/metadata/labels": null },
    true,
  ],

  ["k8s-naked-pod", { "/x": kubernetes("core/v1", "PodPatch", { spec: { priority: 1 } }) }, false],
  ["k8s-naked-pod", { "/x": kubernetes("core/v1", "Pod", { spec: {} }) }, true],
  ["k8s-naked-pod", listed("core/v1:PodList", [{ spec: {} }]), true],
  ["k8s-deprecated-api", listed("core/v1:List", [{ apiVersion: "extensions/v1beta1", kind: "Ingress" }]), true],
  ["k8s-deprecated-api", listed("core/v1:List", [{ apiVersion: "networking.k8s.io/v1", kind: "Ingress" }]), false],
  ["k8s-deprecated-api", listed("batch/v1beta1:CronJobList", [{ metadata: { name: "x" } }]), true],
  [
    "k8s-namespace",
    { "/x": kubernetes("example.com/v1", "DenyList", { metadata: { name: "x", namespace: "default" } }) },
    true,
  ],
  ["k8s-namespace", listed("core/v1:ConfigMapList", [{ metadata: { name: "x" } }]), true],
  ["k8s-namespace", { "/x": kubernetes("events.k8s.io/v1", "Event", { metadata: { name: "x" } }) }, true],
  ["k8s-namespace", { "/x": kubernetes("resource.k8s.io/v1", "ResourceClaim", { metadata: { name: "x" } }) }, true],
  [
    "k8s-namespace",
    { "/x": kubernetes("resource.k8s.io/v1", "ResourceClaimTemplate", { metadata: { name: "x" } }) },
    true,
  ],
  ["k8s-namespace", { "/x": kubernetes("core/v1", "Event", { metadata: { name: "x" } }) }, true],
  [
    "k8s-privileged",
    {
      "/x": {
        type: "kubernetes:security.openshift.io/v1:SecurityContextConstraints",
        properties: { allowPrivilegedContainer: true },
      },
    },
    true,
  ],
  [
    "k8s-privileged",
    {
      "/x": {
        type: "kubernetes:security.openshift.io/v1:SecurityContextConstraints",
        properties: { allowPrivilegedContainer: false },
      },
    },
    false,
  ],
];
