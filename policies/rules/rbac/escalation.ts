import { grantedProblems, literal } from "../../admissionCel.js";
import { type Grant, granted, grantsOf, isRbac } from "../../rbac.js";
import { type Problem, resourceRule, undetermined } from "../../rule.js";
import type { Field } from "../../value.js";

const rbacGroup = "rbac.authorization.k8s.io";
const write = ["create", "update", "patch"];

interface Way {
  what: string;
  groups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
  /** Given where a rule that names what it is about gives nothing of the kind, save by names that begin so. */
  harmlessByName?: { save?: string };
}

/** What lets its holder become somebody else, or give himself more. */
const ways: readonly Way[] = [
  {
    what: "giving roles away (bind, escalate)",
    groups: [rbacGroup],
    resources: ["roles", "clusterroles"],
    verbs: ["bind", "escalate"],
  },
  {
    what: "acting as others (impersonate)",
    groups: ["", "authentication.k8s.io"],
    resources: ["users", "groups", "serviceaccounts", "uids"],
    verbs: ["impersonate"],
  },
  {
    what: "making tokens of any service account",
    groups: [""],
    resources: ["serviceaccounts/token"],
    verbs: ["create"],
    // A program that makes tokens of accounts by name, as those of its own, becomes nobody else.
    harmlessByName: {},
  },
  { what: "calling kubelets through nodes/proxy", groups: [""], resources: ["nodes/proxy"], verbs: ["get", "create"] },
  {
    what: "approving certificates",
    groups: ["certificates.k8s.io"],
    resources: ["certificatesigningrequests/approval"],
    verbs: ["update", "patch"],
  },
  {
    what: "signing certificates",
    groups: ["certificates.k8s.io"],
    resources: ["signers"],
    verbs: ["approve", "sign"],
    // The API server trusts what Kubernetes' own signers sign; others serve whom they say.
    harmlessByName: { save: "kubernetes.io/" },
  },
  {
    what: "changing what every request passes through",
    groups: ["admissionregistration.k8s.io"],
    resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].flatMap(one => [
      one,
      one.replace("webhookconfigurations", "admissionpolicies"),
      one.replace("webhookconfigurations", "admissionpolicybindings"),
    ]),
    // Without what judges requests, all pass.
    verbs: [...write, "delete", "deletecollection"],
  },
  {
    what: "making volumes of a node's directories",
    groups: [""],
    resources: ["persistentvolumes"],
    verbs: ["create"],
  },
  {
    what: "changing which pods a namespace takes",
    groups: [""],
    resources: ["namespaces"],
    verbs: ["update", "patch"],
  },
  {
    what: "changing roles and bindings",
    groups: [rbacGroup],
    resources: ["clusterroles", "clusterrolebindings", "roles", "rolebindings"],
    verbs: write,
  },
];

/** CEL for whether a rule names all of a resource, or what its name does not make harmless. */
function areNamed({ save }: { save?: string }): string {
  const isDangerous = `name == ""${save === undefined ? "" : ` || name.startsWith(${literal(save)})`}`;
  return `(rule.?resourceNames.orValue([]).size() == 0 || rule.resourceNames.exists(name, ${isDangerous}))`;
}

/** Impersonation names each kind of extra by itself: userextras/scopes. */
const extras = "userextras/";
const impersonation = "must not allow acting as others (impersonate)";

function wayProblems(grant: Grant, { what, harmlessByName, ...wanted }: Way): Problem[] {
  const found = granted(grant, wanted, `must not allow ${what}`);
  if (harmlessByName === undefined || found.length === 0) return found;
  const names = grant.field.at("resourceNames");
  if (names.isUnknown) return [undetermined(names)];
  const listed = names.items();
  const { save } = harmlessByName;
  // The empty name is what a request about all is asked by.
  const isDangerous = ({ text }: Field) => text === "" || (save !== undefined && text?.startsWith(save) === true);
  if (listed.length === 0 || listed.some(isDangerous)) return found;
  const unknown = save === undefined ? undefined : listed.find(({ isUnknown }) => isUnknown);
  return unknown === undefined ? [] : [undetermined(unknown)];
}

export const escalation = resourceRule({
  id: "rbac-escalation",
  title: "No role lets its holder become more than it says",
  why: "Some rights are worth all rights: who may bind roles, impersonate, or make tokens, is everybody.",
  severity: "critical",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
  remediation: "Remove the rule. An operator that needs it gets a namespace and an exception of its own.",
  reads: ["rules[*].{apiGroups,resources,verbs,resourceNames}"],

  applies: isRbac,
  check: resource =>
    grantsOf(resource).flatMap(grant => {
      const ofExtras = {
        groups: ["authentication.k8s.io"],
        resources: grant.resources.flatMap(({ text = "" }) => (text.startsWith(extras) ? [text] : [])),
        verbs: ["impersonate"],
      };
      const found = [
        ...ways.flatMap(way => wayProblems(grant, way)),
        ...(ofExtras.resources.length === 0 ? [] : granted(grant, ofExtras, impersonation)),
      ];
      // What allows everything allows all of these: one of them says so.
      const everything = found.find(({ field }) => field.value === "*");
      return everything === undefined ? found : [everything, ...found.filter(({ field }) => field.value !== "*")];
    }),

  admission: {
    of: "roles",
    problems: () =>
      [
        ...ways.map(({ what, harmlessByName, ...wanted }) =>
          grantedProblems(
            wanted,
            `must not allow ${what}`,
            harmlessByName === undefined ? undefined : areNamed(harmlessByName),
          ),
        ),
        `variables.rules.filter(rule, rule.?apiGroups.orValue([]).exists(group, group in ["*", "authentication.k8s.io"])
          && rule.?verbs.orValue([]).exists(verb, verb in ["*", "impersonate"])
          && rule.?resources.orValue([]).exists(one, one.startsWith(${literal(extras)}))).map(rule, ${literal(impersonation)})`,
      ].join(" + "),
  },

  examples: {
    pass: {
      "reading roles": {
        "/role/properties/rules": [{ apiGroups: [rbacGroup], resources: ["roles"], verbs: ["get", "list"] }],
      },
      "tokens of its own account": {
        "/role/properties/rules": [
          { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"], resourceNames: ["web"] },
        ],
      },
    },
    fail: {
      "binding roles": {
        "/role/properties/rules": [{ apiGroups: [rbacGroup], resources: ["clusterroles"], verbs: ["bind"] }],
      },
      "acting as others": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["users"], verbs: ["impersonate"] }],
      },
      "acting with the extras of others": {
        "/role/properties/rules": [
          { apiGroups: ["authentication.k8s.io"], resources: ["userextras/scopes"], verbs: ["impersonate"] },
        ],
      },
      "tokens of others": {
        "/role/properties/rules": [{ apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] }],
      },
    },
  },
});
