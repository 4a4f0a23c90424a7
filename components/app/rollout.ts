import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { compact } from "../lib/compact";
import type { Component, Transform } from "../lib/component";
import type { PodArgs } from "../lib/hardenedPod";
import { type Autoscale, availability, most } from "./availability";

/** How the versions of a Deployment follow each other. */
export type Rollout =
  /** The new version starts before the old one stops: no moment without a pod, and for a while both run. */
  | "rolling"
  /** The old version stops before the new one starts: never two at once, and a gap in between. */
  | "recreate";

interface Replicated {
  namespace: pulumi.Input<string>;
  scaling: { replicas: number; autoscale?: Autoscale };
  rollout: Rollout;
  pod: PodArgs;
  /** What must be there before the pods start. */
  ready: pulumi.Resource[];
  transform: Transform<k8s.apps.v1.DeploymentArgs> | undefined;
}

const strategies = {
  rolling: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
  recreate: { type: "Recreate" },
};

/** A component's Deployment, with what keeps enough of its pods running. */
export function deployment(owner: Component, args: Replicated): k8s.apps.v1.Deployment {
  const { namespace, scaling, rollout, pod, ready, transform } = args;
  if (!Object.hasOwn(strategies, rollout)) {
    owner.refuse(`rollout must be one of ${Object.keys(strategies).join(", ")}`, rollout);
  }
  const made = owner.child(
    k8s.apps.v1.Deployment,
    "",
    {
      metadata: { namespace },
      spec: compact({
        // Left out when autoscaled: two owners of one field would undo each other.
        replicas: scaling.autoscale === undefined ? scaling.replicas : undefined,
        selector: { matchLabels: owner.selector },
        strategy: strategies[rollout],
        template: {
          metadata: owner.podMetadata(),
          spec: owner.pod({ ...pod, ...(most(scaling) > 1 ? { spread: owner.selector } : {}) }),
        },
      }),
    },
    { dependsOn: ready, transform },
  );
  availability(owner, namespace, scaling);
  return made;
}
