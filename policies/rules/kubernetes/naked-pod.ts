import { problemWhen } from "../../admissionCel.js";
import { resourceRule, undetermined, violation } from "../../rule.js";
import { compliantPod } from "../../samples.js";

export const nakedPod = resourceRule({
  id: "k8s-naked-pod",
  title: "Pods are made by a controller",
  why: "Nothing replaces a pod of its own when its node fails or is drained.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/workloads/",
  remediation: "Use a Deployment, a StatefulSet, a DaemonSet or a Job.",
  reads: ["kind", "metadata.ownerReferences"],

  applies: ({ object }) => object?.group === "core",
  check: resource =>
    resource.objectsOf("core", "Pod").flatMap(({ field, metadata }) => {
      const owners = metadata.at("ownerReferences");
      if (owners.isUnknown) return [undetermined(owners)];
      // A patch changes a pod that is there, whoever made it.
      if (owners.items().length > 0 || resource.object?.isPatch === true) return [];
      return [violation(field, "must be made by a controller")];
    }),

  admission: {
    of: "pods",
    problems: () =>
      problemWhen(
        'request.kind.kind == "Pod" && object.metadata.?ownerReferences.orValue([]).size() == 0',
        "the pod must be made by a controller",
      ),
  },

  examples: {
    pass: {},
    fail: {
      "a pod of its own": {
        "/pod": { type: "kubernetes:core/v1:Pod", properties: compliantPod },
      },
    },
  },
});
