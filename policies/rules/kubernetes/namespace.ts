import { flag, resourceRule } from "../../rule.js";
import type { KubernetesObject } from "../../subject.js";

/** Kinds that live in a namespace, by group: with none given they go wherever the caller's kubeconfig happens to point. */
const namespaced: Record<string, readonly string[]> = {
  core: [
    ...["ConfigMap", "Endpoints", "LimitRange", "PersistentVolumeClaim", "Pod", "PodTemplate"],
    ...["Event", "ReplicationController", "ResourceQuota", "Secret", "Service", "ServiceAccount"],
  ],
  apps: ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
  autoscaling: ["HorizontalPodAutoscaler"],
  batch: ["CronJob", "Job"],
  "coordination.k8s.io": ["Lease"],
  "discovery.k8s.io": ["EndpointSlice"],
  "events.k8s.io": ["Event"],
  extensions: ["DaemonSet", "Deployment", "Ingress", "NetworkPolicy", "ReplicaSet"],
  "networking.k8s.io": ["Ingress", "NetworkPolicy"],
  policy: ["PodDisruptionBudget"],
  "resource.k8s.io": ["ResourceClaim", "ResourceClaimTemplate"],
  "rbac.authorization.k8s.io": ["Role", "RoleBinding"],
};

function isNamespaced({ group, kind }: KubernetesObject): boolean {
  return Object.hasOwn(namespaced, group) && (namespaced[group]?.includes(kind) ?? false);
}

/** What Kubernetes itself puts into the namespace default. */
const ownedByKubernetes = [
  "Service/kubernetes",
  "Endpoints/kubernetes",
  "EndpointSlice/kubernetes",
  "ServiceAccount/default",
  "ConfigMap/kube-root-ca.crt",
];

function isOwnedByKubernetes({ kind, metadata }: KubernetesObject): boolean {
  return ownedByKubernetes.includes(`${kind}/${metadata.at("name").text ?? ""}`);
}

export const namespace = resourceRule({
  id: "k8s-namespace",
  title: "Objects stand in a namespace of their own, not in default",
  why: "In default there are no quotas, no default-deny policies and no Pod Security labels, and everything shares one service account.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
  remediation: "Set metadata.namespace, or the namespace of the provider.",
  reads: ["metadata.namespace"],

  applies: ({ object }) => object !== undefined,
  check: ({ objects }) =>
    objects.flatMap(object => {
      const given = object.metadata.at("namespace");
      if ((given.isAbsent && !isNamespaced(object)) || isOwnedByKubernetes(object)) return [];
      const isBad = (value: unknown) => value === undefined || value === null || value === "" || value === "default";
      return flag(
        given,
        isBad,
        given.isAbsent ? "must name its namespace" : 'must not stand in the namespace "default"',
      );
    }),

  admission: { cannot: "policies hold in the namespaces that the program makes, and default is none of them" },

  examples: {
    pass: {
      "what Kubernetes itself puts there": {
        "/kubernetes": {
          type: "kubernetes:core/v1:Service",
          properties: { metadata: { name: "kubernetes", namespace: "default" }, spec: { ports: [{ port: 443 }] } },
        },
      },
    },
    fail: {
      "none given": { "/settings/properties/metadata/namespace": undefined },
      default: { "/settings/properties/metadata/namespace": "default" },
    },
  },
});
