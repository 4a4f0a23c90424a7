import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Image, imageReference } from "../images/image";
import { checkLabel, checkPath, checkPort, checkText, checkTexts, checkWhole, shown } from "./check";
import { compact, withDefaults } from "./compact";
import { type Probes, probeSpecs } from "./probes";
import { type Resources, resourceRequirements } from "./resources";
import { type Mount, mountSpec, type Volume, volumeSpec, type WritablePath, writableVolume } from "./volumes";

/** A value for an environment variable: text, a key of a Secret, or a field of the pod such as `status.podIP`. */
export type EnvValue = pulumi.Input<string> | { secret: pulumi.Input<string>; key: string } | { field: string };

export interface ContainerArgs {
  name: string;
  image: Image;
  /** @default the image's own */
  command?: readonly pulumi.Input<string>[];
  /** @default the image's own */
  args?: readonly pulumi.Input<string>[];
  /** @default none */
  env?: Record<string, EnvValue>;
  /** Ports it listens on, by name (at most 15 characters). @default none */
  ports?: Record<string, number>;
  resources: Resources;
  /** Folders it may write to. @default none */
  writablePaths?: readonly WritablePath[];
  /** Volumes of the pod that it sees. @default none */
  mounts?: readonly Mount[];
  /** Required for what keeps running; absent for jobs and init containers. @default none */
  probes?: Probes;
  /** Time between leaving the endpoints and SIGTERM, so that proxies stop sending first. @default none */
  preStopSeconds?: number;
  /** In `initContainers`: runs beside the others, and starts before and stops after them. @default false */
  sidecar?: boolean;
}

export interface PodArgs {
  /** The component's own ServiceAccount. */
  serviceAccountName: pulumi.Input<string>;
  containers: readonly ContainerArgs[];
  /** Run to their end before the others, one after the other; sidecars stay. @default none */
  initContainers?: readonly ContainerArgs[];
  /** @default none but the writable paths of its containers */
  volumes?: readonly Volume[];
  /** @default 10001 */
  uid?: number;
  /** Group of the processes, and owner of mounted volumes. @default 10001 */
  gid?: number;
  /** Time from SIGTERM (or the preStop wait) to SIGKILL. @default 30 */
  terminationGracePeriodSeconds?: number;
  /** @default Kubernetes' own: Always */
  restartPolicy?: "Always" | "OnFailure" | "Never";
  /** Mount an API token. Only for components that take `apiAccess`. @default false */
  apiToken?: boolean;
  /** Spread pods with these labels over nodes and zones. @default not spread */
  spread?: Record<string, string>;
  /** Labels of the nodes it may run on. @default any */
  nodeSelector?: Record<string, string>;
}

/** Linux ids are 32 bits, and the last one means "none". */
const largestId = 2 ** 32 - 2;

/** Above 10,000, where no image of the catalogue has an account of its own, so that an escape meets nobody's files. */
export const podDefaults = { uid: 10001, gid: 10001, terminationGracePeriodSeconds: 30, apiToken: false };

function envVar(name: string, value: EnvValue): k8s.types.input.core.v1.EnvVar {
  if (typeof value === "object" && "secret" in value) {
    return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } };
  }
  if (typeof value === "object" && "field" in value)
    return { name, valueFrom: { fieldRef: { fieldPath: value.field } } };
  return { name, value };
}

/**
 * Sorted, so that the order in which links were given never restarts a pod; what refers to Secrets and fields comes first, because
 * `$(NAME)` in a value sees only variables before it.
 */
function envSpec(env: Record<string, EnvValue>): k8s.types.input.core.v1.EnvVar[] {
  const variables = Object.keys(env)
    .sort()
    .map(name => envVar(name, env[name] ?? ""));
  return [...variables.filter(v => v.valueFrom !== undefined), ...variables.filter(v => v.valueFrom === undefined)];
}

/** Environment variables as Kubernetes takes them. */
const variableName = /^[A-Za-z_.-][A-Za-z0-9_.-]*$/;

