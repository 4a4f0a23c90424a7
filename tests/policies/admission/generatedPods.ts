import fc from "fast-check";
import { credentialName, text } from "./generatedTexts.js";
import type { Json } from "./verdicts.js";

const { constantFrom: one } = fc;

/** An object with any of these members. */
function some(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Json> {
  return fc.record(members, { requiredKeys: [] });
}
/** Mostly the first. */
function mostly<T>(good: T, ...bad: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(good) }, one(good, ...bad));
}

const flag = fc.boolean();
const profile = some({ type: one("RuntimeDefault", "Localhost", "Unconfined") });
const seLinux = some({
  type: one("container_t", "container_engine_t", "spc_t"),
  user: one("system_u"),
  role: one("r"),
});
const shared = {
  appArmorProfile: profile,
  runAsNonRoot: mostly(true, false),
  runAsUser: mostly(10001, 0, 1),
  runAsGroup: mostly(10001, 0),
  seLinuxOptions: seLinux,
  seccompProfile: profile,
  windowsOptions: some({ hostProcess: flag }),
};
const capability = one("ALL", "NET_BIND_SERVICE", "CHOWN", "NET_RAW", "SYS_ADMIN", "all");
const context = some({
  ...shared,
  allowPrivilegeEscalation: mostly(false, true),
  capabilities: some({ add: fc.array(capability, { maxLength: 2 }), drop: fc.array(capability, { maxLength: 2 }) }),
  privileged: mostly(false, true),
  procMount: one("Default", "Unmasked"),
  readOnlyRootFilesystem: mostly(true, false),
});
const actions = {
  httpGet: some({ host: one("", "10.0.0.1"), port: one(80) }),
  tcpSocket: some({ host: one("", "localhost"), port: one(80) }),
  exec: some({ command: fc.constant(["true"]) }),
  grpc: fc.constant({ port: 80 }),
};
/** Mostly with one action, as it should be. */
const handler = fc.oneof(
  some(actions),
  ...Object.entries(actions).map(([action, value]) => (value as fc.Arbitrary<unknown>).map(how => ({ [action]: how }))),
);
const digest = `sha256:${"a".repeat(64)}`;
const image = one(
  ...["nginx", "nginx:1.27", "nginx:latest", "nginx:", `nginx@${digest}`, `nginx:1.27@${digest}`, "nginx@sha256:short"],
  ...["registry.example.com:5000/shop/web", "registry.example.com:5000/shop/web:2", `localhost/web:1@${digest}`],
  ...["k8s.gcr.io/pause:3.9", "docker.io/k8s.gcr.io/pause:3", "k8s.gcr.io.example.com/x:1", "shop/web:latest"],
);
const quantity = one("0", "0m", "0.0", "100m", "1", "1001m", "64Mi", "128Mi", "129Mi", "1e3", "2.5Gi");
const amounts = some({ cpu: quantity, memory: quantity, "ephemeral-storage": quantity });
const resources = some({ requests: amounts, limits: amounts });
const variable = fc.oneof(
  fc.record({ name: credentialName, value: text }),
  fc.record({ name: credentialName, valueFrom: some({ secretKeyRef: fc.constant({ name: "x", key: "y" }) }) }),
);
const name = one("a", "b", "c");
const anyContainer = fc.record(
  {
    name,
    image,
    args: fc.array(text, { maxLength: 2 }),
    command: fc.array(text, { maxLength: 2 }),
    env: fc.array(variable, { maxLength: 3 }),
    envFrom: fc.array(some({ secretRef: fc.constant({ name: "x" }), configMapRef: fc.constant({ name: "x" }) }), {
      maxLength: 1,
    }),
    lifecycle: some({ postStart: handler, preStop: handler }),
    livenessProbe: handler,
    ports: fc.array(some({ containerPort: one(80), hostPort: one(0, 8080) }), { maxLength: 2 }),
    readinessProbe: handler,
    resources,
    restartPolicy: one("Always", "OnFailure"),
    securityContext: context,
    startupProbe: handler,
  },
  { requiredKeys: ["name"] },
);
const full = { cpu: "100m", memory: "64Mi", "ephemeral-storage": "64Mi" };
/** One that breaks no rule by itself, so that a single fault decides. */
const goodContainer = fc.record({
  name,
  image: mostly(`nginx:1.27@${digest}`, "nginx:1.27"),
  livenessProbe: fc.constant({ exec: { command: ["true"] } }),
  readinessProbe: fc.constant({ exec: { command: ["true"] } }),
  resources: fc.constant({ requests: full, limits: full }),
  securityContext: fc.constant({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  }),
});
const containers = fc.array(fc.oneof({ weight: 3, arbitrary: goodContainer }, anyContainer), { maxLength: 3 });
const paths = one(
  ...["/", "/var/log", "/var", "/run", "/var/run/", "/run/docker.sock", "/var/run/containerd/containerd.sock/"],
  ...[
    "//run//crio",
    "/run/./k3s",
    "relative",
    "/run/docker.sock.d",
    "/runner",
    "/var/runner",
    "/var/run/x/var/run/docker.sock",
  ],
);
const sources = {
  configMap: fc.constant({ name: "x" }),
  csi: fc.constant({ driver: "x" }),
  emptyDir: some({ sizeLimit: one("1Mi", "0", "0Gi") }),
  ephemeral: fc.constant({}),
  hostPath: fc.record({ path: paths }),
  image: some({ reference: image }),
  nfs: fc.constant({ server: "x", path: "/" }),
  persistentVolumeClaim: fc.constant({ claimName: "x" }),
  secret: fc.constant({ secretName: "x" }),
};
const volume = fc.oneof(
  ...Object.entries(sources).map(([source, value]) => fc.record({ name, [source]: value })),
  fc.record({ name }),
);
const sysctl = fc.record({
  name: one("kernel.shm_rmid_forced", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_rmem", "kernel.msgmax"),
  value: one("1", "1+kernel.x=2"),
});
const metadata = some({
  annotations: some({
    "container.apparmor.security.beta.kubernetes.io/a": one("", "runtime/default", "localhost/x", "unconfined"),
    "seccomp.security.alpha.kubernetes.io/pod": one(
      "runtime/default",
      "docker/default",
      "localhost/x",
      "unconfined",
      "",
    ),
    "container.seccomp.security.alpha.kubernetes.io/a": one("runtime/default", "unconfined"),
    "example.com/other": one("unconfined"),
  }),
  labels: some({ "app.kubernetes.io/name": mostly("x", ""), "app.kubernetes.io/instance": mostly("x", "") }),
});
const labelKey = one("app.kubernetes.io/name", "app.kubernetes.io/instance", "tier");
/** A LabelSelector, over the labels that pods have and others. */
const labelSelector = some({
  matchLabels: some({ "app.kubernetes.io/name": mostly("x", "y"), tier: one("") }),
  matchExpressions: fc.array(
    fc.oneof(
      fc.record({
        key: labelKey,
        operator: one("In", "NotIn"),
        values: fc.array(one("x", "y"), { minLength: 1, maxLength: 2 }),
      }),
      fc.record({ key: labelKey, operator: one("Exists", "DoesNotExist") }),
    ),
    { maxLength: 2 },
  ),
});
const term = fc.record({ topologyKey: one("x"), labelSelector }, { requiredKeys: ["topologyKey"] });
const spec = some({
  affinity: some({
    podAntiAffinity: some({
      requiredDuringSchedulingIgnoredDuringExecution: fc.array(term, { maxLength: 1 }),
      preferredDuringSchedulingIgnoredDuringExecution: fc.array(
        term.map(podAffinityTerm => ({ weight: 1, podAffinityTerm })),
        { maxLength: 1 },
      ),
    }),
  }),
  automountServiceAccountToken: mostly(false, true),
  containers,
  ephemeralContainers: containers,
  hostIPC: mostly(false, true),
  hostNetwork: mostly(false, true),
  hostPID: mostly(false, true),
  hostUsers: flag,
  initContainers: containers,
  os: some({ name: one("windows", "linux") }),
  resources,
  restartPolicy: one("Always", "OnFailure", "Never"),
  securityContext: some({
    ...shared,
    fsGroup: mostly(10001, 0),
    supplementalGroups: fc.array(mostly(10001, 0), { maxLength: 2 }),
    sysctls: fc.array(sysctl, { maxLength: 2 }),
  }),
  serviceAccount: one("x", "default"),
  serviceAccountName: mostly("x", "default"),
  topologySpreadConstraints: fc.array(
    term.map(constraint => ({ maxSkew: 1, whenUnsatisfiable: "DoNotSchedule", ...constraint })),
    { maxLength: 2 },
  ),
  volumes: fc.array(volume, { maxLength: 2 }),
});
const template = some({ metadata, spec });
const replicas = one(0, 1, 2, 3);
const own = some({
  name: one("x"),
  namespace: one("shop"),
  ownerReferences: fc.constant([{ kind: "ReplicaSet", name: "x", uid: "y" }]),
});

/** A workload of any kind, as it comes to the API server. */
export const workloads: fc.Arbitrary<Json> = fc.oneof(
  fc.record({ pod: template, own }).map(({ pod, own: more }) => ({
    apiVersion: "v1",
    kind: "Pod",
    ...pod,
    metadata: { ...(pod["metadata"] as object), ...more },
  })),
  fc.record({ template, metadata: own }).map(rest => ({ apiVersion: "v1", kind: "PodTemplate", ...rest })),
  ...["ReplicationController", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].map(kind =>
    fc.record({ spec: some({ template, ...(kind === "DaemonSet" ? {} : { replicas }) }), metadata: own }).map(rest => ({
      apiVersion: kind === "ReplicationController" ? "v1" : "apps/v1",
      kind,
      ...rest,
    })),
  ),
  fc
    .record({ spec: some({ template }), metadata: own })
    .map(rest => ({ apiVersion: "batch/v1", kind: "Job", ...rest })),
  template.map(pod => ({
    apiVersion: "batch/v1",
    kind: "CronJob",
    spec: { jobTemplate: { spec: { template: pod } } },
  })),
);
