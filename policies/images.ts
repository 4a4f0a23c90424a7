import { isBuiltHere } from "./image.js";
import { flag, type Problem, undetermined } from "./rule.js";
import { ofContainers } from "./text.js";
import type { Field } from "./value.js";
import type { PodSubject } from "./workloads.js";

/** An image that a pod names: a container's, or that of a volume. */
export interface NamedImage {
  reference: Field;
  pullPolicy: Field;
  /** For messages: `container "web"`, `volume "models"`. */
  label: string;
}

/** For `reads`: where the references of `imagesOf` stand. */
export const imageReferences: readonly string[] = [ofContainers("image"), "spec.volumes[*].image.reference"];

export function imagesOf({ spec, containers }: PodSubject): NamedImage[] {
  const ofVolumes = spec
    .at("volumes")
    .items()
    .filter(volume => !volume.at("image").isAbsent)
    .map(volume => ({
      reference: volume.at("image", "reference"),
      pullPolicy: volume.at("image", "pullPolicy"),
      label: `volume ${volume.at("name").shown}`,
    }));
  const ofContainers = containers.map(({ field, label }) => ({
    reference: field.at("image"),
    pullPolicy: field.at("imagePullPolicy"),
    label,
  }));
  return [...ofContainers, ...ofVolumes];
}

/** Judges each image. An unknown one whose origin is a build of the same program passes: its digest comes from there. An empty one
 * is none, as to Kubernetes: somebody fills it in later. */
export function flagImages(pod: PodSubject, isBad: (reference: string) => boolean, what: string): Problem[] {
  return imagesOf(pod).flatMap(({ reference, label }) => {
    if (reference.isUnknown) return isBuiltHere(pod.resource, reference) === true ? [] : [undetermined(reference)];
    return flag(
      reference,
      value => typeof value === "string" && value !== "" && isBad(value),
      `${label}: image ${reference.shown} ${what}`,
    );
  });
}
