import { containersThat, globPattern, literal } from "../../admissionCel.js";
import { globMatches } from "../../exceptions.js";
import { defaultRegistry, dockerRegistries, spellings } from "../../image.js";
import { flagImages } from "../../images.js";
import { podRule } from "../../rule.js";
import { ofContainers } from "../../text.js";

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
  reads: [ofContainers("image")],
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
      const isListed = (globs: readonly string[]) =>
        globs.length === 0 ? "false" : `${given}.exists(image, image.matches(${patternOf(globs)}))`;
      // As given, and in full: the same as `spellings` make.
      const first = 'c.image.split("/")[0]';
      const host = `(${first}.endsWith(":443") ? ${first}.substring(0, ${first}.size() - 4) : ${first}).lowerAscii()`;
      const rest = `c.image.substring(${first}.size() + 1)`;
      const ofDocker = (path: string) =>
        `"docker.io/" + (${path}.split("@")[0].contains("/") ? "" : "library/") + ${path}`;
      const given = `[string(c.image), !c.image.matches("^([^/]*[.:A-Z][^/]*|localhost)/") ? ${ofDocker("c.image")} :
        ${host} in ${literal([defaultRegistry, ...dockerRegistries])} ? ${ofDocker(rest)} : ${host} + "/" + ${rest}]`;
      const isBad = allowed.length === 0 ? isListed(forbidden) : `${isListed(forbidden)} || !${isListed(allowed)}`;
      return containersThat(`has(c.image) && (${isBad})`, "must have an image from a registry that was chosen");
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
