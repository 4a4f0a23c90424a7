import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../images/image";
import { checkList, checkTexts, isRecord } from "../lib/check";
import { compact, withDefaults } from "../lib/compact";
import type { Component } from "../lib/component";
import type { ContainerArgs, EnvValue } from "../lib/hardenedPod";
import type { WritablePath } from "../lib/volumes";
import { certificate, serviceNames, tlsEnv, tlsMount, tlsVolume } from "../network/certificate";
import { type Connected, type Connections, connect, type Peer } from "../network/link";
import { checkPlacement, type Placement } from "../network/secureNamespace";

/** What every program of ours takes, whether it serves, works or runs on a schedule. */
export interface WorkloadArgs extends Connections {
  namespace: Placement;
  /** A reference pinned by digest, or an image of this program. */
  image: Image;
  /** What runs. @default the image's own */
  command?: readonly string[];
  /** Arguments of the command. @default the image's own */
  args?: readonly string[];
  /** Environment variables that are no secrets. @default none */
  env?: Record<string, string>;
  /** Environment variables that are secrets; kept in a Secret of the component. @default none */
  secretEnv?: Record<string, pulumi.Input<string>>;
  /** Secrets of the namespace with credentials of the image's registry. @default none */
  imagePullSecrets?: readonly pulumi.Input<string>[];
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
 *
 * @param own environment variables that the component itself sets, such as PORT
 */
export function workload(owner: Component, args: WorkloadArgs, own: Record<string, string> = {}): Workload {
  const given = withDefaults(workloadDefaults, args);
  const { namespace, image, command, cpuMillis, memoryMiB, writablePaths, imagePullSecrets } = given;
  checkPlacement(owner, namespace);
  owner.checked(() => {
    if (imagePullSecrets !== undefined) checkTexts("imagePullSecrets", imagePullSecrets);
    checkList("writablePaths", writablePaths);
  });
  const metadata = { namespace: namespace.namespaceName };

  const account = owner.child(k8s.core.v1.ServiceAccount, "", {
    metadata,
    automountServiceAccountToken: false,
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets: imagePullSecrets.map(name => ({ name })) }),
  });
  const tls = certificate(owner, { placement: namespace, dnsNames: serviceNames(owner.name, namespace.namespaceName) });
  const connected = connect(owner, { namespace: namespace.namespaceName, podLabels: owner.everyPod }, given);
  const { plain, secret } = environment(owner, given, { ...tlsEnv, ...own }, connected);

  return {
    serviceAccountName: account.metadata.name,
    container: compact<Workload["container"]>({
      name: owner.name,
      image,
      command,
      args: given.args,
      env: { ...plain, ...secretRefs(owner, namespace, secret), ...fieldRefs(connected.podEnv) },
      resources: { cpuMillis, memoryMiB },
      writablePaths,
      mounts: [tlsMount],
    }),
    volumes: [tlsVolume(tls.secretName)],
    peer: { namespace: namespace.namespaceName, podLabels: owner.selector },
    ready: [tls.resource, ...connected.ready],
    tlsSecretName: tls.secretName,
  };
}

type Variables = Record<string, pulumi.Input<string>>;

/** Every variable from one place only: the component, a link, `env` or `secretEnv`. */
function environment(
  owner: Component,
  { env = {}, secretEnv = {} }: WorkloadArgs,
  own: Variables,
  links: Pick<Connected, "env" | "secretEnv" | "podEnv">,
): { plain: Variables; secret: Variables } {
  for (const [name, variables] of Object.entries({ env, secretEnv })) {
    if (!isRecord(variables)) owner.refuse(`${name} must be an object of names and values`, variables);
  }
  for (const [name, value] of Object.entries<unknown>(env)) {
    // Not shown: somebody may have put a secret here.
    if (typeof value !== "string") {
      owner.fail(`env.${name} must be a text; what another resource supplies comes by links, and secrets by secretEnv`);
    }
  }
  for (const [name, value] of Object.entries<unknown>(secretEnv)) {
    if (value === undefined || value === null || value === "") owner.fail(`secretEnv.${name} must have a value`);
  }
  const origins = {
    "the component": own,
    "a link": { ...links.env, ...links.secretEnv, ...links.podEnv },
    env,
    secretEnv,
  };
  const seen = new Map<string, string>();
  for (const [origin, variables] of Object.entries(origins)) {
    for (const name of Object.keys(variables)) {
      const other = seen.get(name);
      if (other !== undefined) owner.fail(`the environment variable ${name} is set by ${origin} and by ${other}`);
      seen.set(name, origin);
    }
  }
  return { plain: { ...own, ...links.env, ...env }, secret: { ...links.secretEnv, ...secretEnv } };
}

const fieldRefs = (fields: Record<string, string>): Record<string, EnvValue> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, { field }]));

/** Puts secret variables into a Secret of the component. Autonamed: a changed value is a new Secret, and so a rollout. */
function secretRefs(owner: Component, { namespaceName }: Placement, secrets: Variables): Record<string, EnvValue> {
  const names = Object.keys(secrets);
  if (names.length === 0) return {};
  const metadata = { namespace: namespaceName };
  const stringData = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, pulumi.secret(value)]));
  // Immutable: also a provider that changes Secrets in place (`enableSecretMutable`) must make a new one here.
  const secret = owner.child(k8s.core.v1.Secret, "env", { metadata, immutable: true, stringData }, { autonamed: true });
  return Object.fromEntries(names.map(name => [name, { secret: secret.metadata.name, key: name }]));
}
