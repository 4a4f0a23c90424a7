import { type Case, each, kubernetes } from "./case.js";

/** What is served no more, and the minor version of Kubernetes that dropped it, by its deprecation guide. */
const removedApis: [apiVersion: string, kinds: string, minor: number][] = [
  ["extensions/v1beta1", "Ingress", 22],
  ["extensions/v1beta1", "Deployment DaemonSet ReplicaSet NetworkPolicy PodSecurityPolicy", 16],
  ["apps/v1beta1", "Deployment StatefulSet", 16],
  ["apps/v1beta2", "Deployment DaemonSet ReplicaSet StatefulSet", 16],
  ["admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration", 22],
  ["apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 22],
  ["apiregistration.k8s.io/v1beta1", "APIService", 22],
  ["authentication.k8s.io/v1beta1", "TokenReview", 22],
  ["authorization.k8s.io/v1beta1", "SubjectAccessReview", 22],
  ["autoscaling/v2beta1", "HorizontalPodAutoscaler", 25],
  ["autoscaling/v2beta2", "HorizontalPodAutoscaler", 26],
  ["batch/v1beta1", "CronJob", 25],
  ["certificates.k8s.io/v1beta1", "CertificateSigningRequest", 22],
  ["coordination.k8s.io/v1beta1", "Lease", 22],
  ["discovery.k8s.io/v1beta1", "EndpointSlice", 25],
  ["events.k8s.io/v1beta1", "Event", 25],
  ["flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 26],
  ["flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema", 29],
  ["flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", 32],
  ["networking.k8s.io/v1beta1", "Ingress IngressClass", 22],
  ["node.k8s.io/v1beta1", "RuntimeClass", 25],
  ["policy/v1beta1", "PodDisruptionBudget PodSecurityPolicy", 25],
  ["rbac.authorization.k8s.io/v1beta1", "Role ClusterRoleBinding", 22],
  ["scheduling.k8s.io/v1beta1", "PriorityClass", 22],
  ["storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", 22],
  ["storage.k8s.io/v1beta1", "CSIStorageCapacity", 27],
];

const servedApis: [string, string][] = [
  ["admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy"],
  ["networking.k8s.io/v1beta1", "IPAddress"],
  ["storage.k8s.io/v1beta1", "VolumeAttributesClass"],
  ["apps/v1", "Deployment"],
];

const namespacedKinds: Record<string, string[]> = {
  "core/v1": [
    "ConfigMap",
    "Endpoints",
    "LimitRange",
    "PersistentVolumeClaim",
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
  ],
  "apps/v1": ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
  "autoscaling/v2": ["HorizontalPodAutoscaler"],
  "batch/v1": ["CronJob", "Job"],
  "coordination.k8s.io/v1": ["Lease"],
  "discovery.k8s.io/v1": ["EndpointSlice"],
  "extensions/v1beta1": ["DaemonSet", "Deployment", "Ingress", "NetworkPolicy", "ReplicaSet"],
  "networking.k8s.io/v1": ["Ingress", "NetworkPolicy"],
  "policy/v1": ["PodDisruptionBudget"],
  "rbac.authorization.k8s.io/v1": ["Role", "RoleBinding"],
};

const clusterKinds: [string, string][] = [
  ["core/v1", "Namespace"],
  ["core/v1", "Node"],
  ["rbac.authorization.k8s.io/v1", "ClusterRole"],
  ["networking.k8s.io/v1", "IngressClass"],
  ["example.com/v1", "Widget"],
];

const listed = (type: string, items: object[]) => ({ "/x": { type: `kubernetes:${type}`, properties: { items } } });

export const apiCases: readonly Case[] = [
  ...removedApis.flatMap(([version, kinds, minor]) =>
    kinds
      .split(" ")
      .map(
        (kind): Case => [
          "k8s-deprecated-api",
          { "/x": kubernetes(version, kind) },
          true,
          {},
          `Kubernetes 1.${minor} removed`,
        ],
      ),
  ),
  ...servedApis.map(([version, kind]): Case => ["k8s-deprecated-api", { "/x": kubernetes(version, kind) }, false]),
  ...Object.entries(namespacedKinds).flatMap(([version, kinds]) =>
    each(kinds, kind => ["k8s-namespace", { "/x": kubernetes(version, kind, { metadata: { name: "x" } }) }, true]),
  ),
  ...clusterKinds.map(
    ([version, kind]): Case => [
      "k8s-namespace",
      { "/x": kubernetes(version, kind, { metadata: { name: "x" } }) },
      false,
    ],
  ),
  ...each(
    ["Service/kubernetes", "Endpoints/kubernetes", "ServiceAccount/default", "ConfigMap/kube-root-ca.crt"],
    one => {
      const [kind = "", name] = one.split("/");
      return [
        "k8s-namespace",
        { "/x": kubernetes("core/v1", kind, { metadata: { name, namespace: "default" } }) },
        false,
      ];
    },
  ),
  [
    "k8s-namespace",
    {
      "/x": kubernetes("discovery.k8s.io/v1", "EndpointSlice", {
        metadata: { name: "kubernetes", namespace: "default" },
      }),
    },
    false,
  ],
  ["k8s-namespace", { "/settings/properties/metadata/namespace": "" }, true],
  ["k8s-namespace", { "/settings/properties/metadata/namespace": undefined }, true, {}, "must name its namespace"],
  [
    "k8s-namespace",
    { "/settings/properties/metadata/namespace": "default" },
    true,
    {},
    'must not stand in the namespace "default"',
  ],
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
];
