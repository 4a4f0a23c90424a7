import { isBuiltHere } from "./image.js";
import { flag, type Problem, undetermined } from "./rule.js";
import type { PodSubject } from "./workloads.js";

/** Judges each container's image. An unknown image whose origin is a build of the same program passes: its digest comes from there. An empty one
 * is none, as to Kubernetes: somebody fills it in later. */
export function flagImages(
  { resource, containers }: PodSubject,
  isBad: (reference: string) => boolean,
  what: string,
): Problem[] {
  return containers.flatMap(({ field, label }) => {
    const image = field.at("image");
    if (image.isUnknown) return isBuiltHere(resource, image) === true ? [] : [undetermined(image)];
    return flag(
      image,
      value => typeof value === "string" && value !== "" && isBad(value),
      `${label}: image ${image.shown} ${what}`,
    );
  });
}
