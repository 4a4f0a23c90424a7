import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { checkWhole } from "../lib/check";
import { withDefaults } from "../lib/compact";
import type { Component } from "../lib/component";

/** How many pods run: a number, or between two numbers by CPU use. */
export interface Scaling {
  /** Pods kept running. @default 2 */
  replicas?: number;
  /** Let the number follow the load; `replicas` is then not said. @default not */
  autoscale?: Autoscale;
}

export interface Autoscale {
  minReplicas: number;
  maxReplicas: number;
  /** CPU use, in percent of what is reserved, above which pods are added. @default 70 */
  cpuPercent?: number;
}

export const scalingDefaults = { replicas: 2 };

export const autoscaleDefaults = { cpuPercent: 70 };

/** The most pods that run: from it follow disruption budget and spread, and by it shares are divided. */
export const most = ({ replicas, autoscale }: { replicas: number; autoscale?: Autoscale }) =>
  autoscale?.maxReplicas ?? replicas;

/** More pods than any cluster of this kind runs: above it is a slip. */
const mostPods = 1000;

/** Refuses numbers that make no sense, before anything is made. */
export function checkScaling(
  owner: Component,
  { replicas, autoscale }: { replicas: number; autoscale?: Autoscale },
): void {
  owner.checked(() => {
    checkWhole("replicas", replicas, 1, mostPods);
    if (autoscale === undefined) return;
    const { minReplicas, maxReplicas, cpuPercent } = withDefaults(autoscaleDefaults, autoscale);
    checkWhole("autoscale.minReplicas", minReplicas, 1, mostPods);
    checkWhole("autoscale.maxReplicas", maxReplicas, minReplicas, mostPods);
    checkWhole("autoscale.cpuPercent", cpuPercent, 1, 100);
  });
}

/** A disruption budget where more than one pod may run (for one alone it has nothing to say), and an autoscaler where it is asked for. */
export function availability(
  owner: Component,
  namespace: pulumi.Input<string>,
  scaling: { replicas: number; autoscale?: Autoscale },
): void {
  const metadata = { namespace };
  if (most(scaling) > 1) {
    owner.child(k8s.policy.v1.PodDisruptionBudget, "", {
      metadata,
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: owner.selector },
        // A pod that is not ready serves nobody: it must not keep a node from being drained.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    });
  }
  const { autoscale } = scaling;
  if (autoscale === undefined) return;
  owner.child(k8s.autoscaling.v2.HorizontalPodAutoscaler, "", {
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: owner.name },
      minReplicas: autoscale.minReplicas,
      maxReplicas: autoscale.maxReplicas,
      metrics: [
        {
          type: "Resource",
          resource: {
            name: "cpu",
            target: { type: "Utilization", averageUtilization: autoscale.cpuPercent ?? autoscaleDefaults.cpuPercent },
          },
        },
      ],
    },
  });
}
