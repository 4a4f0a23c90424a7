import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { deployDir } from "./settings.js";

/** What `lab/deploy` did, as `lab/verify` finds it. */
export const deploymentSchema = z.strictObject({
  /** Who applied the objects: the engine, or `kubectl apply --server-side` over the hermetic preview's manifests. */
  by: z.enum(["pulumi up", "kubectl apply"]),
  project: z.string(),
  stack: z.string(),
  /** Public name of the system. */
  host: z.string(),
  /** By part. */
  namespaces: z.record(z.string(), z.string()),
  /** By the catalogue's names and the app's own. */
  images: z.record(z.string(), z.string()),
  /** Settings of the stack that the lab changed, by path. */
  changedSettings: z.record(z.string(), z.json()),
  /** From the first apply to everything Ready. */
  readySeconds: z.number(),
  objects: z.int(),
  /** Workloads that were left out because the lab has no image of theirs. */
  leftOut: z.array(z.string()),
});

export type Deployment = z.infer<typeof deploymentSchema>;

export const deploymentFile = (project: string): string => join(deployDir, project, "deployment.json");

/** Folder with the objects as they were declared: `bulkhead preview --manifests`. */
export const manifestsDir = (project: string): string => join(deployDir, project, "manifests");

/** The preview's report of the objects: JSON. */
export const previewFile = (project: string): string => join(deployDir, project, "preview.json");

const previewSchema = z.object({
  runs: z.array(
    z.object({ outputs: z.object({ network: z.record(z.string(), z.array(z.string())).exactOptional() }) }),
  ),
});

/** Who may reach whom, as the program tells other teams. */
export function networkOutput(project: string): Record<string, string[]> {
  const { runs } = previewSchema.parse(JSON.parse(readFileSync(previewFile(project), "utf8")));
  return runs[0]?.outputs.network ?? {};
}

/** @throws Error when nothing has been deployed */
export function readDeployment(project: string): Deployment {
  let text: string;
  try {
    text = readFileSync(deploymentFile(project), "utf8");
  } catch {
    throw new Error("nothing has been deployed here: run lab/deploy first");
  }
  return deploymentSchema.parse(JSON.parse(text));
}
