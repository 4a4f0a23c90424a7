import { problemWhen } from "../../admissionCel.js";
import { set } from "../../patch.js";
import { flag, podRule } from "../../rule.js";

export const saToken = podRule({
  id: "k8s-sa-token",
  title: "Pods get no token for the Kubernetes API unless they ask for one",
  why: "The token is in every container by default: whoever breaks into one of them can talk to the API as the pod's service account.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
  remediation:
    "Set automountServiceAccountToken to false on the pod. What needs the API mounts a projected token, or has an exception.",
  reads: ["spec.automountServiceAccountToken"],

  check: ({ spec }) => {
    const given = spec.at("automountServiceAccountToken");
    const message = "the pod must set automountServiceAccountToken to false";
    return flag(
      given,
      value => value !== false,
      message,
      () => set(given, false),
    );
  },

  admission: {
    of: "pods",
    problems: () =>
      problemWhen(
        "variables.spec.?automountServiceAccountToken.orValue(true)",
        "the pod must set automountServiceAccountToken to false",
      ),
  },

  examples: {
    pass: {},
    fail: {
      "left to the service account": { "/spec/automountServiceAccountToken": undefined },
      "asked for": { "/spec/automountServiceAccountToken": true },
    },
  },
});
