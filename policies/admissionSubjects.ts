import { podKinds } from "./workloads.js";

/** Objects that policies of one kind judge, and what their CEL may read. */
export interface Subject {
  /** Kinds by group, "" the core's. All are at version v1; resources are named after kinds. */
  kinds: Readonly<Record<string, readonly string[]>>;
  /** Parts of an object through which it changes while it keeps its name, where they are resources of their own. */
  subresources?: readonly string[];
  /** Members that rules read. An update that leaves them as they are is not judged: a label or a finalizer may always be changed. */
  reads: readonly string[];
  /** In order: each may read those before it, as `variables.name`. */
  variables: Readonly<Record<string, string>>;
}

/** A member that may be absent, or null where Kubernetes writes an empty list as that. */
function listAt(path: string, member: string): string {
  return `has(${path}.${member}) && dyn(${path}.${member}) != null ? ${path}.${member} : []`;
}

/** The pod or pod template in any kind of workload. */
const podOf = `request.kind.kind == "Pod" ? dyn(object) : (
  request.kind.kind == "PodTemplate" ? dyn(object).?template :
  request.kind.kind == "CronJob" ? dyn(object).?spec.?jobTemplate.?spec.?template : dyn(object).?spec.?template).orValue({})`;

const podVariables = {
  pod: podOf,
  spec: 'has(variables.pod.spec) ? variables.pod.spec : dyn({"containers": []})',
  labels: "variables.pod.?metadata.?labels.orValue({})",
  annotations: "variables.pod.?metadata.?annotations.orValue({})",
  volumes: listAt("variables.spec", "volumes"),
  main: listAt("variables.spec", "containers"),
  initial: listAt("variables.spec", "initContainers"),
  // Those that run as long as the pod: they have probes.
  lasting: 'variables.main + variables.initial.filter(c, c.?restartPolicy.orValue("") == "Always").map(c, dyn(c))',
  // Those that the scheduler finds room for: they have resources.
  scheduled: "variables.main + variables.initial",
  containers: `variables.scheduled + (${listAt("variables.spec", "ephemeralContainers")})`,
  // How many texts their environments and commands hold.
  texts: `variables.containers.map(c, ${["env", "command", "args"].map(list => `c.?${list}.orValue([]).size()`).join(" + ")}).sum()`,
};

function only(group: string, kind: string, reads: readonly string[], variables: Record<string, string> = {}): Subject {
  return { kinds: { [group]: [kind] }, reads, variables };
}

/** All that rules judge at admission. Objects of no namespace, but the namespaces themselves, are left alone: they are not the program's. */
export const subjects = {
  pods: {
    kinds: podKinds,
    subresources: ["pods/ephemeralcontainers", "pods/resize"],
    reads: ["spec", "template"],
    variables: podVariables,
  },
  configMaps: only("", "ConfigMap", ["data"], { data: "object.?data.orValue({})" }),
  services: only("", "Service", ["spec", "metadata.labels"]),
  namespaces: only("", "Namespace", ["metadata.labels"]),
  ingresses: only("networking.k8s.io", "Ingress", ["spec", "metadata.annotations"], {
    rules: listAt("object.spec", "rules"),
    tls: listAt("object.spec", "tls"),
  }),
  networkPolicies: only("networking.k8s.io", "NetworkPolicy", ["spec"], {
    ingress: listAt("object.spec", "ingress"),
    egress: listAt("object.spec", "egress"),
  }),
  budgets: only("policy", "PodDisruptionBudget", ["spec"]),
  roles: only("rbac.authorization.k8s.io", "Role", ["rules"], { rules: listAt("object", "rules") }),
  roleBindings: only("rbac.authorization.k8s.io", "RoleBinding", ["subjects", "roleRef"], {
    subjects: listAt("object", "subjects"),
  }),
} as const satisfies Record<string, Subject>;

export type SubjectName = keyof typeof subjects;

/** `NetworkPolicy` → `networkpolicies`, as Kubernetes names the resources of its own kinds. */
export function resourceOf(kind: string): string {
  const name = kind.toLowerCase();
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}
