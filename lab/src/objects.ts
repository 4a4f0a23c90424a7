// Kubernetes' objects as the API server gives them, as far as the stages read them.

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string }[];
    deletionTimestamp?: string;
    managedFields?: { manager: string; operation: string }[];
  };
}

export interface Container {
  name: string;
  image: string;
  restartPolicy?: string;
  resources: { limits?: Record<string, string>; requests?: Record<string, string> };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  ports?: { name?: string; containerPort: number; protocol?: string }[];
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  containerID?: string;
  state: {
    terminated?: { reason?: string; exitCode: number };
    waiting?: { reason?: string };
    running?: { startedAt: string };
  };
  lastState: { terminated?: { reason?: string; exitCode: number } };
}

export interface Volume {
  name: string;
  emptyDir?: { sizeLimit?: string; medium?: string };
  persistentVolumeClaim?: { claimName: string };
  secret?: { secretName: string };
  configMap?: { name: string };
  projected?: object;
  hostPath?: { path: string };
}

export interface Pod extends KubeObject {
  spec: { nodeName: string; containers: Container[]; initContainers?: Container[]; volumes?: Volume[] };
  status: {
    phase: string;
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

export interface Service extends KubeObject {
  spec: {
    clusterIP: string;
    type: string;
    selector?: Record<string, string>;
    ports: { name?: string; port: number; nodePort?: number; targetPort: number | string }[];
  };
}

export interface Node extends KubeObject {
  status: {
    addresses: { type: string; address: string }[];
    nodeInfo: { kubeletVersion: string; kernelVersion: string };
  };
}

export interface Secret extends KubeObject {
  type: string;
  data?: Record<string, string>;
}

export interface Namespace extends KubeObject {
  kind: "Namespace";
}

/** Whether the pod's containers all answer their readiness probes. */
export const isReady = ({ status, metadata }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True");

/** `flowmarine/api-6b5d…` */
export const nameOf = ({ kind, metadata }: KubeObject): string =>
  kind === "Pod"
    ? `${metadata.namespace ?? ""}/${metadata.name}`
    : `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
