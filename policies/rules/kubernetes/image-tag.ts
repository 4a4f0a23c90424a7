import { imagesThat } from "../../admissionCel.js";
import { parseImage } from "../../image.js";
import { flagImages, imageReferences } from "../../images.js";
import { podRule } from "../../rule.js";

function isLatest(reference: string): boolean {
  const { tag, digest } = parseImage(reference);
  return digest === undefined && (tag === undefined || tag === "" || tag === "latest");
}

export const imageTag = podRule({
  id: "k8s-image-tag",
  title: "Images name a version, not latest",
  why: "latest is whatever was pushed last: two pods of one Deployment run different programs, and nobody can roll back to it.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
  remediation: "Name the version in the tag, and pin it by digest.",
  reads: imageReferences,
  overlaps: ["k8s-image-digest", "k8s-image-provenance"],
  needs: "dependencies",

  check: pod => flagImages(pod, isLatest, "names no version"),

  admission: {
    of: "pods",
    problems: () =>
      imagesThat(
        image => `${image}.matches("^([^@]*/)?[^/:@]*(:(latest)?)?$")`,
        "must have an image that names a version",
      ),
  },

  examples: {
    pass: {
      "latest, but pinned by digest": {
        "/spec/containers/0/image": `registry.example.com/web:latest@sha256:${"0".repeat(64)}`,
      },
    },
    fail: {
      latest: { "/spec/containers/0/image": "registry.example.com/web:latest" },
      "no tag, behind a port": { "/spec/initContainers/0/image": "registry.example.com:5000/web" },
    },
  },
});
