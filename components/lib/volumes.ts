import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { checkPath, checkWhole } from "./check";
import { compact, withDefaults } from "./compact";

type Source =
  /** Files from a ConfigMap. `items` maps keys to paths; all keys where it is absent. `mode` is octal. @default mode 0o444 */
  | { configMap: pulumi.Input<string>; items?: Record<string, string>; mode?: number }
  /** Files from a Secret, readable by owner and group only. @default mode 0o440 */
  | { secret: pulumi.Input<string>; items?: Record<string, string>; mode?: number; optional?: boolean }
  /** A PersistentVolumeClaim. */
  | { claim: pulumi.Input<string> }
  /** Scratch space that goes with the pod. `memory` puts it in RAM, where it counts against the memory limit. */
  | { emptyDirMiB: number; memory?: boolean }
  /** Part of the node's file system. Breaks `k8s-host-path`: its component needs an exception. */
  | { hostPath: string };

/** A volume of a pod, by the name its containers mount it under. */
export type Volume = { name: string } & Source;

/** Where a container mounts a volume. */
export interface Mount {
  volume: string;
  path: string;
  /** A single file or folder of the volume. A subPath mount never sees renewed Secrets or ConfigMaps. */
  subPath?: string;
  /** @default true */
  readOnly?: boolean;
}

/** A folder that a container may write to although its root file system is read-only: an emptyDir of its own. */
export interface WritablePath {
  path: string;
  /** A disk-backed one is enforced by eviction, one in memory at the limit. @default 16 */
  sizeMiB?: number;
  /** Keep it in RAM, where it counts against the memory limit. @default false */
  memory?: boolean;
}

export const writablePathDefaults = { sizeMiB: 16, memory: false };

const itemsOf = (items?: Record<string, string>) =>
  items === undefined ? undefined : Object.entries(items).map(([key, path]) => ({ key, path }));

/** The volume as Kubernetes takes it. */
export function volumeSpec(volume: Volume): k8s.types.input.core.v1.Volume {
  const { name } = volume;
  if ("configMap" in volume) {
    const { configMap, items, mode = 0o444 } = volume;
    return { name, configMap: compact({ name: configMap, defaultMode: mode, items: itemsOf(items) }) };
  }
  if ("secret" in volume) {
    const { secret, items, mode = 0o440, optional } = volume;
    return { name, secret: compact({ secretName: secret, defaultMode: mode, items: itemsOf(items), optional }) };
  }
  if ("claim" in volume) return { name, persistentVolumeClaim: { claimName: volume.claim } };
  if ("hostPath" in volume) return { name, hostPath: { path: volume.hostPath } };
  return {
    name,
    emptyDir: compact({ sizeLimit: `${volume.emptyDirMiB}Mi`, medium: volume.memory ? "Memory" : undefined }),
  };
}

/** The mount as Kubernetes takes it. */
export function mountSpec({ volume, path, subPath, readOnly = true }: Mount): k8s.types.input.core.v1.VolumeMount {
  return compact({ name: volume, mountPath: path, subPath, readOnly });
}

/** Longest name of a volume (RFC 1123 label). */
const longestName = 63;

/**
 * The emptyDir behind a writable path, named after the container and the path: `api-var-cache`. A path that such a name does not say in
 * full (`/var-cache`, `/Cache`, a very long one) gets a hash of itself at the end, so that two paths never share a volume.
 *
 * @throws RangeError for a path that is not absolute, or a size that is no whole number
 */
export function writableVolume(container: string, writable: WritablePath): Volume {
  const { path, sizeMiB, memory } = withDefaults(writablePathDefaults, writable);
  checkPath("writablePaths path", path);
  checkWhole(`size in MiB of writable path ${path}`, sizeMiB, 1, 16_777_216);
  return { name: volumeName(container, path), emptyDirMiB: sizeMiB, memory };
}

function volumeName(container: string, path: string): string {
  const slug = path
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const name = `${container}-${slug}`;
  if (`/${slug.replaceAll("-", "/")}` === path && name.length <= longestName) return name;
  const hash = createHash("sha256").update(`${container}:${path}`).digest("hex").slice(0, 8);
  return `${name.slice(0, longestName - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}
