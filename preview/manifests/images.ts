import { PreviewError } from "../errors.js";
import type { ResourceRecord } from "../result.js";
import { isObject, isUnknown } from "../value.js";
import type { ManifestObject } from "./objects.js";

const imageTypes = new Set(["docker:index/image:Image", "docker-build:index:Image"]);
const containerLists = ["containers", "initContainers"];

/** An image that is not built yet, and the names it can be given by. */
interface MissingImage {
  container: Record<string, unknown>;
  /** The image's own name in the program first, then the container's. */
  names: string[];
}

/**
 * Puts references given as `--image NAME=REF` where a workload's image is not known, because it is built by the same program. NAME is the
 * name of the image, or of the container where that does not tell which.
 *
 * @throws PreviewError where a name fits nothing
 */
export function withImages(
  objects: readonly ManifestObject[],
  resources: readonly ResourceRecord[],
  images: ReadonlyMap<string, string>,
): ManifestObject[] {
  const byUrn = new Map(resources.map(resource => [resource.urn, resource]));
  const used = new Set<string>();
  const known = new Set<string>();
  const filled = objects.map(object => {
    const copy = structuredClone(object);
    for (const { container, names } of missingImages(copy, byUrn)) {
      for (const name of names) known.add(name);
      const name = names.find(each => images.has(each));
      if (name === undefined) continue;
      used.add(name);
      container["image"] = images.get(name);
    }
    return copy;
  });
  const unused = [...images.keys()].find(name => !used.has(name));
  if (unused === undefined) return filled;
  const allowed = known.size === 0 ? "no image is unknown" : `unknown are ${[...known].sort().join(", ")}`;
  throw new PreviewError("usage", `--image ${unused}: no workload waits for this image; ${allowed}`);
}

/** What to call the images that an object still waits for, by the object's URN. */
export function imageNames(
  objects: readonly ManifestObject[],
  resources: readonly ResourceRecord[],
): Map<string, string[]> {
  const byUrn = new Map(resources.map(resource => [resource.urn, resource]));
  return new Map(
    objects.map(object => [object.urn, missingImages(object, byUrn).flatMap(({ names }) => names.slice(0, 1))]),
  );
}

function missingImages(object: ManifestObject, byUrn: Map<string, ResourceRecord>): MissingImage[] {
  const { dependencies, propertyDependencies } = object.resource;
  const built = [...new Set([...dependencies, ...Object.values(propertyDependencies).flat()])].flatMap(urn => {
    const resource = byUrn.get(urn);
    return resource !== undefined && imageTypes.has(resource.type) ? [resource.name] : [];
  });
  return containersIn(object.body)
    .filter(container => isUnknown(container["image"]))
    .map(container => {
      const own = String(container["name"]);
      const [only, ...others] = built;
      return { container, names: only !== undefined && others.length === 0 ? [only, own] : [own] };
    });
}

/** Containers of every pod in an object, wherever its pod template stands. */
function containersIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(containersIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    containerLists.includes(key) && Array.isArray(inner) ? inner.filter(isObject) : containersIn(inner),
  );
}
