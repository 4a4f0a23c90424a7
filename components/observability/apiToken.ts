import type * as k8s from "@pulumi/kubernetes";

/** Where Kubernetes' client libraries look for their credentials. */
export const tokenFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Renewed by the kubelet before it ends; a stolen one is soon worth nothing. */
const tokenSeconds = 3607;

type PodSpec = k8s.types.input.core.v1.PodSpec;

/** A token that ends, in a volume of its own, instead of the one that `apiToken` would put into every container of the pod. */
export function withToken(spec: PodSpec): PodSpec {
  const containers = spec.containers as k8s.types.input.core.v1.Container[];
  const api: k8s.types.input.core.v1.Volume = {
    name: "api",
    projected: {
      defaultMode: 0o440,
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: tokenSeconds } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
      ],
    },
  };
  return {
    ...spec,
    volumes: [...(spec.volumes as k8s.types.input.core.v1.Volume[]), api],
    containers: containers.map(container => ({
      ...container,
      volumeMounts: [
        ...(container.volumeMounts as k8s.types.input.core.v1.VolumeMount[]),
        { name: "api", mountPath: tokenFolder, readOnly: true },
      ],
    })),
  };
}
