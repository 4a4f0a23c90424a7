import type { ResourceRecord } from "../result.js";
import { isObject } from "../value.js";

/**
 * Fields that the API server never changes in place, so that an update deletes the object and makes it anew: by the Kubernetes API's own
 * validation, and the provider's list (`forceNewProperties` of pulumi-kubernetes). Secrets and ConfigMaps are left out: the provider
 * replaces them at every change, new before old, which hurts nobody.
 */
const immutable: Record<string, readonly string[]> = {
  StatefulSet: ["/spec/podManagementPolicy", "/spec/selector", "/spec/serviceName", "/spec/volumeClaimTemplates"],
  Deployment: ["/spec/selector"],
  DaemonSet: ["/spec/selector"],
  ReplicaSet: ["/spec/selector"],
  Job: ["/spec/selector", "/spec/template", "/spec/completionMode"],
  Service: ["/spec/clusterIP", "/spec/type"],
  PersistentVolumeClaim: [
    "/spec/accessModes",
    "/spec/storageClassName",
    "/spec/volumeName",
    "/spec/volumeMode",
    "/spec/selector",
    "/spec/dataSource",
  ],
  PersistentVolume: ["/spec/csi", "/spec/local", "/spec/hostPath", "/spec/nfs"],
  StorageClass: ["/provisioner", "/parameters", "/volumeBindingMode", "/reclaimPolicy"],
  RoleBinding: ["/roleRef"],
  ClusterRoleBinding: ["/roleRef"],
};

/** Those of the changed paths that make the provider replace the object. */
export function replacingPaths(before: ResourceRecord, after: ResourceRecord, changed: readonly string[]): string[] {
  if (!after.type.startsWith("kubernetes:")) return [];
  const kind = after.type.slice(after.type.lastIndexOf(":") + 1);
  // A Job with a generated name is replaced by design: a migration that runs at every rollout.
  const generated = isAutonamed(before) && isAutonamed(after);
  if (kind === "Secret" || kind === "ConfigMap" || (kind === "Job" && generated)) return [];
  const fields = [...(generated ? [] : ["/metadata/name"]), "/metadata/namespace", ...(immutable[kind] ?? [])];
  return changed.filter(path => fields.some(field => path === field || path.startsWith(`${field}/`)));
}

/** Whether the provider made up the name, and makes up another one when it needs to. */
export function isAutonamed({ inputs }: ResourceRecord): boolean {
  const metadata = inputs["metadata"];
  const annotations = isObject(metadata) ? metadata["annotations"] : undefined;
  return isObject(annotations) && annotations["pulumi.com/autonamed"] === "true";
}
