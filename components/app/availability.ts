import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "../lib/component.js";

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

export const autoscaleDefaults = { cpuPercent: 70 };

/** The fewest pods that run, from which follow disruption budget and spread. */
export const fewest = ({ replicas, autoscale }: { replicas: number; autoscale?: Autoscale }) =>
  autoscale?.minReplicas ?? replicas;

/** The most pods that run, by which shares are divided. */
export const most = ({ replicas, autoscale }: { replicas: number; autoscale?: Autoscale }) =>
  autoscale?.maxReplicas ?? replicas;

/** Refuses numbers that make no sense, before anything is made. */
export function checkScaling(
  owner: Component,
  { replicas, autoscale }: { replicas: number; autoscale?: Autoscale },
): void {
  if (!Number.isInteger(replicas) || replicas < 1) owner.refuse("replicas must be a whole number above 0", replicas);
  if (autoscale === undefined) return;
  const { minReplicas, maxReplicas, cpuPercent = autoscaleDefaults.cpuPercent } = autoscale;
  if (!Number.isInteger(minReplicas) || minReplicas < 1) {
    owner.refuse("autoscale.minReplicas must be a whole number above 0", minReplicas);
  }
  if (!Number.isInteger(maxReplicas) || maxReplicas < minReplicas) {
    owner.refuse(`autoscale.maxReplicas must be at least minReplicas (${minReplicas})`, maxReplicas);
  }
  if (!(cpuPercent > 0 && cpuPercent <= 100)) owner.refuse("autoscale.cpuPercent must be in 1 to 100", cpuPercent);
}

/**
 * A disruption budget where more than one pod runs (with one it would block every drain), and an autoscaler where it is asked for.
 */
export function availability(
  owner: Component,
  namespace: pulumi.Input<string>,
  scaling: { replicas: number; autoscale?: Autoscale },
): void {
  const metadata = { namespace };
  if (fewest(scaling) > 1) {
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
