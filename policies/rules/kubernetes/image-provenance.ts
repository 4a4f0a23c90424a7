import { globMatches } from "../../exceptions.js";
import { buildersIn, isBuiltHere, isDigest, parseImage, spellings } from "../../image.js";
import { imageReferences, imagesOf } from "../../images.js";
import { type StackProblem, stackRule, undetermined, violation } from "../../rule.js";
import { urnOf } from "../../samples.js";
import { unknownString } from "../../value.js";

/** A digest that is cut short pins nothing, whatever a glob makes of it. */
function isListed(reference: string, allowed: readonly string[]): boolean {
  const { digest } = parseImage(reference);
  if (digest !== undefined && !isDigest(digest)) return false;
  return spellings(reference).some(one => allowed.some(glob => globMatches(glob, one)));
}

export const imageProvenance = stackRule({
  id: "k8s-image-provenance",
  title: "Images are built by this program, or come from the pinned catalogue",
  why: "A reference that nobody here built and nobody chose may name another program tomorrow, or already does.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
  remediation:
    "Build the image in the program (docker.Image, docker-build.Image) and use its output, or name a reference of the catalogue, pinned by digest.",
  reads: [...imageReferences, "docker.Image imageName", "docker-build.Image tags"],
  overlaps: ["k8s-image-digest"],
  parameters: {
    allowed: {
      type: "array",
      items: { type: "string" },
      default: ["*@sha256:*", "*@sha512:*"],
      description:
        "Globs of images that may run although the program does not build them. List the catalogue's references to allow no other.",
    },
  },

  check: (stack, { settings: { allowed } }) => {
    const builders = buildersIn(stack);
    return stack.resources.flatMap(resource =>
      resource.pods.flatMap(pod =>
        imagesOf(pod).flatMap(({ reference: image, label }): StackProblem[] => {
          if (image.isUnknown)
            return isBuiltHere(resource, image, { orPulled: false }) === true
              ? []
              : [{ ...undetermined(image), resource }];
          const reference = image.text;
          if (reference === undefined || reference === "" || builders.has(reference)) return [];
          if (isListed(reference, allowed)) return [];
          const message = `${label}: image ${image.shown} is built by nothing in this program, and is not in the catalogue`;
          return [{ ...violation(image, message), resource }];
        }),
      ),
    );
  },

  admission: { cannot: "which images a program builds, the cluster is not told" },

  examples: {
    pass: {
      "the digest of an image that the program builds, not known yet": {
        "/web/properties/spec/template/spec/containers/0/image": unknownString,
        "/web/propertyDependencies": { spec: [urnOf("docker:index/image:Image", "image")] },
      },
    },
    fail: {
      "an image that nobody built here, by its tag": {
        "/web/properties/spec/template/spec/containers/0/image": "registry.example.com/other:1.0",
      },
    },
  },
});
