import type { Edits } from "../../../policies/rule.js";
import type { Case } from "./case.js";

const pod = "/web/properties/spec/template";
const first = `${pod}/spec/containers/0`;
const context = `${first}/securityContext`;
const annotated = (name: string, value: unknown): Edits => ({ [`${pod}/metadata/annotations`]: { [name]: value } });
const volume = (path: string): Edits => ({ [`${pod}/spec/volumes/1`]: { name: "v", hostPath: { path } } });
const variable = (name: string, value: unknown): Edits => ({ [`${first}/env`]: [{ name, value }] });

/** Names are those of the kernel, in capitals and without a prefix: others are none that the runtime knows by this field. */
const capabilities: [added: unknown, dropped: unknown, isBroken: boolean][] = [
  [["NET_BIND_SERVICE"], ["ALL"], false],
  [["CAP_NET_BIND_SERVICE"], ["ALL"], true],
  [["net_bind_service"], ["ALL"], true],
  [["NET_BIND_SERVICE", "NET_RAW"], ["ALL"], true],
  [["ALL"], ["ALL"], true],
  [null, ["NET_RAW", "ALL"], false],
  [[], ["all"], true],
  [[], ["CAP_ALL"], true],
  [[], [], true],
  [[], null, true],
];
const baselineCapabilities: [added: string, isBroken: boolean][] = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP"].map(
    (name): [string, boolean] => [name, false],
  ),
  ...["SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"].map((name): [string, boolean] => [name, false]),
  ...["NET_RAW", "SYS_ADMIN", "SYS_PTRACE", "BPF", "chown", "CAP_CHOWN"].map((name): [string, boolean] => [name, true]),
];

/** Amounts as Kubernetes reads them; what is none it refuses itself. */
const limits: [amount: unknown, isBroken: boolean][] = [
  ["0.5", false],
  [".5", false],
  ["1e3", false],
  ["1E", false],
  ["0.5Gi", false],
  ["100n", false],
  [1, false],
  ["0", true],
  ["0m", true],
  ["0.000", true],
  ["0e3", true],
  ["+0", true],
  ["0Gi", true],
  [0, true],
  ["", true],
  [null, true],
];
const cpu: [request: unknown, limit: unknown, isBroken: boolean][] = [
  ["30m", "300m", false],
  ["0.07", "0.7", false],
  ["0.1", "1", false],
  ["100m", "1.001", true],
  ["1m", "1", true],
  ["1e-1", "1e0", false],
  ["1e-1", "1.1e0", true],
  ["0", "4", false],
  [null, "4", false],
  ["1e1m", "4", false],
];
const memory: [request: unknown, limit: unknown, isBroken: boolean][] = [
  [67_108_864, "128Mi", false],
  ["64Mi", 134_217_729, true],
  ["0.5Gi", "1Gi", false],
  ["500M", "1G", false],
  ["500M", "1Gi", true],
  ["1Ki", "3k", true],
];

const paths: [path: string, isBroken: boolean][] = [
  ["/", true],
  ["//", true],
  ["/.", true],
  ["/var/./run", true],
  ["/var//run//docker.sock", true],
  ["/run/containerd/containerd.sock/", true],
  ["/run/k0s", true],
  ["/var/snap/microk8s", true],
  ["/run/docker", true],
  ["/run/user/1000/docker.sock", true],
  ["/srv/podman.sock", true],
  ["/run/user/1000", false],
  ["/var/lib/containerd", false],
  ["/srv/docker.sock.bak", false],
  ["/srv/mydocker.sock", false],
  ["/runtime", false],
];

const environment: [name: string, value: unknown, isBroken: boolean][] = [
  ["PASSWORD", "123456", true],
  ["TOKEN", "86400", false],
  ["TOKEN", "3600s", false],
  ["AZURE_BATCH_KEY", "xxxxx", true],
  ["OCI_CLI_KEY_CONTENT", "xxxxx", true],
  ["storageAccountKey", "abc", true],
  ["STORAGE_KEY_FILE", "/run/secrets/storage", false],
  ["KEYBOARD", "qwerty", false],
  ["PASSWORD", undefined, false],
  ["PASSWORD", null, false],
  ["PASSWORD", "", false],
];

const service = (more: object): Edits => ({
  [`${pod}/spec/serviceAccountName`]: undefined,
  ...Object.fromEntries(Object.entries(more).map(([name, value]) => [`${pod}/spec/${name}`, value])),
});

