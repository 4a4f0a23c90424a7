import { problemWhen } from "../../admissionCel.js";
import { bindingsOf, isRbac } from "../../rbac.js";
import { flag, resourceRule } from "../../rule.js";

export const clusterAdmin = resourceRule({
  id: "rbac-cluster-admin",
  title: "Nobody is bound to cluster-admin",
  why: "cluster-admin may do everything to everything: whoever holds one token of it holds the cluster.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles",
  remediation: "Bind a role that allows what is needed. Give people cluster-admin for an hour, outside of any program.",
  reads: ["roleRef.name", "subjects[*].name"],

  applies: isRbac,
  check: resource =>
    bindingsOf(resource).flatMap(({ role, subjects }) => [
      ...flag(role, name => name === "cluster-admin", "must not bind cluster-admin"),
      // The API server never asks RBAC about this group.
      ...subjects.flatMap(subject =>
        flag(subject.at("name"), name => name === "system:masters", "must not name system:masters"),
      ),
    ]),

  admission: {
    of: "roleBindings",
    problems: () =>
      [
        problemWhen('object.roleRef.name == "cluster-admin"', "must not bind cluster-admin"),
        problemWhen(
          'variables.subjects.exists(subject, subject.name == "system:masters")',
          "must not name system:masters",
        ),
      ].join(" + "),
  },

  examples: {
    pass: {},
    fail: {
      "the role": { "/binding/properties/roleRef/name": "cluster-admin" },
      "the group": { "/binding/properties/subjects/0": { kind: "Group", name: "system:masters" } },
    },
  },
});
