import { literal, none } from "../../admissionCel.js";
import { isRbac } from "../../rbac.js";
import { flag, type Problem, resourceRule } from "../../rule.js";
import type { Field } from "../../value.js";

const pattern = /^(\*|\*\/\*|[^/]*\/\*|\*\/[^/]*)$/;

const aggregation = "aggregationRule";

function entryProblems(entry: Field, list: string): Problem[] {
  const isWildcard = (value: unknown) => typeof value === "string" && pattern.test(value);
  return flag(entry, isWildcard, `must not allow ${entry.shown} in ${list}`);
}

/** A selector of nothing in particular gathers the rules of every ClusterRole that there is, or comes. */
function selectorProblems(selector: Field): Problem[] {
  const isForAll =
    selector.at("matchLabels").members().length === 0 && selector.at("matchExpressions").items().length === 0;
  return flag(selector, () => isForAll, "must not gather the rules of all ClusterRoles");
}

export const wildcard = resourceRule({
  id: "rbac-wildcard",
  title: "Roles name what they allow",
  why: "A wildcard also allows what does not exist yet: the next resource, the next verb, the next operator's custom resources.",
  severity: "high",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  remediation: "List the API groups, resources and verbs that the program calls.",
  reads: ["rules[*].{apiGroups,resources,verbs,nonResourceURLs}", "aggregationRule"],

  parameters: {
    lists: {
      type: "array",
      items: { type: "string", pattern: "^(apiGroups|resources|verbs|nonResourceURLs|aggregationRule)$" },
      default: ["apiGroups", "resources", "verbs", "nonResourceURLs", "aggregationRule"],
      description: "Lists of a rule that may hold no wildcard; and whether a role may gather the rules of all others.",
    },
  },

  applies: isRbac,
  check: (resource, { settings: { lists } }) =>
    resource.objectsOf("rbac.authorization.k8s.io", "Role", "ClusterRole").flatMap(({ field, kind }) => [
      ...field
        .at("rules")
        .items()
        .flatMap(rule =>
          lists.flatMap(list =>
            rule
              .at(list)
              .items()
              .flatMap(entry => entryProblems(entry, list)),
          ),
        ),
      ...(kind === "ClusterRole" && lists.includes(aggregation)
        ? field.at(aggregation, "clusterRoleSelectors").items().flatMap(selectorProblems)
        : []),
    ]),

  admission: {
    of: "roles",
    except: "only ClusterRoles gather the rules of others, and they are in no namespace",
    problems: ({ settings: { lists } }) =>
      lists
        .filter(list => list !== aggregation)
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
      "the rules of all ClusterRoles": {
        "/cluster": {
          type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
          properties: { metadata: { name: "all" }, aggregationRule: { clusterRoleSelectors: [{}] } },
        },
      },
      "every part of a resource": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["services/*"], verbs: ["get"] }],
      },
    },
  },
});
