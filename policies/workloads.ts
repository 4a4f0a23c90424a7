import type { ResourceSubject } from "./subject.js";
import type { Field } from "./value.js";

/** Where each kind keeps its pod. The one list of workload kinds; groups as served since Kubernetes 1.0. */
const podPaths: Record<string, { groups: readonly string[]; path: readonly string[] }> = {
  Pod: { groups: ["core"], path: [] },
  PodTemplate: { groups: ["core"], path: ["template"] },
  ReplicationController: { groups: ["core"], path: ["spec", "template"] },
  Deployment: { groups: ["apps", "extensions"], path: ["spec", "template"] },
  StatefulSet: { groups: ["apps"], path: ["spec", "template"] },
  DaemonSet: { groups: ["apps", "extensions"], path: ["spec", "template"] },
  ReplicaSet: { groups: ["apps", "extensions"], path: ["spec", "template"] },
  Job: { groups: ["batch"], path: ["spec", "template"] },
  CronJob: { groups: ["batch"], path: ["spec", "jobTemplate", "spec", "template"] },
};

const containerLists = ["containers", "initContainers", "ephemeralContainers"] as const;
const containerWords = {
  containers: "container",
  initContainers: "init container",
  ephemeralContainers: "ephemeral container",
} as const;

/** One container of a pod, whichever of the three lists it is in. */
export interface Container {
  field: Field;
  list: (typeof containerLists)[number];
  /** For messages: `init container "migrate"`; the position where the name is no plain string. */
  label: string;
}

/** A pod, or the template of one. */
export interface PodSubject {
  resource: ResourceSubject;
  /** Kind of the object that holds it. */
  kind: string;
  /** The object that it belongs to: the resource's inputs, or an item of a list. */
  owner: Field;
  /** What holds `metadata` and `spec`. */
  field: Field;
  metadata: Field;
  spec: Field;
  /** All containers: a rule that means fewer filters them. */
  containers: readonly Container[];
}

function containersOf(spec: Field): Container[] {
  return containerLists.flatMap(list =>
    spec
      .at(list)
      .items()
      .map((field, index) => {
        const name = field.at("name");
        const shown = name.text === undefined || name.isSecret ? `#${index}` : `"${name.text}"`;
        return { field, list, label: `${containerWords[list]} ${shown}` };
      }),
  );
}

function podAt(resource: ResourceSubject, kind: string, object: Field): PodSubject[] {
  const found = podPaths[kind];
  if (found === undefined) return [];
  const field = object.at(...found.path);
  const spec = field.at("spec");
  return [
    { resource, kind, owner: object, field, metadata: field.at("metadata"), spec, containers: containersOf(spec) },
  ];
}

/** The group in an `apiVersion`: `apps/v1` → apps, `v1` → core. */
function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "core" : apiVersion.slice(0, slash);
}

function isWorkload(group: string, kind: string): boolean {
  return Object.hasOwn(podPaths, kind) && (podPaths[kind]?.groups.includes(group) ?? false);
}

/** The pods of a workload, of a list of workloads (`DeploymentList`, `List`), or none. */
export function podsOf(resource: ResourceSubject): PodSubject[] {
  if (resource.object === undefined) return [];
  const { group, kind } = resource.object;
  if (isWorkload(group, kind)) return podAt(resource, kind, resource.inputs);
  if (!kind.endsWith("List")) return [];

  const listed = kind.slice(0, -"List".length);
  return resource.inputs
    .at("items")
    .items()
    .flatMap(item => {
      // The items of a typed list may leave out their own type.
      const itemKind = item.at("kind").text ?? listed;
      const itemGroup = groupOf(item.at("apiVersion").text ?? (group === "core" ? "v1" : `${group}/`));
      return isWorkload(itemGroup, itemKind) ? podAt(resource, itemKind, item) : [];
    });
}
