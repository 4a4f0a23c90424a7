import { groupBy } from "../report/group.js";
import type { ResourceRecord } from "../result.js";
import { isObject } from "../value.js";
import type { ManifestObject } from "./objects.js";

/**
 * Among objects that do not depend on each other, the first kinds come first: what others need to exist, then what must be in force before
 * a pod starts, then pods, then what only acts on them. Kinds that are not listed, such as custom resources, stand in the middle.
 */
const kindsFirst = [
  "Namespace",
  "CustomResourceDefinition",
  "PriorityClass",
  "StorageClass",
  "RuntimeClass",
  "IngressClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ResourceQuota",
  "LimitRange",
  "NetworkPolicy",
  "ServiceAccount",
  "Secret",
  "ConfigMap",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "ClusterRole",
  "Role",
  "ClusterRoleBinding",
  "RoleBinding",
  "Service",
];
const kindsLast = [
  "StatefulSet",
  "DaemonSet",
  "Deployment",
  "ReplicaSet",
  "Pod",
  "Job",
  "CronJob",
  "PodDisruptionBudget",
  "HorizontalPodAutoscaler",
  "Ingress",
  "APIService",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
];
const middle = kindsFirst.length;
const ranks = new Map([
  ...kindsFirst.map((kind, rank) => [kind, rank] as const),
  ...kindsLast.map((kind, rank) => [kind, middle + 1 + rank] as const),
]);

/** Dependencies first; where nothing decides, by kind, then in the program's order. */
export function inDependencyOrder(
  objects: readonly ManifestObject[],
  resources: readonly ResourceRecord[],
): ManifestObject[] {
  const needs = neededBy(objects, resources);
  const waiting = objects.map((object, index) => ({ object, index, rank: ranks.get(object.kind) ?? middle }));
  waiting.sort((a, b) => a.rank - b.rank || a.index - b.index);
  const done = new Set<ManifestObject>();
  const ordered: ManifestObject[] = [];

  while (waiting.length > 0) {
    const ready = waiting.findIndex(({ object }) => [...(needs.get(object) ?? [])].every(need => done.has(need)));
    // Resources cannot depend on each other in a circle; the links that are added here could, and then rank decides.
    const [next] = waiting.splice(Math.max(0, ready), 1);
    if (!next) break;
    done.add(next.object);
    ordered.push(next.object);
  }
  return ordered;
}

function neededBy(
  objects: readonly ManifestObject[],
  resources: readonly ResourceRecord[],
): Map<ManifestObject, Set<ManifestObject>> {
  const byUrn = new Map(objects.map(object => [object.urn, object]));
  const children = groupBy(resources, ({ parent }) => parent ?? "");
  /** A dependency on a component is one on everything in it. */
  const reach = (urn: string, seen: Set<string>): ManifestObject[] => {
    if (seen.has(urn)) return [];
    seen.add(urn);
    const own = byUrn.get(urn);
    return own ? [own] : (children.get(urn) ?? []).flatMap(child => reach(child.urn, seen));
  };

  const namespaces = new Map(objects.filter(({ kind }) => kind === "Namespace").map(object => [object.name, object]));
  const definitions = new Map(objects.flatMap(object => definedKind(object).map(kind => [kind, object] as const)));
  return new Map(
    objects.map(object => {
      const { resource, namespace, apiVersion, kind } = object;
      const urns = [...resource.dependencies, ...Object.values(resource.propertyDependencies).flat()];
      const needed = new Set(urns.flatMap(urn => reach(urn, new Set())));
      const home = namespace === undefined ? undefined : namespaces.get(namespace);
      const definition = definitions.get(`${apiVersion.split("/")[0] ?? ""}/${kind}`);
      for (const implied of [home, definition]) if (implied) needed.add(implied);
      needed.delete(object);
      return [object, needed];
    }),
  );
}

/** `cert-manager.io/Certificate` of the definition that brings in this kind. */
function definedKind({ kind, body }: ManifestObject): string[] {
  const spec = body["spec"];
  if (kind !== "CustomResourceDefinition" || !isObject(spec) || !isObject(spec["names"])) return [];
  return [`${String(spec["group"])}/${String(spec["names"]["kind"])}`];
}
