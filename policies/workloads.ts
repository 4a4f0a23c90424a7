import type { KubernetesObject, ResourceSubject } from "./subject.js";
import type { Field } from "./value.js";

/** Where each kind keeps its pod. The one list of workload kinds; groups as served since Kubernetes 1.0. */
const podPaths: Record<string, { groups: readonly string[]; path: readonly string[] }> = {
  Pod: { groups: ["core"], path: [] },
  PodTemplate: { groups: ["core"], path: ["template"] },
  ReplicationController: { groups: ["core"], path: ["spec", "template"] },
  Deployment: { groups: ["apps", "extensions"], path: ["spec", "template"] },
  DeploymentConfig: { groups: ["apps.openshift.io"], path: ["spec", "template"] },
  StatefulSet: { groups: ["apps"], path: ["spec", "template"] },
  DaemonSet: { groups: ["apps", "extensions"], path: ["spec", "template"] },
  ReplicaSet: { groups: ["apps", "extensions"], path: ["spec", "template"] },
  Job: { groups: ["batch"], path: ["spec", "template"] },
  CronJob: { groups: ["batch"], path: ["spec", "jobTemplate", "spec", "template"] },
  // Argo's, in a Deployment's place.
  Rollout: { groups: ["argoproj.io"], path: ["spec", "template"] },
};

/**
 * Kinds that Kubernetes 1.33 and later itself serves, by group, "" the core's: all at version v1, and each with its pod at `.`, `.template`,
 * `.spec.template` or, a CronJob, `.spec.jobTemplate.spec.template`.
 */
export const podKinds = {
  "": ["Pod", "PodTemplate", "ReplicationController"],
  apps: ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
  batch: ["Job", "CronJob"],
} as const;

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

/** The pod in an object; none where it is no workload. */
export function podsOf(resource: ResourceSubject, { group, kind, field: owner }: KubernetesObject): PodSubject[] {
  const found = Object.hasOwn(podPaths, kind) ? podPaths[kind] : undefined;
  if (found?.groups.includes(group) !== true) return [];
  const field = owner.at(...found.path);
  const spec = field.at("spec");
  return [{ resource, kind, owner, field, metadata: field.at("metadata"), spec, containers: containersOf(spec) }];
}
