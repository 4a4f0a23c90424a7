import { imagesThat, literal } from "../../admissionCel.js";
import { isDigest, parseImage } from "../../image.js";
import { flagImages, imageReferences } from "../../images.js";
import { podRule } from "../../rule.js";

export const imageDigest = podRule({
  id: "k8s-image-digest",
  title: "Images are pinned by digest",
  why: "A tag can be moved: what was tested and what runs are the same only when the digest says so.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
  remediation:
    "Add the digest to the reference: `name:tag@sha256:…`. An image built by a docker.Image of the same program is pinned by its output.",
  reads: imageReferences,
  needs: "dependencies",
  overlaps: ["k8s-image-provenance"],

  check: pod => flagImages(pod, reference => !isDigest(parseImage(reference).digest), "is not pinned by digest"),

  admission: {
    of: "pods",
    problems: () => {
      // What `isDigest` takes for a whole one.
      const pinned = "^[^@]*@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$";
      return imagesThat(image => `!${image}.matches(${literal(pinned)})`, "must pin its image by digest");
    },
  },

  examples: {
    pass: { "a digest without a tag": { "/spec/containers/0/image": `web@sha256:${"0123456789abcdef".repeat(4)}` } },
    fail: {
      "a tag only": { "/spec/containers/0/image": "registry.example.com/web:1.0" },
      "a volume's image, by its tag": {
        "/spec/volumes/1": { name: "models", image: { reference: "registry.example.com/models:1.0" } },
      },
      "a digest cut short": { "/spec/initContainers/0/image": "registry.example.com/web:1.0@sha256:0123" },
    },
  },
});
