import type { Edits } from "../../policies/rule.js";
import { container, dockerCases, dockerfile } from "./cases/docker.js";
import { imageCases } from "./cases/images.js";
import { podCases } from "./cases/pods.js";
import { rightsCases } from "./cases/rights.js";
import { stackCases } from "./cases/stacks.js";

/**
 * Rule, edits of the compliant program, whether the rule then finds a violation, the pack's own parameters, and what the violation's
 * message holds.
 */
export type Case = [rule: string, edits: Edits, isBroken: boolean, pack?: Record<string, unknown>, says?: string];

const pod = "/web/properties/spec/template";
const first = `${pod}/spec/containers/0`;
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

function kubernetes(apiVersion: string, kind: string, properties: Record<string, unknown> = {}) {
  return {
    type: `kubernetes:${apiVersion}:${kind}`,
    properties: { metadata: { name: "x", namespace: "shop" }, ...properties },
  };
}

function each<T>(values: readonly T[], make: (value: T) => Case): Case[] {
  return values.map(make);
}

/** What is served no more, and the minor version of Kubernetes that dropped it, by its deprecation guide. */
const removedApis: [apiVersion: string, kinds: string, minor: number][] = [
  ["extensions/v1beta1", "Ingress", 22],
  ["extensions/v1beta1", "Deployment DaemonSet ReplicaSet NetworkPolicy PodSecurityPolicy", 16],
  ["apps/v1beta1", "Deployment StatefulSet", 16],
  ["apps/v1beta2", "Deployment DaemonSet ReplicaSet StatefulSet", 16],
  ["admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration", 22],
  ["apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 22],
  ["apiregistration.k8s.io/v1beta1", "APIService", 22],
  ["authentication.k8s.io/v1beta1", "TokenReview", 22],
  ["authorization.k8s.io/v1beta1", "SubjectAccessReview", 22],
  ["autoscaling/v2beta1", "HorizontalPodAutoscaler", 25],
  ["autoscaling/v2beta2", "HorizontalPodAutoscaler", 26],
  ["batch/v1beta1", "CronJob", 25],
  ["certificates.k8s.io/v1beta1", "CertificateSigningRequest", 22],
  ["coordination.k8s.io/v1beta1", "Lease", 22],
  ["discovery.k8s.io/v1beta1", "EndpointSlice", 25],
  ["events.k8s.io/v1beta1", "Event", 25],
  ["flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 26],
  ["flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema", 29],
  ["flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", 32],
  ["networking.k8s.io/v1beta1", "Ingress IngressClass", 22],
  ["node.k8s.io/v1beta1", "RuntimeClass", 25],
  ["policy/v1beta1", "PodDisruptionBudget PodSecurityPolicy", 25],
  ["rbac.authorization.k8s.io/v1beta1", "Role ClusterRoleBinding", 22],
  ["scheduling.k8s.io/v1beta1", "PriorityClass", 22],
  ["storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", 22],
  ["storage.k8s.io/v1beta1", "CSIStorageCapacity", 27],
];
const servedApis: [string, string][] = [
  ["admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy"],
  ["networking.k8s.io/v1beta1", "IPAddress"],
  ["storage.k8s.io/v1beta1", "VolumeAttributesClass"],
  ["apps/v1", "Deployment"],
];

const namespacedKinds: Record<string, string[]> = {
  "core/v1": [
    "ConfigMap",
    "Endpoints",
    "LimitRange",
    "PersistentVolumeClaim",
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
  ],
  "apps/v1": ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
  "autoscaling/v2": ["HorizontalPodAutoscaler"],
  "batch/v1": ["CronJob", "Job"],
  "coordination.k8s.io/v1": ["Lease"],
  "discovery.k8s.io/v1": ["EndpointSlice"],
  "extensions/v1beta1": ["DaemonSet", "Deployment", "Ingress", "NetworkPolicy", "ReplicaSet"],
  "networking.k8s.io/v1": ["Ingress", "NetworkPolicy"],
  "policy/v1": ["PodDisruptionBudget"],
  "rbac.authorization.k8s.io/v1": ["Role", "RoleBinding"],
};
const clusterKinds: [string, string][] = [
  ["core/v1", "Namespace"],
  ["core/v1", "Node"],
  ["rbac.authorization.k8s.io/v1", "ClusterRole"],
  ["networking.k8s.io/v1", "IngressClass"],
  ["example.com/v1", "Widget"],
];

type Grant = [group: string, resource: string, verb: string];
const escalating: Grant[] = [
  ...["roles", "clusterroles"].flatMap(one =>
    ["bind", "escalate"].map((verb): Grant => ["rbac.authorization.k8s.io", one, verb]),
  ),
  ...["users", "groups", "serviceaccounts"].map((one): Grant => ["", one, "impersonate"]),
  ...["userextras/scopes", "uids"].map((one): Grant => ["authentication.k8s.io", one, "impersonate"]),
  ["", "serviceaccounts/token", "create"],
  ["", "nodes/proxy", "get"],
  ["", "nodes/proxy", "create"],
  ["certificates.k8s.io", "certificatesigningrequests/approval", "update"],
  ["certificates.k8s.io", "certificatesigningrequests/approval", "patch"],
  ["certificates.k8s.io", "signers", "approve"],
  ["certificates.k8s.io", "signers", "sign"],
  ...["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].flatMap(one =>
    ["create", "update", "patch"].map((verb): Grant => ["admissionregistration.k8s.io", one, verb]),
  ),
  ...["roles", "clusterroles", "rolebindings", "clusterrolebindings"].map(
    (one): Grant => ["rbac.authorization.k8s.io", one, "create"],
  ),
];
const podMaking: Grant[] = [
  ...["pods", "replicationcontrollers"].map((one): Grant => ["", one, "create"]),
  ...["deployments", "statefulsets", "daemonsets", "replicasets"].map((one): Grant => ["apps", one, "create"]),
  ...["jobs", "cronjobs"].map((one): Grant => ["batch", one, "create"]),
];
const entering: Grant[] = [
  ...["pods/exec", "pods/attach", "pods/portforward"].flatMap(one =>
    ["create", "get"].map((verb): Grant => ["", one, verb]),
  ),
  ["", "pods/ephemeralcontainers", "update"],
  ["", "pods/ephemeralcontainers", "patch"],
];
const grant =
  (rule: string, isBroken: boolean) =>
  ([group, resource, verb]: Grant): Case => [
    rule,
    { "/role/properties/rules": [{ apiGroups: [group], resources: [resource], verbs: [verb] }] },
    isBroken,
  ];

/** Sysctl → minor version of Kubernetes since which it is safe. */
const sysctls: Record<string, number> = {
  "kernel.shm_rmid_forced": 0,
  "net.ipv4.ip_local_port_range": 0,
  "net.ipv4.tcp_syncookies": 0,
  "net.ipv4.ping_group_range": 0,
  "net.ipv4.ip_unprivileged_port_start": 0,
  "net.ipv4.ip_local_reserved_ports": 27,
  "net.ipv4.tcp_keepalive_time": 29,
  "net.ipv4.tcp_fin_timeout": 29,
  "net.ipv4.tcp_keepalive_intvl": 29,
  "net.ipv4.tcp_keepalive_probes": 29,
  "net.ipv4.tcp_rmem": 32,
  "net.ipv4.tcp_wmem": 32,
  "net.ipv4.tcp_slow_start_after_idle": 37,
  "net.ipv4.tcp_notsent_lowat": 37,
};
const at = (minor: number) => ({ podSecurityVersion: `v1.${minor}` });
const annotated = (name: string, value: unknown) => ({ [`${pod}/metadata/annotations`]: { [name]: value } });
const oldSeccomp = "seccomp.security.alpha.kubernetes.io/pod";
const egress = (cidr: unknown, except?: unknown) => ({
  "/deny/properties/spec/egress": [{ to: [{ ipBlock: { cidr, except } }] }],
});
const solver = (labels: Record<string, string>) => ({ "/service/properties/spec/selector": labels });
const volumeOf = (path: string) => ({ [`${pod}/spec/volumes/1`]: { name: "v", hostPath: { path } } });
const statefulTypes = [
  ...[
    "dynamodb/table:Table",
    "ebs/volume:Volume",
    "efs/fileSystem:FileSystem",
    "elasticache/replicationGroup:ReplicationGroup",
  ],
  ...["kms/key:Key", "rds/cluster:Cluster", "rds/instance:Instance", "s3/bucket:Bucket", "s3/bucketV2:BucketV2"],
];

/** Facts that rules hold as lists and limits, said once more: by hand, from the documents that the rules name. */
/** A volume of the cluster, and whether it is a directory of a node. */
const persistentVolumes: [object, boolean][] = [
  [{ hostPath: { path: "/data" } }, true],
  [{ hostPath: {} }, true],
  [{ hostPath: null }, false],
  [{ local: { path: "/mnt/disk" } }, false],
  [{ csi: { driver: "example.com", volumeHandle: "v" } }, false],
];

const provenance: [reference: unknown, isBroken: boolean][] = [
  ["nginx", true],
  ["nginx:1.27", true],
  ["nginx@sha256:0123", true],
  ["nginx@", true],
  [`nginx@${digest}`, false],
  [`nginx:1@sha512:${"0".repeat(128)}`, false],
  ["registry.example.com/web", false],
  ["registry.example.com/web:1.0", true],
  ["built:1", false],
  ["also:2", false],
  ["pulled:1", true],
  [5, false],
];
const builds = {
  "/buildkit": { type: "docker-build:index:Image", properties: { tags: ["built:1", "also:2"] } },
  "/remote": { type: "docker:index/remoteImage:RemoteImage", properties: { name: "pulled:1", imageName: "pulled:1" } },
};

export const cases: readonly Case[] = [
  ...dockerCases,
  ...imageCases,
  ...podCases,
  ...rightsCases,
  ...stackCases,
  ...persistentVolumes.map(
    ([spec, isBroken]): Case => [
      "k8s-host-path",
      { "/x": kubernetes("core/v1", "PersistentVolume", { spec }) },
      isBroken,
    ],
  ),
  ["k8s-host-path", { "/x": kubernetes("core/v1", "PersistentVolumeClaim", { spec: { hostPath: {} } }) }, false],
  ...each(["hostPath", "local"], source => [
    "k8s-runtime-socket",
    { "/x": kubernetes("core/v1", "PersistentVolume", { spec: { [source]: { path: "/var/run/docker.sock" } } }) },
    true,
  ]),
  [
    "k8s-runtime-socket",
    { "/x": kubernetes("core/v1", "PersistentVolume", { spec: { local: { path: "/mnt/disks/ssd1" } } }) },
    false,
  ],
  [
    "k8s-host-namespaces",
    { "/x": kubernetes("argoproj.io/v1alpha1", "Rollout", { spec: { template: { spec: { hostPID: true } } } }) },
    true,
  ],
  [
    "k8s-host-path",
    { "/x": kubernetes("core/v1", "PersistentVolume", { spec: { hostPath: {} } }) },
    true,
    { podSecurityLevel: "privileged" },
  ],
  ...provenance.map(
    ([reference, isBroken]): Case => ["k8s-image-provenance", { ...builds, [`${first}/image`]: reference }, isBroken],
  ),
  ...removedApis.flatMap(([version, kinds, minor]) =>
    kinds
      .split(" ")
      .map(
        (kind): Case => [
          "k8s-deprecated-api",
          { "/x": kubernetes(version, kind) },
          true,
          {},
          `Kubernetes 1.${minor} removed`,
        ],
      ),
  ),
  ...servedApis.map(([version, kind]): Case => ["k8s-deprecated-api", { "/x": kubernetes(version, kind) }, false]),
  ...Object.entries(namespacedKinds).flatMap(([version, kinds]) =>
    each(kinds, kind => ["k8s-namespace", { "/x": kubernetes(version, kind, { metadata: { name: "x" } }) }, true]),
  ),
  ...clusterKinds.map(
    ([version, kind]): Case => [
      "k8s-namespace",
      { "/x": kubernetes(version, kind, { metadata: { name: "x" } }) },
      false,
    ],
  ),
  ...each(
    ["Service/kubernetes", "Endpoints/kubernetes", "ServiceAccount/default", "ConfigMap/kube-root-ca.crt"],
    one => {
      const [kind = "", name] = one.split("/");
      return [
        "k8s-namespace",
        { "/x": kubernetes("core/v1", kind, { metadata: { name, namespace: "default" } }) },
        false,
      ];
    },
  ),
  [
    "k8s-namespace",
    {
      "/x": kubernetes("discovery.k8s.io/v1", "EndpointSlice", {
        metadata: { name: "kubernetes", namespace: "default" },
      }),
    },
    false,
  ],
  ["k8s-namespace", { "/settings/properties/metadata/namespace": "" }, true],

  ...escalating.map(grant("rbac-escalation", true)),
  grant("rbac-escalation", false)(["rbac.authorization.k8s.io", "roles", "get"]),
  grant("rbac-escalation", false)(["apps", "roles", "create"]),
  ...podMaking.map(grant("rbac-pod-create", true)),
  grant("rbac-pod-create", false)(["apps", "deployments", "update"]),
  ...entering.map(grant("rbac-pod-exec", true)),
  ...["get", "list", "watch"].map(verb => grant("rbac-secrets", true)(["", "secrets", verb])),
  grant("rbac-secrets", false)(["", "secrets", "create"]),
  ["rbac-anonymous", { "/binding/properties/subjects/0/name": "system:anonymous" }, true],
  ["rbac-anonymous", { "/binding/properties/subjects/0/name": "system:authenticated" }, false],
  ...each(["system:discovery", "system:basic-user"], role => [
    "rbac-anonymous",
    { "/binding/properties/subjects/0/name": "system:unauthenticated", "/binding/properties/roleRef/name": role },
    false,
  ]),

  ...Object.entries(sysctls).flatMap(([name, since]): Case[] => {
    const edits = { [`${pod}/spec/securityContext/sysctls`]: [{ name, value: "1" }] };
    return [
      ["k8s-sysctls", edits, false, at(since)],
      ...(since === 0 ? [] : ([["k8s-sysctls", edits, true, at(since - 1)]] as Case[])),
    ];
  }),
  ...each(["runtime/default", "docker/default", "localhost/x.json"], value => [
    "k8s-seccomp",
    annotated(oldSeccomp, value),
    false,
    at(18),
  ]),
  ...each(["unconfined", "", null, "x/localhost/", 7], value => [
    "k8s-seccomp",
    annotated(oldSeccomp, value),
    true,
    at(18),
  ]),
  ["k8s-seccomp", annotated(oldSeccomp, "unconfined"), false, at(19)],
  ["k8s-seccomp", annotated("container.seccomp.security.alpha.kubernetes.io/web", "unconfined"), true, at(18)],
  ["k8s-seccomp", { [`${pod}/spec/securityContext/seccompProfile`]: undefined }, false, at(18)],
  ["k8s-seccomp", { [`${pod}/spec/securityContext/seccompProfile`]: undefined }, true, at(19)],
  ["k8s-capabilities", { [`${first}/securityContext/capabilities`]: {} }, false, at(21)],
  ["k8s-capabilities", { [`${first}/securityContext/capabilities`]: {} }, true, at(22)],
  ["k8s-host-probes", { [`${first}/startupProbe`]: { httpGet: { host: "10.0.0.1" } } }, true, at(34)],
  ["k8s-host-probes", { [`${first}/startupProbe`]: { httpGet: { host: "10.0.0.1" } } }, false, at(33)],
  ["k8s-run-as-user", { [`${pod}/spec/securityContext/runAsUser`]: 0 }, true, at(23)],
  ["k8s-run-as-user", { [`${pod}/spec/securityContext/runAsUser`]: 0 }, false, at(22)],
  ["k8s-privilege-escalation", { [`${first}/securityContext/allowPrivilegeEscalation`]: true }, true, at(8)],
  ["k8s-privilege-escalation", { [`${first}/securityContext/allowPrivilegeEscalation`]: true }, false, at(7)],
  ["k8s-selinux", { [`${pod}/spec/securityContext/seLinuxOptions`]: { type: "container_engine_t" } }, false, at(31)],
  ["k8s-selinux", { [`${pod}/spec/securityContext/seLinuxOptions`]: { type: "container_engine_t" } }, true, at(30)],
  ["k8s-selinux", { [`${pod}/spec/securityContext/seLinuxOptions`]: { type: "", user: "", role: "" } }, false],
  ["k8s-apparmor", { [`${pod}/spec/securityContext/appArmorProfile`]: { type: "RuntimeDefault" } }, false],
  ["k8s-apparmor", annotated("container.apparmor.security.beta.kubernetes.io/web", ""), false],
  ["k8s-volume-types", { [`${pod}/spec/volumes/1`]: { name: "i", image: { reference: "x" } } }, false],
  ...each(
    [
      "containerd/containerd",
      "crio/crio",
      "cri-dockerd",
      "dockershim",
      "k3s/containerd/containerd",
      "podman/podman",
      "docker",
    ],
    name => ["k8s-runtime-socket", volumeOf(`/var/run/${name}.sock`), true],
  ),
  ...each(["/var", "/run", "/var/run/", "/run/k3s/../containerd"], path => [
    "k8s-runtime-socket",
    volumeOf(path),
    true,
  ]),
  ...each(["/var/log", "/runner", "relative", "/run/docker.sock.d"], path => [
    "k8s-runtime-socket",
    volumeOf(path),
    false,
  ]),
  ["k8s-default-sa", { [`${pod}/spec/serviceAccountName`]: "" }, true],
  ["k8s-image-tag", { [`${first}/image`]: "web:" }, true],
  ["k8s-image-pull-policy", { [`${first}/image`]: "web:1", [`${first}/imagePullPolicy`]: "Always" }, false],
  ["k8s-image-registry", { [`${first}/image`]: "k8s.gcr.io.example.com/x:1" }, false],
  ...each([{ kind: "Job" }, { kind: "CronJob" }], ({ kind }) => {
    const template = { spec: { containers: [{ name: "x" }] } };
    const spec = kind === "Job" ? { template } : { jobTemplate: { spec: { template } } };
    return ["k8s-probes", { "/x": kubernetes("batch/v1", kind, { spec }) }, false];
  }),
  ...each(["Never", "OnFailure"], restartPolicy => [
    "k8s-probes",
    { "/x": kubernetes("core/v1", "Pod", { spec: { restartPolicy, containers: [{}] } }) },
    false,
  ]),
  ["k8s-probes", { "/x": kubernetes("core/v1", "Pod", { spec: { containers: [{}] } }) }, true],
  ...each(["grpc", "tcpSocket", "exec"], way => ["k8s-probes", { [`${first}/livenessProbe`]: { [way]: {} } }, false]),
  ...each(["k8s-resources", "k8s-resource-bounds"], rule => [
    rule,
    { [`${pod}/spec/ephemeralContainers`]: [{ name: "debug" }] },
    false,
  ]),
  ["k8s-resources", { [`${first}/resources/limits/cpu`]: 0 }, true],
  ["k8s-resources", { [`${first}/resources/limits/cpu`]: 1 }, false],
  ["k8s-resource-bounds", { [`${first}/resources/limits/memory`]: "128Mi" }, false],
  ["k8s-resource-bounds", { [`${first}/resources/limits/memory`]: "129Mi" }, true],
  ["k8s-resource-bounds", { [`${first}/resources/limits/cpu`]: "1" }, false],
  ["k8s-resource-bounds", { [`${first}/resources/limits/cpu`]: "1001m" }, true],
  ["k8s-resource-bounds", { [`${first}/resources/limits/cpu`]: "much" }, false],
  ...each(["k8s-spread", "k8s-pdb"], rule => {
    const spec = { replicas: 2, template: { metadata: { labels: { app: "x" } }, spec: { containers: [] } } };
    return [rule, { "/x": kubernetes("apps/v1", "StatefulSet", { spec }) }, true];
  }),
  ...each(["k8s-spread", "k8s-pdb"], rule => {
    const spec = { template: { metadata: { labels: { app: "x" } }, spec: { containers: [] } } };
    return [rule, { "/x": kubernetes("apps/v1", "DaemonSet", { spec }) }, false];
  }),
  ...each([0, "0", "0%"], maxUnavailable => [
    "k8s-pdb",
    { "/budget/properties/spec/maxUnavailable": maxUnavailable },
    true,
  ]),
  ...each<[unknown, boolean]>(
    [
      [1, false],
      [2, true],
      ["50%", false],
      ["51%", true],
      ["many", false],
    ],
    ([minAvailable, isBroken]) => [
      "k8s-pdb",
      { "/budget/properties/spec/maxUnavailable": undefined, "/budget/properties/spec/minAvailable": minAvailable },
      isBroken,
    ],
  ),

  ...each<[unknown, unknown, boolean]>(
    [
      ["169.254.169.254/32", undefined, true],
      ["169.254.169.253/32", undefined, false],
      ["169.254.0.0/16", undefined, true],
      ["169.254.168.0/23", undefined, true],
      ["169.254.170.0/23", undefined, false],
      ["0.0.0.0/0", ["169.254.169.254/32"], false],
      ["0.0.0.0/0", ["169.254.169.253/32"], true],
      ["0.0.0.0", undefined, false],
      ["0.0.0.256/8", undefined, false],
      ["0.0.0/8", undefined, false],
      ["0.0.0.0/33", undefined, false],
      ["169.254.169.254/x", undefined, false],
      // What is no range is everybody where it says so.
      ["0.0.0.256/0", undefined, true],
      ["::/0", undefined, true],
      ["::/0", ["fc00::/7"], false],
      ["::/0", ["fd00:ec2::/32"], true],
      ["fd00:ec2::254/128", undefined, true],
      ["fd20:ce::/32", undefined, true],
      ["2000::/3", undefined, false],
      ["0.0.0.0/0", ["169.254.0.0/16", "fc00::/7"], false],
    ],
    ([cidr, except, isBroken]) => ["k8s-netpol-open", egress(cidr, except), isBroken],
  ),
  ["k8s-netpol-open", { "/deny/properties/spec/ingress": [{ from: [{ podSelector: {} }] }] }, false],
  ["k8s-netpol-missing", { "/deny/properties/spec/policyTypes": undefined }, true],
  // Kubernetes adds Egress to what is not said where there is a rule for it.
  ["k8s-netpol-missing", { "/deny/properties/spec/policyTypes": undefined, "/deny/properties/spec/egress": [] }, true],
  ["k8s-netpol-missing", { "/deny/properties/spec/policyTypes": [], "/deny/properties/spec/egress": [{}] }, false],
  [
    "k8s-netpol-missing",
    {
      "/x": kubernetes("core/v1", "PodTemplate", {
        template: { spec: {} },
        metadata: { name: "x", namespace: "other" },
      }),
    },
    false,
  ],
  ["k8s-netpol-missing", { "/deny/properties/spec/podSelector": { matchLabels: { app: "other" } } }, true],
  ...each(["kube-system", "kube-public", "kube-node-lease", "default"], name => [
    "k8s-psa-label",
    { "/x": kubernetes("core/v1", "Namespace", { metadata: { name } }) },
    false,
  ]),
  ["k8s-psa-label", { "/namespace/properties/metadata/labels/pod-security.kubernetes.io~1enforce": "baseline" }, true],
  ...each(["acme.cert-manager.io/x", "cnpg.io/cluster", "k8s.mariadb.com/x", "operator.prometheus.io/name"], label => [
    "k8s-dangling",
    solver({ app: "x", [label]: "y" }),
    false,
  ]),
  ["k8s-dangling", solver({ app: "x" }), true],
  ["k8s-dangling", { "/service/properties/spec/selector": {} }, false],
  ["k8s-dangling", { "/service/properties/spec/ports/0/targetPort": "8080" }, false],
  [
    "k8s-dangling",
    { "/deny/properties/spec/podSelector": { matchExpressions: [{ key: "app", operator: "Exists" }] } },
    true,
  ],
  [
    "k8s-dangling",
    { "/deny/properties/spec/podSelector": { matchExpressions: [{ key: "cnpg.io/cluster", operator: "Exists" }] } },
    false,
  ],
  ["k8s-dangling", { "/deny/properties/spec/podSelector": { matchLabels: { "cnpg.io/cluster": "x" } } }, false],
  ...each(["core/v1:ReplicationController", "apps.openshift.io/v1:DeploymentConfig"], one => {
    const spec = { selector: { app: "x" }, template: { metadata: { labels: { app: "y" } } } };
    return [
      "k8s-dangling",
      {
        "/x": {
          ...kubernetes("", ""),
          type: `kubernetes:${one}`,
          properties: { metadata: { namespace: "shop" }, spec },
        },
      },
      true,
    ];
  }),
  ...each(["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"], kind => {
    const spec = { rules: [{ backendRefs: [{ name: "nowhere", port: 80 }] }] };
    return ["k8s-dangling", { "/x": kubernetes("gateway.networking.k8s.io/v1", kind, { spec }) }, true];
  }),
  ...each(["k8s-dangling", "k8s-ingress-host", "k8s-ingress-tls"], rule => {
    const spec = {
      rules: [{ host: "*.example.com", http: { paths: [{ backend: { serviceName: "nowhere", servicePort: 80 } }] } }],
    };
    return [rule, { "/x": kubernetes("extensions/v1beta1", "Ingress", { spec }) }, true];
  }),
  [
    "k8s-ingress-snippets",
    {
      "/x": kubernetes("extensions/v1beta1", "Ingress", {
        metadata: { annotations: { "nginx.org/server-snippets": "x" } },
      }),
    },
    true,
  ],
  ...each<[string, boolean]>(
    [
      ["*.example.com", false],
      ["*.www.example.com", true],
      ["www.example.com.evil.org", true],
      ["example.com", true],
    ],
    ([host, isBroken]) => [
      "k8s-ingress-tls",
      { "/ingress/properties/spec/tls/0/hosts": [host, "other.example.org"] },
      isBroken,
    ],
  ),
  ["k8s-ingress-tls", { "/ingress/properties/spec/tls": [{ hosts: ["x.org"] }, { secretName: "any" }] }, false],

  ...each(["pidMode", "ipcMode", "usernsMode", "networkMode"], name => container(name, "host", true)),
  ...each(["/", "/run", "/var/run/", "/run/podman/podman.sock"], source =>
    container("mounts", [{ type: "bind", source }], true),
  ),
  container("mounts", [{ type: "volume", source: "/" }], false),
  ...each(["", "0.0.0.0", "::", null], ip => container("ports", [{ internal: 80, ip }], true)),
  ...each(["root", "0", "root:x", ":1", undefined], user => container("user", user, true)),
  container("memory", 0, true),
  container(
    "capabilities",
    { drops: ["NET_RAW", "CAP_ALL"], adds: ["NET_BIND_SERVICE", "CAP_NET_BIND_SERVICE"] },
    false,
  ),
  container("capabilities", { drops: ["NET_RAW"] }, true),
  container("securityOpts", ["label=x", "no-new-privileges"], false),
  container("securityOpts", ["label=x"], true),
  container("image", digest, false),
  dockerfile("FROM scratch", false),
  dockerfile("ARG BASE\nFROM $BASE", false),
  dockerfile(`FROM --platform=linux/amd64 node@${digest} AS build\nFROM build`, false),
  dockerfile("FROM node:22", true),
  ...each<[string, string, string]>(
    [
      ["docker:index/remoteImage:RemoteImage", "build", "buildArg"],
      ["docker:index/registryImage:RegistryImage", "build", "buildArgs"],
    ],
    ([type, build, list]) => [
      "docker-image",
      { "/x": { type, properties: { name: "x", [build]: { [list]: { PASSWORD: "x" } } } } },
      true,
    ],
  ),
  ["docker-image", { "/x": { type: "docker-build:index:Image", properties: { buildArgs: { PASSWORD: "x" } } } }, true],
  [
    "docker-image",
    { "/x": { type: "docker:index/remoteImage:RemoteImage", properties: { name: `x@${digest}` } } },
    false,
  ],

  ...each([...statefulTypes.map(type => `aws:${type}`), "docker:index/volume:Volume"], type => [
    "pulumi-protect-stateful",
    { "/x": { type, properties: {}, options: { protect: false } } },
    true,
  ]),
  ["pulumi-protect-stateful", { "/x": { type: "aws:rds/instance:Instance", properties: {} } }, false],
  ["pulumi-default-provider", { "/web/provider/name": "default" }, true],
  ["pulumi-default-provider", { "/web/provider/name": "defaults" }, false],
  [
    "pulumi-default-provider",
    {
      "/x": {
        type: "pulumi:pulumi:StackReference",
        properties: {},
        provider: { urn: "u", type: "pulumi:providers:pulumi", name: "default", properties: {} },
      },
    },
    false,
  ],
  [
    "pulumi-secret-unmarked",
    { "/x": { type: "aws:rds/instance:Instance", properties: { nested: [{ password: "horse" }] } } },
    true,
  ],
  ["pulumi-secret-unmarked", { "/settings/properties/data": { password: "horse" } }, false],
  ["pulumi-secret-unmarked", { "/credentials/properties/data": { token: "aG9yc2U=" } }, true],
  ["pulumi-secret-unmarked", { "/x": { type: "pulumi:pulumi:Stack", properties: { password: "horse" } } }, false],
];