/** What a container's fields must be, by themselves and among each other. */
function checkContainer(container: ContainerArgs, volumes: ReadonlySet<string>): void {
  const { name, command, args, env = {}, ports = {}, mounts = [], writablePaths = [] } = container;
  checkLabel("container name", name);
  if (command !== undefined) checkTexts("command", command, { atLeast: 1 });
  if (args !== undefined) checkTexts("args", args);
  for (const [variable, value] of Object.entries<unknown>(env)) {
    checkText("name of an environment variable", variable, "letters, digits, _, . and -", variableName);
    // The value may be secret: its type says enough.
    if (typeof value !== "string" && (typeof value !== "object" || value === null)) {
      throw new RangeError(`env.${variable} must be a text, got a ${value === null ? "null" : typeof value}`);
    }
  }
  for (const [port, number] of Object.entries(ports)) {
    checkText(`name of port ${number}`, port, portNameRule, /^(?=.*[a-z])[a-z0-9](?:[a-z0-9]|-(?!-|$)){0,14}$/);
    checkPort(`port ${port}`, number);
  }
  const paths = [...writablePaths, ...mounts].map(({ path }) => path);
  for (const path of paths) checkPath("mount path", path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new RangeError(`container ${name} must mount each path once, got ${shown(twice)}`);
  const missing = mounts.find(({ volume }) => !volumes.has(volume));
  if (missing !== undefined) {
    throw new RangeError(`container ${name} must mount volumes that its pod has, got ${shown(missing.volume)}`);
  }
}

const portNameRule = "lower-case letters, digits and single inner hyphens, with a letter, at most 15 characters";

function containerSpec(container: ContainerArgs): k8s.types.input.core.v1.Container {
  const writable = container.writablePaths ?? [];
  const onDisk = writable.filter(w => !w.memory).map(w => writableVolume(container.name, w));
  const diskMiB = onDisk.reduce((sum, volume) => sum + ("emptyDirMiB" in volume ? volume.emptyDirMiB : 0), 0);
  const mounts = [
    ...writable.map(w => ({ volume: writableVolume(container.name, w).name, path: w.path, readOnly: false })),
    ...(container.mounts ?? []),
  ];
  return compact<k8s.types.input.core.v1.Container>({
    name: container.name,
    image: imageReference(container.image),
    command: container.command && [...container.command],
    args: container.args && [...container.args],
    env: container.env && envSpec(container.env),
    ports: container.ports && Object.entries(container.ports).map(([name, containerPort]) => ({ name, containerPort })),
    resources: resourceRequirements(container.resources, diskMiB),
    volumeMounts: mounts.length === 0 ? undefined : mounts.map(mountSpec),
    securityContext: {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    ...probeSpecs(container.probes),
    lifecycle:
      container.preStopSeconds === undefined
        ? undefined
        : { preStop: { sleep: { seconds: container.preStopSeconds } } },
    restartPolicy: container.sidecar ? "Always" : undefined,
  });
}

/** Zones first, and both softly: a cluster of one node still runs every replica. */
function spreadSpec(matchLabels: Record<string, string>): k8s.types.input.core.v1.TopologySpreadConstraint[] {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(topologyKey => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels },
    // Counts the pods of one version only: those that a rollout is about to stop do not matter.
    matchLabelKeys: ["pod-template-hash"],
  }));
}

/**
 * A pod spec that passes every rule for workloads. Every container of every pod goes through here: non-root, read-only root, no
 * capabilities, no privilege escalation, default seccomp profile, no API token, requests and limits.
 *
 * @throws RangeError naming the field, for an image that is not pinned, a size that is no whole number, a mount without its volume
 */
export function hardenedPod(pod: PodArgs): k8s.types.input.core.v1.PodSpec {
  const { uid, gid, terminationGracePeriodSeconds, apiToken } = withDefaults(podDefaults, pod);
  checkWhole("uid", uid, 1, largestId);
  checkWhole("gid", gid, 1, largestId);
  checkWhole("terminationGracePeriodSeconds", terminationGracePeriodSeconds, 0, 86_400);
  const everyContainer = [...(pod.initContainers ?? []), ...pod.containers];
  const volumes = [
    ...everyContainer.flatMap(c => (c.writablePaths ?? []).map(w => writableVolume(c.name, w))),
    ...(pod.volumes ?? []),
  ];
  const names = volumes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`volumes must have names of their own, got ${shown(twice)} twice`);
  for (const container of everyContainer) checkContainer(container, new Set(names));
  return compact<k8s.types.input.core.v1.PodSpec>({
    serviceAccountName: pod.serviceAccountName,
    automountServiceAccountToken: apiToken,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      runAsGroup: gid,
      fsGroup: gid,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    initContainers: pod.initContainers && pod.initContainers.map(containerSpec),
    containers: pod.containers.map(containerSpec),
    volumes: volumes.length === 0 ? undefined : volumes.map(volumeSpec),
    terminationGracePeriodSeconds,
    restartPolicy: pod.restartPolicy,
    topologySpreadConstraints: pod.spread && spreadSpec(pod.spread),
    nodeSelector: pod.nodeSelector,
  });
}
