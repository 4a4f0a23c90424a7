import { type AdmissionObject, admissionObjects, isAdmitted } from "../../../policies/admission.js";
import { subjects } from "../../../policies/admissionSubjects.js";
import { type JudgedResource, judge, rules } from "../../../policies/findings.js";
import { judged, policiesOf } from "./oracle.js";

export type Json = Record<string, unknown>;
type PackConfig = Record<string, unknown>;

/** The rules that are said in CEL. */
export const admitted = rules.filter(isAdmitted);

export const place = { namespaceLabels: { team: "shop" } };

/** A policy for each rule alone, named after it. */
export function policyOfEach(config: PackConfig = {}): AdmissionObject[] {
  return admitted.flatMap(({ id }) => {
    const own = config[id] ?? {};
    const alone = { ...config, all: "disabled", [id]: { ...own, enforcementLevel: "mandatory" } };
    for (const other of Object.keys(config))
      if (other !== id && other !== "bulkhead") Reflect.deleteProperty(alone, other);
    return policiesOf(admissionObjects({ ...place, name: id, config: alone }));
  });
}

/** Kinds that only differ in where they hold, and that admission leaves alone outside of namespaces. */
const namespacedKind: Record<string, string> = { ClusterRole: "Role", ClusterRoleBinding: "RoleBinding" };

/** `kubernetes:apps/v1:Deployment` with its inputs, as an object of the API; undefined for what the API server would not take. */
export function objectOf({ type, properties }: JudgedResource): Json | undefined {
  const [, group = "", version = "", kind = ""] = /^kubernetes:([^/]+)\/([^:]+):(\w+)$/.exec(type) ?? [];
  if (version !== "v1" || kind.endsWith("Patch")) return undefined;
  const apiVersion = group === "core" ? version : `${group}/${version}`;
  return { ...properties, apiVersion, kind: namespacedKind[kind] ?? kind };
}

/** The rules that judge objects of this kind at admission. */
export function rulesFor(object: Json): string[] {
  const group = String(object["apiVersion"]).split("/").at(-2) ?? "";
  return admitted
    .filter(({ admission }) => {
      const kinds = subjects[admission.of].kinds as Record<string, readonly string[]>;
      return kinds[group]?.includes(String(object["kind"])) ?? false;
    })
    .map(({ id }) => id);
}

/** The rules that an object breaks by itself, by the TypeScript. */
export function brokenHere(object: Json, config: PackConfig): string[] {
  const apiVersion = String(object["apiVersion"]);
  const token = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${String(object["kind"])}`;
  const resource = { urn: "urn:x", name: "x", type: token, properties: object };
  const found = judge([resource], { ...config, all: "mandatory" }).filter(({ verdict }) => verdict === "violation");
  const possible = rulesFor(object);
  return [...new Set(found.map(({ rule }) => rule))].filter(rule => possible.includes(rule)).sort();
}

/** Ids in a refusal: `k8s-privileged: container "web" must …; k8s-labels: …`. */
function idsIn(message: string): string[] {
  if (message.endsWith("…")) throw new Error(`a message is cut short: ${message}`);
  return [...message.matchAll(/(?:^|; )((?:k8s|rbac)-[a-z-]+): /g)].map(([, id = ""]) => id);
}

/** The rules that each object breaks, by the API server; undefined for one that it cannot read. */
export function brokenThere(objects: readonly Json[], config: PackConfig): (string[] | undefined)[] {
  const policies = policiesOf(admissionObjects({ ...place, name: "x", config: { ...config, all: "mandatory" } }));
  const requests = objects.map(object => ({ object, operation: "CREATE" as const }));
  return judged(policies, requests).map(({ decisions = {}, unreadable }, index) => {
    if (unreadable !== undefined) return undefined;
    return Object.values(decisions)
      .flatMap(({ message, isError }) => {
        if (isError === true) throw new Error(`${message}\n${JSON.stringify(objects[index])}`);
        return idsIn(message);
      })
      .sort();
  });
}
