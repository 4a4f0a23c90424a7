import type { Standard } from "./podSecurity.js";
import { namesOf } from "./rbac.js";

/**
 * Words of CEL that several rules share. A rule's CEL is a list of strings, one a problem and empty where the rule passes. It reads what its
 * subject declares (admissionSubjects.ts): for pods `variables.spec`, `variables.containers` and so on.
 *
 * Written for the CEL of Kubernetes 1.33 and later.
 */

/** A text, a list of texts or a whole number as CEL writes them; JSON does it the same way. */
export function literal(value: string | number | readonly string[]): string {
  return JSON.stringify(value);
}

/** Rule id → name of its variable. */
export function variableOf(id: string): string {
  return id.replaceAll("-", "_");
}

/** CEL tells 2 from 2.0, and divides whole numbers without a remainder. */
export function double(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** No problem at all. */
export const none = "[]";

/** One problem where a condition holds. */
export function problemWhen(condition: string, message: string): string {
  return `(${condition} ? [${literal(message)}] : [])`;
}

/** One problem for each container of which a condition holds; `c` is the container. */
export function containersThat(condition: string, message: string, containers = "variables.containers"): string {
  return `${containers}.filter(c, ${condition}).map(c, "container \\"" + c.name + ${literal(`" ${message}`)})`;
}

/** One problem for each volume of which a condition holds; `v` is the volume. */
export function volumesThat(condition: string, message: string): string {
  return `variables.volumes.filter(v, ${condition}).map(v, "volume \\"" + v.name + ${literal(`" ${message}`)})`;
}

/** One problem for each image, of a container or a volume, whose reference a condition holds of; `of` writes it for the CEL of a reference. */
export function imagesThat(of: (reference: string) => string, message: string): string {
  const ofContainers = containersThat(`has(c.image) && (${of("c.image")})`, message);
  return `${ofContainers} + ${volumesThat(`has(v.image) && has(v.image.reference) && (${of("v.image.reference")})`, message)}`;
}

/** One problem for the pod, and one for each container, of whose security context a condition holds; `of` writes it for `c` or the pod. */
export function contextsThat(of: (context: string) => string, message: string): string {
  const onPod = problemWhen(of("variables.spec.?securityContext"), `the pod ${message}`);
  return `${onPod} + ${containersThat(of("c.?securityContext"), message)}`;
}

/** Windows pods need not set what Windows does not have, since 1.25. */
export function unlessOnWindows({ minor }: Standard, problems: string): string {
  return minor < 25 ? problems : `(variables.spec.?os.?name == optional.of("windows") ? [] : ${problems})`;
}

/** Pods in a user namespace may be root in it, since 1.35. */
export function unlessInUserNamespace({ minor }: Standard, problems: string): string {
  return minor < 35 ? problems : `(variables.spec.?hostUsers.orValue(true) ? ${problems} : [])`;
}

/**
 * CEL for whether a LabelSelector selects these labels; none selects nothing.
 *
 * @param selector CEL for an optional selector
 * @param labels CEL for a map
 */
export function selects(selector: string, labels: string): string {
  const isListed = `${labels}[?e.key].hasValue() && ${labels}[e.key] in e.?values.orValue([])`;
  return `${selector}.hasValue() && ${selector}.?matchLabels.orValue({}).all(k, ${labels}[?k] == ${selector}.?matchLabels[?k])
    && ${selector}.?matchExpressions.orValue([]).all(e, e.operator == "In" ? ${isListed} : e.operator == "NotIn" ? !(${isListed}) :
      (e.operator == "Exists") == ${labels}[?e.key].hasValue())`;
}

/** A glob as a regular expression for the whole text: `*` is any characters, `?` one. */
export function globPattern(glob: string): string {
  const pattern = glob.replace(/[.*+?^${}()|[\]\\]/g, one => (one === "*" ? ".*" : one === "?" ? "." : `\\${one}`));
  return `^(?s:${pattern})$`;
}

/** One problem for each rule of a role that gives one of these verbs on one of these resources; `and` is more CEL about `rule`. */
export function grantedProblems(
  wanted: { groups: readonly string[]; resources: readonly string[]; verbs: readonly string[] },
  message: string,
  and = "true",
): string {
  const [groups, resources, verbs] = [wanted.groups, namesOf(wanted.resources), wanted.verbs].map(list =>
    literal(["*", ...list]),
  );
  return `variables.rules.filter(rule, ${and}
    && rule.?apiGroups.orValue([]).exists(group, group in ${groups}) && rule.?verbs.orValue([]).exists(verb, verb in ${verbs})
    && rule.?resources.orValue([]).exists(one, one in ${resources})).map(rule, ${literal(message)})`;
}
