import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "../lib/component";
import type { Exception } from "../lib/exceptions";
import type { PodArgs } from "../lib/hardenedPod";
import type { Placement } from "../network/secureNamespace";
import { withToken } from "./apiToken";

/** Who answers for the agents that see the node, and until when; then somebody looks at it again. */
export interface NodeAccess {
  owner: string;
  /** Last day, `YYYY-MM-DD`. */
  expires: string;
}

/** The rules that an agent breaks by seeing the node, and why: two by any part of its file system, more by what the agent needs beyond. */
export function nodeExceptions(
  reason: string,
  { owner, expires }: NodeAccess,
  more: readonly ("k8s-runtime-socket" | "k8s-run-as-group")[] = [],
): Exception[] {
  return ["k8s-host-path", "k8s-volume-types", ...more].map(rule => ({ rule, reason, owner, expires }));
}

/** Every node: also those that take no other pods, and those in trouble. */
const everywhere = [{ operator: "Exists" }];

/**
 * One pod on every node, hardened like any other. What it mounts of the node it sees read-only; with `token` it may ask the API or its kubelet
 * what its ServiceAccount has a right to.
 */
export function nodeAgent(
  owner: Component,
  namespace: Placement,
  { supplementalGroups, token = false, ...pod }: PodArgs & { supplementalGroups?: number[]; token?: boolean },
  dependsOn: pulumi.Resource[],
): k8s.apps.v1.DaemonSet {
  const spec = token ? withToken(owner.pod(pod)) : owner.pod(pod);
  return owner.child(
    k8s.apps.v1.DaemonSet,
    "",
    {
      metadata: { namespace: namespace.namespaceName },
      spec: {
        selector: { matchLabels: owner.selector },
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%" } },
        template: {
          metadata: owner.podMetadata(),
          spec: {
            ...spec,
            ...(supplementalGroups === undefined
              ? {}
              : { securityContext: { ...(spec.securityContext as PodSecurity), supplementalGroups } }),
            containers: withPropagation(spec, pod),
            tolerations: everywhere,
          },
        },
      },
    },
    { dependsOn },
  );
}

type PodSecurity = k8s.types.input.core.v1.PodSecurityContext;
type PodSpec = k8s.types.input.core.v1.PodSpec;

/** What is mounted on the node later is seen too; otherwise a new volume would count as part of the disk it is mounted on. */
function withPropagation(spec: PodSpec, pod: PodArgs): k8s.types.input.core.v1.Container[] {
  const ofNode = new Set(pod.volumes?.filter(volume => "hostPath" in volume).map(({ name }) => name));
  return (spec.containers as k8s.types.input.core.v1.Container[]).map(container => ({
    ...container,
    volumeMounts: (container.volumeMounts as k8s.types.input.core.v1.VolumeMount[]).map(mount =>
      ofNode.has(mount.name as string) ? { ...mount, mountPropagation: "HostToContainer" } : mount,
    ),
  }));
}