export const podCases: readonly Case[] = [
  ...capabilities.map(
    ([add, drop, isBroken]): Case => ["k8s-capabilities", { [`${context}/capabilities`]: { add, drop } }, isBroken],
  ),
  ...baselineCapabilities.map(
    ([added, isBroken]): Case => [
      "k8s-capabilities",
      { [`${context}/capabilities/add`]: [added] },
      isBroken,
      { podSecurityLevel: "baseline" },
    ],
  ),
  ...limits.map(
    ([amount, isBroken]): Case => ["k8s-resources", { [`${first}/resources/limits/memory`]: amount }, isBroken],
  ),
  // What is left out takes the limit's value; what is said to be nothing stays so.
  ["k8s-resources", { [`${first}/resources/requests/memory`]: undefined }, false],
  ["k8s-resources", { [`${first}/resources/requests/memory`]: null }, true],
  ["k8s-resources", { [`${first}/resources/requests/memory`]: "0" }, true],
  [
    "k8s-resources",
    { [`${first}/resources/requests/memory`]: "0", [`${pod}/spec/resources`]: { requests: { memory: "1Gi" } } },
    false,
  ],
  ["k8s-resources", { [`${first}/resources`]: null }, true],
  ...cpu.map(
    ([request, limit, isBroken]): Case => [
      "k8s-resource-bounds",
      { [`${first}/resources/requests/cpu`]: request, [`${first}/resources/limits/cpu`]: limit },
      isBroken,
    ],
  ),
  ...memory.map(
    ([request, limit, isBroken]): Case => [
      "k8s-resource-bounds",
      { [`${first}/resources/requests/memory`]: request, [`${first}/resources/limits/memory`]: limit },
      isBroken,
    ],
  ),
  [
    "k8s-resource-bounds",
    { [`${first}/resources/requests/cpu`]: undefined, [`${first}/resources/limits/cpu`]: "8" },
    false,
  ],
  [
    "k8s-resource-bounds",
    { [`${first}/resources/requests/cpu`]: "1", [`${first}/resources/limits/cpu`]: undefined },
    false,
  ],
  ...paths.map(([path, isBroken]): Case => ["k8s-runtime-socket", volume(path), isBroken]),
  ...environment.map(([name, value, isBroken]): Case => ["k8s-secret-env-literal", variable(name, value), isBroken]),
  [
    "k8s-secret-env-literal",
    { [`${first}/env`]: [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } }] },
    false,
  ],
  ["k8s-secret-configmap", { "/settings/properties/data": { AZURE_BATCH_KEY: "xxxxx" } }, true],
  ["k8s-default-sa", service({ serviceAccountName: "", serviceAccount: "web" }), false],
  ["k8s-default-sa", service({ serviceAccountName: "", serviceAccount: "default" }), true],
  ["k8s-default-sa", service({ serviceAccountName: "", serviceAccount: "" }), true],
  ["k8s-default-sa", service({ serviceAccountName: null, serviceAccount: null }), true],
  ["k8s-sa-token", { [`${pod}/spec/automountServiceAccountToken`]: null }, true],
  [
    "k8s-sa-token",
    {
      [`${pod}/spec/volumes/1`]: {
        name: "token",
        projected: { sources: [{ serviceAccountToken: { path: "token", expirationSeconds: 600 } }] },
      },
    },
    false,
  ],
  ["k8s-apparmor", { [`${context}/appArmorProfile`]: { type: "Unconfined" } }, true],
  ["k8s-apparmor", { [`${context}/appArmorProfile`]: null }, false],
  ["k8s-apparmor", annotated("container.apparmor.security.beta.kubernetes.io/web", "localhost/web"), false],
  ["k8s-apparmor", annotated("container.apparmor.security.beta.kubernetes.io/web", "Unconfined"), true],
  ["k8s-apparmor", annotated("container.apparmor.security.beta.kubernetes.io", "unconfined"), false],
  ["k8s-seccomp", { [`${context}/seccompProfile`]: { type: "Localhost", localhostProfile: "web.json" } }, false],
  ["k8s-seccomp", { [`${pod}/spec/securityContext/seccompProfile`]: null }, true],
  ["k8s-run-as-group", { [`${pod}/spec/securityContext/supplementalGroups`]: [] }, false],
  ["k8s-run-as-group", { [`${pod}/spec/securityContext/supplementalGroups`]: null }, false],
  ["k8s-run-as-group", { [`${pod}/spec/securityContext/supplementalGroups`]: [0] }, true],
  ["k8s-host-ports", { [`${first}/ports`]: [{ containerPort: 80, hostPort: "8080" }] }, true],
  ["k8s-host-ports", { [`${first}/ports`]: [{ containerPort: 80, hostPort: null }] }, false],
  ["k8s-host-ports", { [`${first}/ports`]: null }, false],
  ["k8s-labels", { [`${pod}/metadata/labels/app.kubernetes.io~1name`]: null }, true],
  ["k8s-probes", { [`${first}/readinessProbe`]: null }, true],
  ["k8s-probes", { [`${first}/readinessProbe`]: { httpGet: null } }, true],
];
