import { grantedProblems } from "../../admissionCel.js";
import { granted, grantsOf, isRbac } from "../../rbac.js";
import { resourceRule } from "../../rule.js";

const reading = { groups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] };

export const secrets = resourceRule({
  id: "rbac-secrets",
  title: "Roles do not read all Secrets",
  why: "Who may list Secrets has every password, key and token of the namespace; with a ClusterRole, of the cluster.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets",
  remediation: "Allow get on the Secrets by name (resourceNames), or mount them.",
  reads: ["rules[*].{apiGroups,resources,verbs,resourceNames}"],

  applies: isRbac,
  check: resource =>
    grantsOf(resource).flatMap(grant => {
      // By name, list and watch show that one Secret only.
      if (grant.field.at("resourceNames").items().length > 0) return [];
      return granted(grant, reading, "must not allow reading all Secrets");
    }),

  admission: {
    of: "roles",
    problems: () =>
      grantedProblems(reading, "must not allow reading all Secrets", "rule.?resourceNames.orValue([]).size() == 0"),
  },

  examples: {
    pass: {
      "one by name": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"], resourceNames: ["web"] }],
      },
    },
    fail: {
      "all of them": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["list"] }],
      },
    },
  },
});
