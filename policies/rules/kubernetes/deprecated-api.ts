import { resourceRule, violation } from "../../rule.js";
import type { KubernetesObject } from "../../subject.js";

/** API versions that Kubernetes no longer serves, `*` for all kinds; and the minor version of Kubernetes that dropped each. */
const removed: Record<string, Record<string, number>> = {
  "extensions/v1beta1": { Ingress: 22, "*": 16 },
  "apps/v1beta1": { "*": 16 },
  "apps/v1beta2": { "*": 16 },
  "admissionregistration.k8s.io/v1beta1": { MutatingWebhookConfiguration: 22, ValidatingWebhookConfiguration: 22 },
  "apiextensions.k8s.io/v1beta1": { "*": 22 },
  "apiregistration.k8s.io/v1beta1": { "*": 22 },
  "authentication.k8s.io/v1beta1": { TokenReview: 22 },
  "authorization.k8s.io/v1beta1": { "*": 22 },
  "autoscaling/v2beta1": { "*": 25 },
  "autoscaling/v2beta2": { "*": 26 },
  "batch/v1beta1": { "*": 25 },
  "certificates.k8s.io/v1beta1": { CertificateSigningRequest: 22 },
  "coordination.k8s.io/v1beta1": { Lease: 22 },
  "discovery.k8s.io/v1beta1": { "*": 25 },
  "events.k8s.io/v1beta1": { "*": 25 },
  "flowcontrol.apiserver.k8s.io/v1beta1": { "*": 26 },
  "flowcontrol.apiserver.k8s.io/v1beta2": { "*": 29 },
  "flowcontrol.apiserver.k8s.io/v1beta3": { "*": 32 },
  "networking.k8s.io/v1beta1": { Ingress: 22, IngressClass: 22 },
  "node.k8s.io/v1beta1": { "*": 25 },
  "policy/v1beta1": { "*": 25 },
  "rbac.authorization.k8s.io/v1beta1": { "*": 22 },
  "scheduling.k8s.io/v1beta1": { "*": 22 },
  "storage.k8s.io/v1beta1": {
    CSIDriver: 22,
    CSINode: 22,
    StorageClass: 22,
    VolumeAttachment: 22,
    CSIStorageCapacity: 27,
  },
};

function removedIn({ group, kind, version }: KubernetesObject): number | undefined {
  const apiVersion = `${group}/${version}`;
  const kinds = Object.hasOwn(removed, apiVersion) ? (removed[apiVersion] ?? {}) : {};
  return Object.hasOwn(kinds, kind) ? kinds[kind] : kinds["*"];
}

export const deprecatedApi = resourceRule({
  id: "k8s-deprecated-api",
  title: "Objects use API versions that Kubernetes serves",
  why: "A removed version works until the cluster is upgraded, and then nothing of it can be changed any more.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
  remediation: "Use the version that replaced it, which the guide names.",
  reads: ["apiVersion", "kind"],

  applies: ({ object }) => object !== undefined,
  check: ({ objects }) =>
    objects.flatMap(one => {
      const minor = removedIn(one);
      return minor === undefined
        ? []
        : [violation(one.field, `must not use ${one.group}/${one.version}, which Kubernetes 1.${minor} removed`)];
    }),

  admission: { cannot: "the API server itself refuses the versions that it no longer serves" },

  examples: {
    pass: {},
    fail: {
      "an old autoscaler": {
        "/scaler": {
          type: "kubernetes:autoscaling/v2beta2:HorizontalPodAutoscaler",
          properties: {
            metadata: { name: "web", namespace: "shop" },
            spec: { scaleTargetRef: { kind: "Deployment", name: "web" }, minReplicas: 2 },
          },
        },
      },
    },
  },
});
