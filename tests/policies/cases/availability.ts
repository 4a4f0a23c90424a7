import { type Case, kubernetes } from "./case.js";

const scaler = (spec: object, metadata: object = {}) =>
  kubernetes("autoscaling/v2", "HorizontalPodAutoscaler", {
    metadata: { name: "web", namespace: "shop", ...metadata },
    spec: { scaleTargetRef: { kind: "Deployment", name: "web" }, ...spec },
  });

const keda = (spec: object, target: object = {}, namespace = "shop") =>
  kubernetes("keda.sh/v1alpha1", "ScaledObject", {
    metadata: { name: "web", namespace },
    spec: { scaleTargetRef: { name: "web", ...target }, ...spec },
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
  [undefined, keda({ minReplicaCount: 2 }), false],
  [undefined, keda({ minReplicaCount: 2 }, { kind: "Deployment" }), false],
  [undefined, keda({ minReplicaCount: 2 }, { kind: "StatefulSet" }), true],
  [undefined, keda({ minReplicaCount: 2 }, {}, "other"), true],
  [3, keda({ minReplicaCount: 1 }), true],
  [3, keda({}), true],
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
  ...["core/v1:ReplicationController", "apps.openshift.io/v1:DeploymentConfig", "argoproj.io/v1alpha1:Rollout"],
];

/** A second budget, and whether one of its pods has one already. */
const seconds: [spec: object, namespace: string, isBroken: boolean][] = [
  [{ selector: {} }, "shop", true],
  [{ selector: { matchLabels: { "app.kubernetes.io/name": "web" } } }, "shop", true],
  [{ selector: { matchLabels: { "app.kubernetes.io/name": "api" } } }, "shop", false],
  [{ selector: {} }, "other", false],
  [{ selector: null }, "shop", false],
  [{}, "shop", false],
];
const second = (spec: object, namespace: string, kind = "PodDisruptionBudget") => ({
  "/second": kubernetes("policy/v1", kind, {
    metadata: { name: "x", namespace },
    spec: { maxUnavailable: 1, ...spec },
  }),
});
const rollout = (spec: object) => ({
  "/x": kubernetes("argoproj.io/v1alpha1", "Rollout", { spec: { template: { spec: {} }, ...spec } }),
});

export const availabilityCases: readonly Case[] = [
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
  // Of no selector, not of an empty one, a budget means nothing.
  ["k8s-pdb", { "/budget/properties/spec/selector": undefined }, true],
  ["k8s-pdb", { "/budget/properties/spec/selector": {} }, false],
  ...seconds.map(([spec, namespace, isBroken]): Case => ["k8s-pdb", second(spec, namespace), isBroken]),
  ["k8s-pdb", second({ selector: {} }, "shop", "PodDisruptionBudgetPatch"), false],
  ["k8s-pdb", rollout({ replicas: 2 }), true],
  ["k8s-pdb", rollout({ replicas: 1 }), false],
  ["k8s-replicas", rollout({ replicas: 1 }), true],
  ["k8s-replicas", rollout({}), true],
  ["k8s-replicas", rollout({ replicas: 2 }), false],
  [
    "k8s-pdb",
    { "/x": kubernetes("apps/v1", "DeploymentPatch", { spec: { replicas: 3, template: { spec: {} } } }) },
    false,
  ],
];
