import { type Case, each, kubernetes } from "./case.js";

const pod = "/web/properties/spec/template";
const first = `${pod}/spec/containers/0`;

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

export const podSecurityCases: readonly Case[] = [
  [
    "k8s-host-namespaces",
    { "/x": kubernetes("argoproj.io/v1alpha1", "Rollout", { spec: { template: { spec: { hostPID: true } } } }) },
    true,
  ],
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
  ...[30, 31].flatMap(minor =>
    [`${pod}/spec/securityContext`, `${first}/securityContext`].flatMap(context => [
      ...each(["container_t", "container_init_t", "container_kvm_t"], type => [
        "k8s-selinux",
        { [`${context}/seLinuxOptions`]: { type } },
        false,
        at(minor),
      ]),
      ...each(["spc_t", "container_t_x", "x_container_t"], type => [
        "k8s-selinux",
        { [`${context}/seLinuxOptions`]: { type } },
        true,
        at(minor),
      ]),
    ]),
  ),
  ["k8s-apparmor", { [`${pod}/spec/securityContext/appArmorProfile`]: { type: "RuntimeDefault" } }, false],
  ["k8s-apparmor", annotated("container.apparmor.security.beta.kubernetes.io/web", ""), false],
  ["k8s-volume-types", { [`${pod}/spec/volumes/1`]: { name: "i", image: { reference: "x" } } }, false],
  [
    "k8s-privileged",
    {
      "/x": {
        type: "kubernetes:security.openshift.io/v1:SecurityContextConstraints",
        properties: { allowPrivilegedContainer: true },
      },
    },
    true,
  ],
  [
    "k8s-privileged",
    {
      "/x": {
        type: "kubernetes:security.openshift.io/v1:SecurityContextConstraints",
        properties: { allowPrivilegedContainer: false },
      },
    },
    false,
  ],
];
