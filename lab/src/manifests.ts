import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { manifestsDir, readDeployment } from "./deployment.js";

const indexSchema = z.object({
  project: z.string(),
  stack: z.string(),
  objects: z.array(
    z.object({
      file: z.string(),
      urn: z.string(),
      apiVersion: z.string(),
      kind: z.string(),
      namespace: z.string().exactOptional(),
      name: z.string(),
      waits: z.object({ for: z.string(), timeoutSeconds: z.number() }).exactOptional(),
    }),
  ),
});

/** A declared object: where its file is, and what to wait for before the next. */
export type Declared = z.infer<typeof indexSchema>["objects"][number];

/** What `bulkhead preview --manifests` wrote, in its order. */
export const readIndex = (folder: string): z.infer<typeof indexSchema> =>
  indexSchema.parse(JSON.parse(readFileSync(join(folder, "index.json"), "utf8")));

/** An object as it was declared. */
export const readManifest = (folder: string, { file }: Declared): Record<string, unknown> =>
  parse(readFileSync(join(folder, file), "utf8")) as Record<string, unknown>;

/** Images of an object's containers. */
function imagesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(imagesOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "image" && typeof inner === "string" ? [inner] : imagesOf(inner),
  );
}

const isWorkload = ({ kind }: Declared): boolean => /^(Deployment|StatefulSet|DaemonSet|Job|CronJob|Pod)$/.test(kind);

/** Workloads whose images are not among those that can be pulled. */
export function withoutImage(folder: string, objects: readonly Declared[], images: readonly string[]): Declared[] {
  return objects.filter(
    object => isWorkload(object) && imagesOf(readManifest(folder, object)).some(image => !images.includes(image)),
  );
}

/** `Deployment flowmarine/api` */
export const titleOf = ({ kind, namespace, name }: Declared): string =>
  `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

/** The objects of a project that were deployed. */
export function declaredObjects(project: string): Declared[] {
  const { leftOut } = readDeployment(project);
  return readIndex(manifestsDir(project)).objects.filter(object => !leftOut.includes(titleOf(object)));
}
