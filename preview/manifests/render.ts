import { PreviewError } from "../errors.js";
import { masker, maskValue } from "../mask.js";
import { nameOf } from "../report/table.js";
import type { PreviewResult } from "../result.js";
import { imageNames, withImages } from "./images.js";
import { type ManifestObject, manifestObjects } from "./objects.js";
import { inDependencyOrder } from "./order.js";
import { type Gap, writable } from "./values.js";
import { waitFor } from "./waits.js";
import { toYaml } from "./yaml.js";

export const indexName = "index.json";
/** By this a later run recognises a folder as its own. */
export const generator = "bulkhead preview --manifests";

export interface ManifestOptions {
  /** References for images that are not built yet, by the image's or the container's name. */
  images: ReadonlyMap<string, string>;
  /** Secrets in plain text. @default false */
  showSecrets: boolean;
  /** Write what is not known or not set as a placeholder instead of refusing. @default false */
  allowPlaceholders: boolean;
}

/**
 * One numbered YAML file for every Kubernetes object of a stack, dependencies first, and an index.
 *
 * @throws PreviewError that names every value which is not known or not set yet
 */
export function renderManifests(result: PreviewResult, options: ManifestOptions): Map<string, string> {
  const { objects, notWritten } = manifestObjects(result);
  const filled = withImages(objects, result.resources, options.images);
  const ordered = inDependencyOrder(filled, result.resources);
  const written = ordered.map(object => ({ object, ...writable(object, options) }));
  const gaps = written.flatMap(({ gaps: found }) => found);
  if (gaps.length > 0) throw refusal(result, gaps, imageNames(filled, result.resources));

  const mask = masker(options.showSecrets ? [] : result.secrets);
  const digits = Math.max(3, String(written.length).length);
  const entries = written.map(({ object, body }, index) => ({
    file: fileName(object, String(index + 1).padStart(digits, "0")),
    object,
    text: toYaml(maskValue(body, mask)),
  }));
  const index = {
    generator,
    project: result.project,
    stack: result.stack,
    secrets: options.showSecrets ? "shown" : "redacted",
    objects: entries.map(({ file, object }) => indexEntry(file, object)),
    notWritten,
  };
  return new Map([
    ...entries.map(({ file, text }) => [mask(file), text] as const),
    [indexName, `${JSON.stringify(maskValue(index, mask), null, 2)}\n`],
  ]);
}

function indexEntry(file: string, object: ManifestObject): object {
  const { urn, apiVersion, kind, namespace, name } = object;
  const wait = waitFor(object);
  return {
    file,
    urn,
    apiVersion,
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    ...(wait && { waits: wait }),
  };
}

/** `007-deployment-shop-api.yaml`; only characters that every file system takes. */
function fileName({ kind, namespace, name }: ManifestObject, number: string): string {
  const parts = [kind, namespace, name].filter(part => part !== undefined);
  const safe = parts
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, "-")
    .slice(0, 150);
  return `${number}-${safe}.yaml`;
}

/** More would scroll the first away; the count says how many there are. */
const mostNamed = 30;

function refusal(
  { project, stack }: PreviewResult,
  gaps: readonly Gap[],
  images: ReadonlyMap<string, readonly string[]>,
): PreviewError {
  const lines = gaps.slice(0, mostNamed).map(({ urn, path, what }) => {
    const names = path.endsWith(".image") ? (images.get(urn) ?? []) : [];
    const advice = names.length === 0 ? "" : ` (${names.map(name => `--image ${name}=REF`).join(" ")})`;
    return `  ${nameOf(urn)}: ${path} is ${what}${advice}`;
  });
  const more = gaps.length > mostNamed ? [`  … and ${gaps.length - mostNamed} more`] : [];
  return new PreviewError(
    "usage",
    [
      `${project}/${stack}: manifests are not written, ${gaps.length === 1 ? "a value is" : `${gaps.length} values are`} missing`,
      ...lines,
      ...more,
    ].join("\n"),
    { hint: "Set them (npx bulkhead init STACK), name images (--image NAME=REF), or pass --allow-placeholders." },
  );
}
