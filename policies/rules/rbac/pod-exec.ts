import { grantedProblems } from "../../admissionCel.js";
import { granted, grantsOf, isRbac } from "../../rbac.js";
import { resourceRule } from "../../rule.js";

const entering = {
  groups: [""],
  resources: ["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers"],
  verbs: ["create", "get", "update", "patch"],
};

export const podExec = resourceRule({
  id: "rbac-pod-exec",
  title: "No role enters running containers",
  why: "A shell in a container has all that the program has: its Secrets, its database, its network. Nothing of it is in any log.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
  remediation: "Remove pods/exec, pods/attach and pods/portforward. Debug with a copy of the pod.",
  reads: ["rules[*].{apiGroups,resources,verbs}"],

  applies: isRbac,
  check: resource =>
    grantsOf(resource).flatMap(grant => granted(grant, entering, "must not allow entering running containers")),

  admission: {
    of: "roles",
    problems: () => grantedProblems(entering, "must not allow entering running containers"),
  },

  examples: {
    pass: {
      "reading logs": { "/role/properties/rules": [{ apiGroups: [""], resources: ["pods/log"], verbs: ["get"] }] },
    },
    fail: {
      "a shell": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["pods", "pods/exec"], verbs: ["get", "create"] }],
      },
    },
  },
  overlaps: ["rbac-pod-create"],
});
