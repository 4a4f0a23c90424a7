import { type Problem, violation } from "./rule.js";
import type { ResourceSubject } from "./subject.js";
import type { Field } from "./value.js";

const group = "rbac.authorization.k8s.io";

export function isRbac({ object }: ResourceSubject): boolean {
  return object?.group === group;
}

/** One rule of a Role or ClusterRole: what its lists hold, as far as they are known. */
export interface Grant {
  field: Field;
  verbs: readonly Field[];
  resources: readonly Field[];
  groups: readonly Field[];
}

export function grantsOf(resource: ResourceSubject): Grant[] {
  return resource.objectsOf(group, "Role", "ClusterRole").flatMap(({ field }) =>
    field
      .at("rules")
      .items()
      .map(rule => ({
        field: rule,
        verbs: rule.at("verbs").items(),
        resources: rule.at("resources").items(),
        groups: rule.at("apiGroups").items(),
      })),
  );
}

/** The bindings in a resource: whom they give which role. */
export function bindingsOf(resource: ResourceSubject): { role: Field; subjects: readonly Field[] }[] {
  return resource
    .objectsOf(group, "RoleBinding", "ClusterRoleBinding")
    .map(({ field }) => ({ role: field.at("roleRef", "name"), subjects: field.at("subjects").items() }));
}

/** Where a list holds one of these values, or may: the field that does. `*` holds them all. */
export function held(list: readonly Field[], values: readonly string[]): Field | undefined {
  return (
    list.find(({ value }) => value === "*" || values.some(one => one === value)) ??
    list.find(({ isUnknown }) => isUnknown)
  );
}

/** The names by which a rule may mean these resources: a part of a resource is meant by that part of all, too. `pods/*` means nothing. */
export function namesOf(resources: readonly string[]): string[] {
  return [
    ...new Set([...resources, ...resources.map(one => one.replace(/^[^/]*\//, "*/")).filter(one => one[0] === "*")]),
  ];
}

/** A violation where a grant gives one of these verbs on one of these resources; undetermined where that is not known. */
export function granted(
  { groups, resources, verbs }: Grant,
  wanted: { groups: readonly string[]; resources: readonly string[]; verbs: readonly string[] },
  message: string,
): Problem[] {
  const found = [held(groups, wanted.groups), held(resources, namesOf(wanted.resources)), held(verbs, wanted.verbs)];
  const [, resource] = found;
  if (resource === undefined || found.includes(undefined)) return [];
  const unknown = found.find(field => field?.isUnknown === true);
  return [
    unknown === undefined ? violation(resource, message) : { verdict: "undetermined", field: unknown, message: "" },
  ];
}
