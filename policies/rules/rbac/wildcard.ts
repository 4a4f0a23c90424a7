import { literal, none } from "../../admissionCel.js";
import { isRbac } from "../../rbac.js";
import { flag, resourceRule } from "../../rule.js";

const pattern = /^(\*|\*\/\*|[^/]*\/\*|\*\/[^/]*)$/;

export const wildcard = resourceRule({
  id: "rbac-wildcard",
  title: "Roles name what they allow",
  why: "A wildcard also allows what does not exist yet: the next resource, the next verb, the next operator's custom resources.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  remediation: "List the API groups, resources and verbs that the program calls.",
  reads: ["rules[*].{apiGroups,resources,verbs,nonResourceURLs}"],

  parameters: {
    lists: {
      type: "array",
      items: { type: "string", pattern: "^(apiGroups|resources|verbs|nonResourceURLs)$" },
      default: ["apiGroups", "resources", "verbs", "nonResourceURLs"],
      description: "Lists of a rule that may hold no wildcard.",
    },
  },

  applies: isRbac,
  check: (resource, { settings: { lists } }) =>
    resource.objectsOf("rbac.authorization.k8s.io", "Role", "ClusterRole").flatMap(({ field }) =>
      field
        .at("rules")
        .items()
        .flatMap(rule =>
          lists.flatMap(list =>
            rule
              .at(list)
              .items()
              .flatMap(entry =>
                flag(
                  entry,
                  value => typeof value === "string" && pattern.test(value),
                  `must not allow ${entry.shown} in ${list}`,
                ),
              ),
          ),
        ),
    ),

  admission: {
    of: "roles",
    problems: ({ settings: { lists } }) =>
      lists
        .map(
          list => `variables.rules.filter(rule, rule.?${list}.orValue([]).exists(entry, entry.matches(${literal(pattern.source)})))
            .map(rule, "must not allow everything in ${list}")`,
        )
        .join(" + ") || none,
  },

  examples: {
    pass: {},
    fail: {
      "every verb": { "/role/properties/rules": [{ apiGroups: [""], resources: ["configmaps"], verbs: ["*"] }] },
      "every resource": { "/role/properties/rules": [{ apiGroups: ["apps"], resources: ["*"], verbs: ["list"] }] },
      "every part of a resource": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["services/*"], verbs: ["get"] }],
      },
    },
  },
});
