import type * as pulumi from "@pulumi/pulumi";
import { checkObject, shown } from "../lib/check";

/** An image that this program builds: its digest is known once it is built. */
export interface BuiltImage {
  /** `registry/name@sha256:…` */
  readonly reference: pulumi.Output<string>;
}

/** A reference pinned by digest, `registry/name[:tag]@sha256:…`, or an image of this program. Never a bare tag: tags move. */
export type Image = string | BuiltImage;

/** Registry with a dot, a port or `localhost`; path; optional tag; digest. At most 255 characters before the digest. */
const pinned =
  /^(?=[^@]{1,255}@)(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9.-]+(?=:))(?::\d{1,5})?\/(?:[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*\/)*[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?::\w[\w.-]{0,127})?@sha256:[0-9a-f]{64}$/;

/** Whether a reference names a registry and is pinned by digest. */
export const isPinned = (reference: string): boolean => pinned.test(reference);

/**
 * The reference as a container takes it.
 *
 * @throws RangeError when a reference is not pinned by digest
 */
export function imageReference(image: Image): pulumi.Input<string> {
  if (isBuilt(image)) return image.reference;
  if (typeof image !== "string" || !isPinned(image)) {
    throw new RangeError(
      `image must be pinned by digest, registry/name@sha256:<64 hex digits>, or an image of this program, got ${shown(image)}`,
    );
  }
  return image;
}

/** Images by their names in the catalogue, all that a component runs. */
export function checkImages(field: string, images: unknown, names: readonly string[]): void {
  checkObject(field, images);
  for (const name of names) {
    if ((images as Record<string, unknown>)[name] === undefined) {
      throw new RangeError(`${field}.${name} must be an image of the catalogue, got undefined`);
    }
  }
}

function isBuilt(image: unknown): image is BuiltImage {
  return typeof image === "object" && image !== null && "reference" in image;
}
