import { resourceRule, violation } from "../../rule.js";

export const helmReleaseOpaque = resourceRule({
  id: "pulumi-helm-release-opaque",
  title: "Helm charts show what they deploy",
  why: "A Release is one resource: the cluster gets its objects from Helm, and no policy, preview or diff ever sees them.",
  severity: "medium",
  level: "mandatory",
  docs: "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/choosing-the-right-helm-resource-for-your-use-case/",
  remediation: "Use kubernetes.helm.v4.Chart, whose objects are resources of the stack.",
  reads: ["type"],

  applies: ({ type }) => type === "kubernetes:helm.sh/v3:Release",
  check: ({ inputs }) => [violation(inputs, "must be a Chart, so that its objects can be judged")],

  examples: {
    pass: {},
    fail: { "a Release": { "/monitoring": { type: "kubernetes:helm.sh/v3:Release", properties: { chart: "loki" } } } },
  },
});
