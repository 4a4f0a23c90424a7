import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { applyAll } from "./apply.js";
import { manifestsDir } from "./deployment.js";
import { until } from "./kubectl.js";
import type { Lab } from "./lab.js";
import { type Declared, declaredObjects, readManifest } from "./manifests.js";
import type { KubeObject } from "./objects.js";

/** A Deployment, or a Job, as far as stages change it. */
export interface Workload {
  metadata: { name: string };
  spec: {
    template: {
      metadata: { annotations?: Record<string, string> };
      spec: { containers: { name: string; image: string; command?: string[]; readinessProbe?: object }[] };
    };
  };
}

export interface DeploymentObject extends KubeObject {
  spec: { replicas: number };
  status: { replicas?: number; readyReplicas?: number; updatedReplicas?: number; observedGeneration?: number };
}

/** What was declared under this kind and name. @throws Error when nothing was */
export function declaredAs(lab: Lab, kind: string, name: string | RegExp): Declared {
  const found = declaredObjects(lab.deployment.project).find(
    object => object.kind === kind && (typeof name === "string" ? object.name === name : name.test(object.name)),
  );
  if (found === undefined) throw new Error(`no ${kind} ${String(name)} was declared`);
  return found;
}

/** A copy of what was declared, changed. */
export function changed<T = Workload>(lab: Lab, object: Declared, change: (manifest: T) => void): T {
  const manifest = structuredClone(readManifest(manifestsDir(lab.deployment.project), object)) as T;
  change(manifest);
  return manifest;
}

/** Applies manifests as a deploy does, in their order, and waits where they say so. @throws Error as `applyAll` */
export async function applyChanged(lab: Lab, objects: readonly (readonly [Declared, unknown])[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-manifests-"));
  try {
    for (const [{ file }, manifest] of objects) writeFileSync(join(folder, file), stringify(manifest), { mode: 0o600 });
    await applyAll(
      lab.kubectl,
      folder,
      objects.map(([object]) => object),
      () => undefined,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts back what was declared. */
export const restore = (lab: Lab, objects: readonly Declared[]): Promise<void> =>
  applyAll(lab.kubectl, manifestsDir(lab.deployment.project), objects, () => undefined);

/** Without waiting: for what is not expected to become ready. */
export function notAwaited(object: Declared): Declared {
  const copy = { ...object };
  delete copy.waits;
  return copy;
}

export const deploymentOf = (lab: Lab, name: string): Promise<DeploymentObject> =>
  lab.kubectl.get<DeploymentObject>("deployment", name, lab.namespaces.app);

/** Waits until it has all its pods, all of its newest version, all ready. */
export function settled(lab: Lab, name: string, seconds: number): Promise<DeploymentObject> {
  return until(`Deployment ${name} complete`, seconds, async () => {
    const found = await deploymentOf(lab, name);
    const { replicas, readyReplicas, updatedReplicas, observedGeneration = 0 } = found.status;
    const wanted = found.spec.replicas;
    const isNewest = observedGeneration >= (found.metadata.generation ?? 0);
    return isNewest && [replicas, readyReplicas, updatedReplicas].every(number => number === wanted) && found;
  });
}
