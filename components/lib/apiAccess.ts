import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { checkTexts, shown } from "./check";
import { compact } from "./compact";
import type { Component } from "./component";

/** What a component may do with some kinds of objects: one rule of a Role, spelt out. */
export interface ApiRule {
  /** API groups; "" is the core group. @default [""] */
  apiGroups?: readonly string[];
  /** Kinds in the plural, such as `pods`, or subresources such as `pods/log`. */
  resources: readonly string[];
  verbs: readonly ("get" | "list" | "watch" | "create" | "update" | "patch" | "delete")[];
  /** Only objects of these names. @default all */
  resourceNames?: readonly string[];
}

/** Why and how a component talks to the Kubernetes API. Without it a pod has no token. */
export interface ApiAccess {
  /** Where the rules hold: in the component's namespace, or in the whole cluster. */
  scope: "namespace" | "cluster";
  rules: readonly ApiRule[];
}

/**
 * Where API servers are: their addresses behind the `kubernetes` Service, which a NetworkPolicy cannot name. Give it as `egress` of a
 * component with API access; narrow `to` where the addresses are known.
 */
export const apiServerEgress = {
  name: "kubernetes-api",
  to: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"],
  ports: [443, 6443],
} as const;

/** With these somebody gives himself any right there is. */
const escalating = ["*", "bind", "escalate", "impersonate"];

function checkRule({ apiGroups = [""], resources, verbs, resourceNames = [] }: ApiRule, index: number): void {
  for (const [field, values] of Object.entries({ apiGroups, resources, verbs, resourceNames })) {
    const where = `apiAccess.rules[${index}].${field}`;
    checkTexts(where, values, { atLeast: field === "resourceNames" ? 0 : 1 });
    const wild = (values as readonly string[]).find(
      v => v.includes("*") || (field === "verbs" && escalating.includes(v)),
    );
    if (wild !== undefined) throw new RangeError(`${where} must name each right by itself, got ${shown(wild)}`);
  }
}

/**
 * Gives a ServiceAccount exactly these rights. The pod that uses them sets `apiToken: true` and the component an exception for
 * `k8s-sa-token`; `apiServerEgress` (or a narrower one) opens the way.
 *
 * @param account the component's own ServiceAccount, in `namespace`
 * @returns what must be there before the pod starts
 */
export function grantApiAccess(
  owner: Component,
  account: { name: pulumi.Input<string>; namespace: pulumi.Input<string> },
  { scope, rules }: ApiAccess,
): pulumi.Resource[] {
  owner.checked(() => rules.forEach(checkRule));
  if (rules.length === 0) owner.refuse("apiAccess.rules must not be empty", rules);
  const policyRules = rules.map(({ apiGroups = [""], resources, verbs, resourceNames }) =>
    compact({
      apiGroups: [...apiGroups],
      resources: [...resources],
      verbs: [...verbs],
      resourceNames: resourceNames && [...resourceNames],
    }),
  );
  const subjects = [{ kind: "ServiceAccount", ...account }];
  const apiGroup = "rbac.authorization.k8s.io";

  if (scope === "namespace") {
    const metadata = { namespace: account.namespace };
    const role = owner.child(k8s.rbac.v1.Role, "api", { metadata, rules: policyRules });
    const roleRef = { apiGroup, kind: "Role", name: role.metadata.name };
    return [owner.child(k8s.rbac.v1.RoleBinding, "api", { metadata, roleRef, subjects })];
  }
  // Cluster-wide names: a second stack in the same cluster must not meet the first one's.
  const role = owner.child(k8s.rbac.v1.ClusterRole, "api", { rules: policyRules }, { autonamed: true });
  const roleRef = { apiGroup, kind: "ClusterRole", name: role.metadata.name };
  return [owner.child(k8s.rbac.v1.ClusterRoleBinding, "api", { roleRef, subjects }, { autonamed: true })];
}
