import { globPattern, imagesThat, literal } from "../../admissionCel.js";
import { globMatches } from "../../exceptions.js";
import { defaultRegistry, dockerRegistries, spellings } from "../../image.js";
import { flagImages, imageReferences } from "../../images.js";
import { podRule } from "../../rule.js";

function isListed(reference: string, patterns: readonly string[]): boolean {
  return spellings(reference).some(image =>
    patterns.some(pattern => globMatches(pattern.endsWith("/") ? `${pattern}*` : pattern, image)),
  );
}

export const imageRegistry = podRule({
  id: "k8s-image-registry",
  title: "Images come from the registries that were chosen",
  why: "A name that is one letter off, or a registry that nobody watches, brings somebody else's program into the cluster.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/containers/images/",
  remediation: "Copy the image to a chosen registry, or add its registry to the parameter `allowed`.",
  reads: imageReferences,
  needs: "dependencies",
  parameters: {
    allowed: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "Globs of images that may run; one that ends with / means everything below it. Empty: all.",
    },
    forbidden: {
      type: "array",
      items: { type: "string" },
      // Frozen since 2023-04: it gets no more updates, and will be switched off.
      default: ["k8s.gcr.io/"],
      description: "Globs of images that may not run, whatever is allowed.",
    },
  },

  check: (pod, { settings: { allowed, forbidden } }) =>
    flagImages(
      pod,
      image => isListed(image, forbidden) || (allowed.length > 0 && !isListed(image, allowed)),
      "is from no registry that was chosen",
    ),

  admission: {
    of: "pods",
    problems: ({ settings: { allowed, forbidden } }) => {
      const patternOf = (globs: readonly string[]) =>
        literal(globs.map(glob => globPattern(glob.endsWith("/") ? `${glob}*` : glob)).join("|"));
      const isListed = (given: string, globs: readonly string[]) =>
        globs.length === 0 ? "false" : `${given}.exists(image, image.matches(${patternOf(globs)}))`;
      const ofDocker = (path: string) =>
        `"docker.io/" + (${path}.split("@")[0].contains("/") ? "" : "library/") + ${path}`;
      // As given, and in full: the same as `spellings` make.
      const spelled = (image: string) => {
        const first = `${image}.split("/")[0]`;
        const host = `(${first}.endsWith(":443") ? ${first}.substring(0, ${first}.size() - 4) : ${first}).lowerAscii()`;
        const rest = `${image}.substring(${first}.size() + 1)`;
        return `[string(${image}), !${image}.matches("^([^/]*[.:A-Z][^/]*|localhost)/") ? ${ofDocker(image)} :
          ${host} in ${literal([defaultRegistry, ...dockerRegistries])} ? ${ofDocker(rest)} : ${host} + "/" + ${rest}]`;
      };
      const isBad = (image: string) => {
        const given = spelled(image);
        const isForbidden = isListed(given, forbidden);
        return allowed.length === 0 ? isForbidden : `${isForbidden} || !${isListed(given, allowed)}`;
      };
      return imagesThat(isBad, "must have an image from a registry that was chosen");
    },
  },

  examples: {
    pass: {},
    fail: {
      "a registry that is frozen": {
        "/spec/containers/0/image": `k8s.gcr.io/pause:3.9@sha256:${"0123456789abcdef".repeat(4)}`,
      },
    },
  },
});
