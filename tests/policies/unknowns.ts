import type { Edits } from "../../policies/rule.js";
import { unknownString as unknown } from "../../policies/value.js";

/** Rule, edits of the compliant program, and all verdicts that the rule then gives, sorted. */
export type Unknown = [rule: string, edits: Edits, verdicts: ("undetermined" | "violation")[]];

const digest = `sha256:${"0".repeat(64)}`;
const pod = "/web/properties/spec/template";
const first = `${pod}/spec/containers/0`;
const kubernetes = (type: string, properties: object) => ({ type: `kubernetes:${type}`, properties });
const naked = (properties: object) => ({ "/pod": kubernetes("core/v1:Pod", properties) });
const policy = (spec: object) => ({
  "/rule": kubernetes("networking.k8s.io/v1:NetworkPolicy", { spec: { podSelector: {}, ...spec } }),
});
const asked = { readinessProbe: { grpc: {} }, livenessProbe: { grpc: {} } };
const second = (spec: object, namespace: string) => ({
  "/second": kubernetes("policy/v1:PodDisruptionBudget", {
    metadata: { name: "second", namespace },
    spec: { maxUnavailable: 1, ...spec },
  }),
});
const ingress = "/ingress/properties/spec";
const nobody = { "/service/properties/spec/selector": { app: "x" } };
const declared = (namespace: string, labels: object) => ({
  "/x": kubernetes("monitoring.coreos.com/v1:Prometheus", {
    metadata: { name: "x", namespace },
    spec: { podMetadata: { labels } },
  }),
});
/** Groups, resource and verb of a right that a name may make harmless; and what a name that is not known makes it. */
const byName: [group: string, resource: string, verb: string, verdicts: Unknown[2]][] = [
  ["", "serviceaccounts/token", "create", []],
  ["certificates.k8s.io", "signers", "sign", ["undetermined"]],
  ["admissionregistration.k8s.io", "mutatingwebhookconfigurations", "update", ["violation"]],
];

