import { grantedProblems } from "../../admissionCel.js";
import { granted, grantsOf, isRbac } from "../../rbac.js";
import { resourceRule } from "../../rule.js";

const ways = [
  { groups: [""], resources: ["pods", "replicationcontrollers"] },
  { groups: ["apps"], resources: ["deployments", "statefulsets", "daemonsets", "replicasets"] },
  { groups: ["batch"], resources: ["jobs", "cronjobs"] },
];

export const podCreate = resourceRule({
  id: "rbac-pod-create",
  title: "No role makes pods",
  why: "Who makes a pod chooses its service account and its Secrets, and so has the rights of all of them.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
  remediation:
    "Deploy from outside the cluster. An operator that makes pods gets a namespace and an exception of its own.",
  reads: ["rules[*].{apiGroups,resources,verbs}"],

  applies: isRbac,
  check: resource =>
    grantsOf(resource).flatMap(grant =>
      ways.flatMap(way => granted(grant, { ...way, verbs: ["create"] }, "must not allow making pods")),
    ),

  admission: {
    of: "roles",
    problems: () =>
      ways.map(way => grantedProblems({ ...way, verbs: ["create"] }, "must not allow making pods")).join(" + "),
  },

  examples: {
    pass: {
      "restarting a Deployment": {
        "/role/properties/rules": [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"] }],
      },
    },
    fail: {
      pods: { "/role/properties/rules": [{ apiGroups: [""], resources: ["pods"], verbs: ["create"] }] },
      "by a controller": {
        "/role/properties/rules": [{ apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "delete"] }],
      },
    },
  },
});
