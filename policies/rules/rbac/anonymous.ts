import { literal } from "../../admissionCel.js";
import { bindingsOf, isRbac } from "../../rbac.js";
import { flag, resourceRule } from "../../rule.js";

const nobody = ["system:anonymous", "system:unauthenticated"];

export const anonymous = resourceRule({
  id: "rbac-anonymous",
  title: "Nobody gets rights without saying who they are",
  why: "Whoever reaches the API server's port has the rights of system:anonymous.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests",
  remediation: "Bind the role to a service account, a user or a group of your own.",
  reads: ["subjects[*].name", "roleRef.name"],
  parameters: {
    allowedRoles: {
      type: "array",
      items: { type: "string" },
      default: ["system:public-info-viewer", "system:discovery", "system:basic-user"],
      description: "Roles that anybody may have; the default are Kubernetes' own.",
    },
    forbidAuthenticated: {
      type: "boolean",
      default: false,
      description: "Whether system:authenticated, which is every token of every namespace, is refused, too.",
    },
  },

  applies: isRbac,
  check: (resource, { settings: { allowedRoles, forbidAuthenticated } }) =>
    bindingsOf(resource)
      .filter(({ role }) => !allowedRoles.some(name => name === role.value))
      .flatMap(({ subjects }) =>
        subjects.flatMap(subject => {
          const name = subject.at("name");
          const refused = forbidAuthenticated ? [...nobody, "system:authenticated"] : nobody;
          return flag(name, value => refused.some(one => one === value), `must not give rights to ${name.shown}`);
        }),
      ),

  admission: {
    of: "roleBindings",
    problems: ({ settings: { allowedRoles, forbidAuthenticated } }) => {
      const refused = literal(forbidAuthenticated ? [...nobody, "system:authenticated"] : nobody);
      return `(object.roleRef.name in ${literal(allowedRoles)} ? [] : variables.subjects
        .filter(subject, subject.name in ${refused}).map(subject, "must not give rights to " + subject.name))`;
    },
  },

  examples: {
    pass: {
      "what Kubernetes itself tells anybody": {
        "/binding/properties/subjects/0/name": "system:unauthenticated",
        "/binding/properties/roleRef/name": "system:public-info-viewer",
      },
    },
    fail: {
      "everybody who asks": { "/binding/properties/subjects/0": { kind: "Group", name: "system:unauthenticated" } },
    },
  },
});
