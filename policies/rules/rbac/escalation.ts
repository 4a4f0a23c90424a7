import { grantedProblems } from "../../admissionCel.js";
import { granted, grantsOf, isRbac } from "../../rbac.js";
import { resourceRule } from "../../rule.js";

const rbacGroup = "rbac.authorization.k8s.io";
const write = ["create", "update", "patch"];

/** What lets its holder become somebody else, or give himself more. */
const ways = [
  {
    what: "giving roles away (bind, escalate)",
    groups: [rbacGroup],
    resources: ["roles", "clusterroles"],
    verbs: ["bind", "escalate"],
  },
  {
    what: "acting as others (impersonate)",
    groups: ["", "authentication.k8s.io"],
    resources: ["users", "groups", "serviceaccounts", "userextras", "uids"],
    verbs: ["impersonate"],
  },
  {
    what: "making tokens of any service account",
    groups: [""],
    resources: ["serviceaccounts/token"],
    verbs: ["create"],
  },
  { what: "calling kubelets through nodes/proxy", groups: [""], resources: ["nodes/proxy"], verbs: ["get", "create"] },
  {
    what: "approving certificates",
    groups: ["certificates.k8s.io"],
    resources: ["certificatesigningrequests/approval"],
    verbs: ["update", "patch"],
  },
  { what: "signing certificates", groups: ["certificates.k8s.io"], resources: ["signers"], verbs: ["approve", "sign"] },
  {
    what: "changing what every request passes through",
    groups: ["admissionregistration.k8s.io"],
    resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    verbs: write,
  },
  {
    what: "changing roles and bindings",
    groups: [rbacGroup],
    resources: ["clusterroles", "clusterrolebindings", "roles", "rolebindings"],
    verbs: write,
  },
];

export const escalation = resourceRule({
  id: "rbac-escalation",
  title: "No role lets its holder become more than it says",
  why: "Some rights are worth all rights: who may bind roles, impersonate, or make tokens, is everybody.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
  remediation: "Remove the rule. An operator that needs it gets a namespace and an exception of its own.",
  reads: ["rules[*].{apiGroups,resources,verbs}"],

  applies: isRbac,
  check: resource =>
    grantsOf(resource).flatMap(grant =>
      ways.flatMap(({ what, ...wanted }) => granted(grant, wanted, `must not allow ${what}`)),
    ),

  admission: {
    of: "roles",
    problems: () => ways.map(({ what, ...wanted }) => grantedProblems(wanted, `must not allow ${what}`)).join(" + "),
  },

  examples: {
    pass: {
      "reading roles": {
        "/role/properties/rules": [{ apiGroups: [rbacGroup], resources: ["roles"], verbs: ["get", "list"] }],
      },
    },
    fail: {
      "binding roles": {
        "/role/properties/rules": [{ apiGroups: [rbacGroup], resources: ["clusterroles"], verbs: ["bind"] }],
      },
      "acting as others": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["users"], verbs: ["impersonate"] }],
      },
      "tokens of others": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] }],
      },
    },
  },
});
