import { parseImage } from "../../image.js";
import { imagesOf } from "../../images.js";
import { podRule, undetermined, violation } from "../../rule.js";
import { ofContainers } from "../../text.js";

export const imagePullPolicy = podRule({
  id: "k8s-image-pull-policy",
  title: "An image that its digest does not pin is pulled at every start",
  why: "From a node's cache a tag is what it was when it was pulled first, and a pod gets images that it has no credentials for.",
  severity: "low",
  level: "advisory",
  docs: "https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy",
  remediation: "Pin the image by digest, or set imagePullPolicy to Always.",
  reads: [ofContainers("{image,imagePullPolicy}"), "spec.volumes[*].image.{reference,pullPolicy}"],

  check: pod =>
    imagesOf(pod).flatMap(({ reference: image, pullPolicy: policy, label }) => {
      // What an unknown image needs is the image rules' business.
      if (image.text === undefined || parseImage(image.text).digest !== undefined) return [];
      if (policy.isUnknown) return [undetermined(policy)];
      // Without a policy a tag other than latest is taken from the cache, too: that is what pinning is for.
      const isPulled = policy.isAbsent || policy.value === "Always";
      return isPulled ? [] : [violation(policy, `${label} must be pulled at every start, or pinned by digest`)];
    }),

  admission: {
    cannot:
      "the API server fills in a policy before admission, so that what was left out looks like what was asked for",
  },

  examples: {
    pass: { "pinned, from the node's cache": { "/spec/containers/0/imagePullPolicy": "IfNotPresent" } },
    fail: {
      "a tag, from the node's cache": {
        "/spec/containers/0/image": "registry.example.com/web:1.0",
        "/spec/containers/0/imagePullPolicy": "IfNotPresent",
      },
    },
  },
  overlaps: ["k8s-image-digest", "k8s-image-provenance"],
});
