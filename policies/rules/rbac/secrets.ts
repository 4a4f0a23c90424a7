import { grantedProblems } from "../../admissionCel.js";
import { granted, grantsOf, isRbac } from "../../rbac.js";
import { resourceRule, undetermined } from "../../rule.js";

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
      // By name, list and watch show that one Secret only; the empty name is what a list of all is asked for by.
      const names = grant.field.at("resourceNames");
      const found = granted(grant, reading, "must not allow reading all Secrets");
      if (names.isUnknown) return found.length === 0 ? [] : [undetermined(names)];
      const isNamed = names.items().length > 0 && !names.items().some(({ value }) => value === "");
      return isNamed ? [] : found;
    }),

  admission: {
    of: "roles",
    problems: () =>
      grantedProblems(
        reading,
        "must not allow reading all Secrets",
        '(rule.?resourceNames.orValue([]).size() == 0 || "" in rule.resourceNames)',
      ),
  },

  examples: {
    pass: {
      "one by name": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"], resourceNames: ["web"] }],
      },
    },
    fail: {
      "by the name that means all": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["secrets"], verbs: ["list"], resourceNames: [""] }],
      },
      "all of them": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["list"] }],
      },
    },
  },
});