/** What is not known decides, or does not: each of the two shown. */
export const unknowns: readonly Unknown[] = [
  ["k8s-naked-pod", naked({ metadata: unknown, spec: {} }), ["undetermined"]],
  ["k8s-naked-pod", naked({ metadata: { ownerReferences: unknown }, spec: {} }), ["undetermined"]],
  ["k8s-naked-pod", naked({ metadata: { ownerReferences: [unknown] }, spec: {} }), []],
  ["k8s-probes", naked({ spec: { restartPolicy: unknown, containers: [{}] } }), ["undetermined"]],
  ["k8s-probes", { [`${pod}/spec/restartPolicy`]: unknown, [`${first}/livenessProbe`]: undefined }, ["violation"]],
  ["k8s-probes", { [`${pod}/spec/initContainers/0/restartPolicy`]: unknown }, ["undetermined"]],
  ["k8s-probes", { [`${pod}/spec/initContainers/0`]: { restartPolicy: unknown, ...asked } }, []],
  ["k8s-spread", { [`${pod}/spec/topologySpreadConstraints/0/labelSelector`]: unknown }, ["undetermined"]],
  [
    "k8s-spread",
    { [`${pod}/spec/topologySpreadConstraints`]: undefined, [`${pod}/spec/affinity`]: unknown },
    ["undetermined"],
  ],
  [
    "k8s-spread",
    { [`${pod}/spec/topologySpreadConstraints`]: [], [`${pod}/spec/affinity/podAntiAffinity`]: unknown },
    ["undetermined"],
  ],
  ["k8s-spread", { [`${pod}/metadata/labels`]: unknown }, ["undetermined"]],
  ["k8s-spread", { [`${pod}/spec/topologySpreadConstraints/1`]: { labelSelector: unknown } }, []],
  [
    "k8s-spread",
    { [`${pod}/spec/topologySpreadConstraints`]: [], "/web/properties/spec/replicas": unknown },
    ["undetermined"],
  ],
  ["k8s-spread", { "/web/properties/spec/replicas": unknown }, []],
  ["k8s-spread", { [`${pod}/spec/topologySpreadConstraints`]: unknown, "/web/properties/spec/replicas": 1 }, []],
  ["k8s-replicas", { "/web/properties/spec/replicas": unknown }, ["undetermined"]],
  [
    "k8s-replicas",
    {
      "/web/properties/spec/replicas": 2,
      "/scaler": kubernetes("autoscaling/v2:HorizontalPodAutoscaler", {
        metadata: { namespace: "shop" },
        spec: { scaleTargetRef: { kind: "Deployment", name: "web" }, minReplicas: unknown },
      }),
    },
    ["undetermined"],
  ],
  ["k8s-pdb", { "/web/properties/spec/replicas": unknown, "/budget": undefined }, ["undetermined"]],
  [
    "k8s-pdb",
    {
      "/web/properties/spec/replicas": unknown,
      "/budget/properties/spec/maxUnavailable": undefined,
      "/budget/properties/spec/minAvailable": 2,
    },
    [],
  ],
  ["k8s-pdb", { "/budget/properties/metadata/namespace": unknown }, []],
  ["k8s-pdb", second({ selector: {} }, unknown), ["undetermined"]],
  ["k8s-pdb", second({ selector: unknown }, "shop"), ["undetermined"]],
  ["k8s-pdb", second({ selector: unknown }, "other"), []],
  ["k8s-pdb", { "/budget/properties/spec/selector": unknown, ...second({ selector: {} }, "shop") }, ["undetermined"]],
  ["k8s-pdb", { "/budget/properties/spec/minAvailable": unknown }, ["undetermined"]],
  ["k8s-capabilities", { [`${first}/securityContext/capabilities/drop`]: [unknown] }, ["undetermined"]],
  ["k8s-capabilities", { [`${first}/securityContext/capabilities/drop`]: ["ALL", unknown] }, []],
  ["k8s-volume-types", { [`${pod}/spec/volumes/0`]: { name: "v", secret: unknown } }, ["undetermined"]],
  ["k8s-volume-types", { [`${pod}/spec/volumes/0`]: { name: "v", nfs: unknown } }, ["violation"]],
  ["k8s-volume-types", { [`${pod}/spec/volumes/0`]: { name: "v", nfs: {}, secret: unknown } }, ["undetermined"]],
  ["k8s-volume-types", { [`${pod}/spec/volumes/0`]: { name: "v", nfs: {}, secret: {} } }, []],
  ["k8s-volume-types", { [`${pod}/spec/volumes`]: [unknown] }, ["undetermined"]],
  ["k8s-secret-env-ref", { [`${first}/env`]: [unknown] }, ["undetermined"]],
  ["k8s-secret-env-ref", { [`${first}/env`]: [{ name: "A", valueFrom: unknown }] }, ["undetermined"]],
  ["k8s-resource-bounds", { [`${first}/resources/limits/cpu`]: unknown }, ["undetermined"]],
  ["k8s-resource-bounds", { [`${first}/resources/requests/cpu`]: unknown }, ["undetermined"]],
  [
    "k8s-resource-bounds",
    { [`${first}/resources/requests/cpu`]: unknown, [`${first}/resources/limits/cpu`]: undefined },
    [],
  ],
  ["k8s-resources", { [`${first}/resources/requests/cpu`]: unknown }, ["undetermined"]],
  [
    "k8s-resources",
    { [`${first}/resources/requests/cpu`]: unknown, [`${pod}/spec/resources`]: { requests: { cpu: 1 } } },
    [],
  ],
  ["k8s-apparmor", { [`${pod}/metadata/annotations`]: unknown }, ["undetermined"]],
  ["k8s-apparmor", { [`${pod}/metadata/annotations`]: { "example.com/x": unknown } }, []],
  ["k8s-netpol-missing", { "/deny/properties/spec/podSelector": { matchLabels: { app: unknown } } }, ["undetermined"]],
  ["k8s-netpol-missing", { "/deny/properties/spec/policyTypes": unknown }, []],
  ["k8s-netpol-open", policy({ ingress: [unknown] }), ["undetermined"]],
  ["k8s-netpol-open", policy({ egress: [unknown] }), ["undetermined"]],
  ["k8s-netpol-open", policy({ ingress: unknown }), ["undetermined"]],
  ["k8s-netpol-open", policy({ ingress: [{ from: unknown }] }), ["undetermined"]],
  ["k8s-netpol-open", policy({ ingress: [{ from: [unknown] }] }), ["undetermined"]],
  ["k8s-netpol-open", policy({ ingress: [{ from: [{ podSelector: {} }, unknown] }] }), ["undetermined"]],
  ["k8s-netpol-open", policy({ ingress: [{ from: [unknown], ports: [{ port: 80 }] }] }), []],
  ["k8s-netpol-open", policy({ ingress: [{ from: [{ podSelector: {} }], ports: unknown }] }), []],
  ["k8s-netpol-open", policy({ ingress: [{ ports: unknown }] }), ["undetermined"]],
  ["k8s-netpol-open", policy({ ingress: [{ ports: [{ port: unknown }] }] }), ["undetermined"]],
  ["k8s-netpol-open", policy({ ingress: [{ ports: [{ port: unknown }, { protocol: "TCP" }] }] }), ["violation"]],
  ["k8s-netpol-open", policy({ egress: [{ to: [{ ipBlock: { cidr: unknown } }] }] }), ["undetermined"]],
  [
    "k8s-netpol-open",
    policy({ egress: [{ to: [{ ipBlock: { cidr: "169.254.0.0/16", except: [unknown] } }] }] }),
    ["undetermined"],
  ],
  ["k8s-ingress-tls", { [`${ingress}/tls`]: [unknown] }, ["undetermined"]],
  ["k8s-ingress-tls", { [`${ingress}/tls`]: [{ hosts: [unknown] }] }, ["undetermined"]],
  ["k8s-ingress-tls", { [`${ingress}/tls`]: [unknown, { hosts: ["www.example.com"] }] }, []],
  ["k8s-ingress-tls", { [`${ingress}/tls`]: [{ hosts: [unknown, "www.example.com"] }] }, []],
  ["k8s-ingress-tls", { [`${ingress}/rules/0/host`]: unknown }, ["undetermined"]],
  [
    "k8s-ingress-tls",
    {
      [`${ingress}/tls`]: undefined,
      "/ingress/properties/metadata/annotations": { "networking.gke.io/managed-certificates": unknown },
    },
    ["undetermined"],
  ],
  [
    "k8s-ingress-tls",
    {
      [`${ingress}/tls`]: undefined,
      "/ingress/properties/metadata/annotations": { "example.com/note": unknown },
    },
    ["violation"],
  ],
  ["k8s-ingress-host", { [`${ingress}/rules`]: unknown }, ["undetermined"]],
  ["k8s-ingress-host", { [`${ingress}/rules`]: undefined, [`${ingress}/defaultBackend`]: unknown }, ["undetermined"]],
  ["k8s-dangling", { "/service/properties/spec/selector": unknown }, ["undetermined"]],
  ["k8s-dangling", { "/service/properties/spec/selector": { app: unknown } }, ["undetermined"]],
  ["k8s-dangling", { "/deny/properties/spec/podSelector": unknown }, ["undetermined"]],
  ["k8s-dangling", { ...nobody, ...declared("shop", { app: unknown }) }, ["undetermined"]],
  ["k8s-dangling", { ...nobody, ...declared(unknown, { app: "x" }) }, ["undetermined"]],
  ["k8s-dangling", { ...nobody, ...declared(unknown, { app: "y" }) }, ["violation"]],
  ["k8s-dangling", { ...nobody, ...declared("other", { app: unknown }) }, ["violation"]],
  ["k8s-dangling", { "/service/properties/spec/ports/0/targetPort": unknown }, ["undetermined"]],
  ["rbac-wildcard", { "/role/properties/rules/0/verbs": [unknown] }, ["undetermined"]],
  [
    "rbac-escalation",
    { "/role/properties/rules": [{ apiGroups: [""], resources: ["users"], verbs: unknown }] },
    ["undetermined"],
  ],
  ...byName.flatMap(([group, resource, verb, verdicts]) =>
    [unknown, [unknown]].map(
      (resourceNames): Unknown => [
        "rbac-escalation",
        { "/role/properties/rules": [{ apiGroups: [group], resources: [resource], verbs: [verb], resourceNames }] },
        Array.isArray(resourceNames) || verdicts[0] === "violation" ? verdicts : ["undetermined"],
      ],
    ),
  ),
  [
    "rbac-secrets",
    { "/role/properties/rules": [{ apiGroups: [unknown], resources: ["secrets"], verbs: ["get"] }] },
    ["undetermined"],
  ],
  ["rbac-secrets", { "/role/properties/rules": [unknown] }, ["undetermined"]],
  ...[unknown, [unknown]].map(
    (resourceNames): Unknown => [
      "rbac-secrets",
      { "/role/properties/rules": [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"], resourceNames }] },
      // A name that is not known yet is one.
      Array.isArray(resourceNames) ? [] : ["undetermined"],
    ],
  ),
  [
    "rbac-secrets",
    { "/role/properties/rules": [{ apiGroups: [""], resources: ["pods"], verbs: ["get"], resourceNames: unknown }] },
    [],
  ],
  ["docker-container", { "/container/properties/securityOpts": unknown }, ["undetermined"]],
  ["docker-container", { "/container/properties/image": unknown }, ["undetermined"]],
  ["docker-container", { "/container/properties/volumes": [{ hostPath: unknown }] }, ["undetermined"]],
  ["docker-container", { "/container/properties/ports": [unknown] }, []],
  ["docker-image", { "/image/properties/build/args": unknown }, ["undetermined"]],
  [
    "docker-image",
    { "/base": { type: "docker-build:index:Image", properties: { dockerfile: { inline: unknown } } } },
    ["undetermined"],
  ],
  [
    "docker-image",
    { "/x": { type: "docker:index/remoteImage:RemoteImage", properties: { name: unknown } } },
    ["undetermined"],
  ],
  [
    "docker-image",
    { "/x": { type: "docker:index/remoteImage:RemoteImage", properties: { name: `web@${digest}` } } },
    [],
  ],
  [
    "pulumi-secret-unmarked",
    { "/x": { type: "aws:rds/instance:Instance", properties: { password: unknown } } },
    ["undetermined"],
  ],
  ["pulumi-secret-unmarked", { "/x": { type: "aws:rds/instance:Instance", properties: { address: unknown } } }, []],
  ["k8s-secret-configmap", { "/settings/properties/data": { password: unknown, address: unknown } }, ["undetermined"]],
];
