import { type Case, each, kubernetes } from "./case.js";

const prometheus = (spec: object, namespace = "shop", type = "monitoring.coreos.com/v1:Prometheus") => ({
  "/x": { type: `kubernetes:${type}`, properties: { metadata: { name: "x", namespace }, spec } },
});
const backend = (service: object) => ({ "/ingress/properties/spec/rules/0/http/paths/0/backend/service": service });
/** A pod and a Service for it in two namespaces. */
const placed = (pod: unknown, service: unknown) => ({
  "/pod": kubernetes("core/v1", "Pod", {
    metadata: { name: "x", namespace: pod, labels: { app: "x" } },
    spec: { containers: [] },
  }),
  "/own": kubernetes("core/v1", "Service", {
    metadata: { name: "x", namespace: service },
    spec: { selector: { app: "x" } },
  }),
});
const labels = { app: "metrics", tier: "x" };

const solver = (labels: Record<string, string>) => ({ "/service/properties/spec/selector": labels });

export const danglingCases: readonly Case[] = [
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
  ...each(
    [
      ...["acme.cert-manager.io/x", "cnpg.io/cluster", "k8s.mariadb.com/x", "operator.prometheus.io/name"],
      ...["strimzi.io/cluster", "longhorn.io/component", "serving.knative.dev/service"],
      // What Kubernetes' own controllers, and those of gateways, put on pods.
      ...["statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "batch.kubernetes.io/job-name"],
      "gateway.networking.k8s.io/gateway-name",
    ],
    label => ["k8s-dangling", solver({ app: "x", [label]: "y" }), false],
  ),
  // Pods that an operator makes have the labels that a custom resource declares for them.
  ...each(
    [{ podMetadata: { labels } }, { podTemplate: { metadata: { labels } } }, { template: { metadata: { labels } } }],
    spec => ["k8s-dangling", { ...solver({ app: "metrics" }), ...prometheus(spec) }, false],
  ),
  ["k8s-dangling", { ...solver({ app: "metrics" }), ...prometheus({ podMetadata: { labels } }, "other") }, true],
  ["k8s-dangling", { ...solver({ app: "x" }), ...prometheus({ podMetadata: { labels } }) }, true],
  ["k8s-dangling", { ...solver({ app: "metrics" }), ...prometheus({ podMetadata: { labels: {} } }) }, true],
  // A Job's labels are its own pods', in its namespace; a claim's template makes none.
  [
    "k8s-dangling",
    {
      ...solver({ app: "metrics" }),
      ...prometheus({ template: { metadata: { labels } } }, "shop", "resource.k8s.io/v1:ResourceClaimTemplate"),
    },
    true,
  ],
  [
    "k8s-dangling",
    {
      "/deny/properties/spec/podSelector": { matchLabels: { app: "metrics" } },
      ...prometheus({ podMetadata: { labels } }),
    },
    false,
  ],
  ["k8s-dangling", solver({ app: "x" }), true],
  // No namespace is the namespace default.
  ...each([undefined, null, ""], namespace => ["k8s-dangling", placed("default", namespace), false]),
  ["k8s-dangling", placed(undefined, "default"), false],
  ["k8s-dangling", placed("other", undefined), true],
  // Of the load balancer's own actions none is a Service.
  ["k8s-dangling", backend({ name: "redirect", port: { name: "use-annotation" } }), false],
  // Which of the two is missing is told.
  ["k8s-dangling", backend({ name: "wbe", port: { number: 80 } }), true, {}, 'a Service that exists, not "wbe"'],
  ["k8s-dangling", backend({ name: "web", port: { number: 81 } }), true, {}, 'a port that Service "web" has, not 81'],
  ["k8s-dangling", backend({ name: "web", port: { name: "x" } }), true, {}, 'a port that Service "web" has, not "x"'],
  ["k8s-dangling", { "/service/properties/spec/selector": {} }, false],
  ["k8s-dangling", { "/service/properties/spec/ports/0/targetPort": "8080" }, false],
  [
    "k8s-dangling",
    { "/deny/properties/spec/podSelector": { matchExpressions: [{ key: "app", operator: "Exists" }] } },
    true,
  ],
  [
    "k8s-dangling",
    { "/deny/properties/spec/podSelector": { matchExpressions: [{ key: "cnpg.io/cluster", operator: "Exists" }] } },
    false,
  ],
  ["k8s-dangling", { "/deny/properties/spec/podSelector": { matchLabels: { "cnpg.io/cluster": "x" } } }, false],
  ...each(["core/v1:ReplicationController", "apps.openshift.io/v1:DeploymentConfig"], one => {
    const spec = { selector: { app: "x" }, template: { metadata: { labels: { app: "y" } } } };
    return [
      "k8s-dangling",
      {
        "/x": {
          ...kubernetes("", ""),
          type: `kubernetes:${one}`,
          properties: { metadata: { namespace: "shop" }, spec },
        },
      },
      true,
    ];
  }),
  ...each(["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"], kind => {
    const spec = { rules: [{ backendRefs: [{ name: "nowhere", port: 80 }] }] };
    return ["k8s-dangling", { "/x": kubernetes("gateway.networking.k8s.io/v1", kind, { spec }) }, true];
  }),
  ...each(["k8s-dangling", "k8s-ingress-host", "k8s-ingress-tls"], rule => {
    const spec = {
      rules: [{ host: "*.example.com", http: { paths: [{ backend: { serviceName: "nowhere", servicePort: 80 } }] } }],
    };
    return [rule, { "/x": kubernetes("extensions/v1beta1", "Ingress", { spec }) }, true];
  }),
];
