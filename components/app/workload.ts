import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Image } from "../images/image.js";
import type { Component } from "../lib/component.js";
import type { ContainerArgs, EnvValue } from "../lib/hardenedPod.js";
import type { WritablePath } from "../lib/volumes.js";
import { certificate, serviceNames, tlsEnv, tlsMount, tlsVolume } from "../network/certificate.js";
import { type Connections, connect, type Peer } from "../network/link.js";
import type { Placement } from "../network/secureNamespace.js";

/** What every program of ours takes, whether it serves, works or runs on a schedule. */
export interface WorkloadArgs extends Connections {
  namespace: Placement;
  /** A reference pinned by digest, or an image of this program. */
  image: Image;
  /** @default the image's own */
  command?: readonly string[];
  args?: readonly string[];
  /** Environment variables that are no secrets. @default none */
  env?: Record<string, string>;
  /** Environment variables that are secrets; kept in a Secret of the component. @default none */
  secretEnv?: Record<string, pulumi.Input<string>>;
  /** CPU reserved per pod, in thousandths of a core. @default 100 */
  cpuMillis?: number;
  /** Memory per pod. The pod is killed above it. @default 256 */
  memoryMiB?: number;
  /** Folders the program may write to; everything else is read-only. @default /tmp, 16 MiB */
  writablePaths?: readonly WritablePath[];
}

export const workloadDefaults = { cpuMillis: 100, memoryMiB: 256, writablePaths: [{ path: "/tmp", sizeMiB: 16 }] };

/** The parts of a pod that follow from `WorkloadArgs`. */
export interface Workload {
  serviceAccountName: pulumi.Output<string>;
  /** The program's container, without ports and probes. */
  container: Omit<ContainerArgs, "ports" | "probes">;
  volumes: ReturnType<typeof tlsVolume>[];
  /** The replicas, as NetworkPolicies see them. */
  peer: Peer;
  /** What must be there before the pods start. */
  ready: pulumi.Resource[];
  tlsSecretName: string;
}

/**
 * Makes what surrounds a program: its ServiceAccount, certificate, Secret, links and egress.
 */
export function workload(owner: Component, args: WorkloadArgs): Workload {
  const {
    namespace,
    image,
    command,
    args: argv,
    cpuMillis,
    memoryMiB,
    writablePaths,
  } = { ...workloadDefaults, ...args };
  const metadata = { namespace: namespace.namespaceName };

  const account = owner.child(k8s.core.v1.ServiceAccount, "", { metadata, automountServiceAccountToken: false });
  const tls = certificate(owner, { placement: namespace, dnsNames: serviceNames(owner.name, namespace.namespaceName) });
  const connected = connect(owner, { namespace: namespace.namespaceName, podLabels: owner.everyPod }, args);

  const secrets = { ...connected.secretEnv, ...args.secretEnv };
  const secretEnv: Record<string, EnvValue> = {};
  if (Object.keys(secrets).length > 0) {
    const secret = owner.child(k8s.core.v1.Secret, "env", { metadata, stringData: secrets }, { autonamed: true });
    for (const key of Object.keys(secrets)) secretEnv[key] = { secret: secret.metadata.name, key };
  }

  return {
    serviceAccountName: account.metadata.name,
    container: {
      name: owner.name,
      image,
      ...(command === undefined ? {} : { command }),
      ...(argv === undefined ? {} : { args: argv }),
      env: { ...tlsEnv, ...connected.env, ...args.env, ...secretEnv },
      resources: { cpuMillis, memoryMiB },
      writablePaths,
      mounts: [tlsMount],
    },
    volumes: [tlsVolume(tls.secretName)],
    peer: { namespace: namespace.namespaceName, podLabels: owner.selector },
    ready: [tls.resource, ...connected.ready],
    tlsSecretName: tls.secretName,
  };
}
