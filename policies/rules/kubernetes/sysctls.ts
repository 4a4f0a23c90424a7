import { literal } from "../../admissionCel.js";
import { flag, podRule } from "../../rule.js";

/** Sysctls that concern only the pod, and the minor version of Kubernetes that declared each of them safe. */
const safeSinceMinor = new Map<unknown, number>([
  ["kernel.shm_rmid_forced", 0],
  ["net.ipv4.ip_local_port_range", 0],
  ["net.ipv4.tcp_syncookies", 0],
  ["net.ipv4.ping_group_range", 0],
  ["net.ipv4.ip_unprivileged_port_start", 0],
  ["net.ipv4.ip_local_reserved_ports", 27],
  ["net.ipv4.tcp_keepalive_time", 29],
  ["net.ipv4.tcp_fin_timeout", 29],
  ["net.ipv4.tcp_keepalive_intvl", 29],
  ["net.ipv4.tcp_keepalive_probes", 29],
  ["net.ipv4.tcp_rmem", 32],
  ["net.ipv4.tcp_wmem", 32],
  ["net.ipv4.tcp_slow_start_after_idle", 37],
  ["net.ipv4.tcp_notsent_lowat", 37],
]);

function isSafe(name: unknown, minor: number): boolean {
  const since = safeSinceMinor.get(name);
  return since !== undefined && since <= minor;
}

/** CRI-O once took what follows a + in a value for another sysctl, of the node (CVE-2022-0811). */
function smugglesSysctl(value: unknown): boolean {
  return typeof value === "string" && /[+=]/.test(value);
}

export const sysctls = podRule({
  id: "k8s-sysctls",
  title: "Pods set only sysctls that concern themselves",
  why: "Most kernel settings are the node's: one pod changes them for all, or takes memory that nobody counts.",
  severity: "medium",
  level: "mandatory",
  docs: "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/",
  remediation: "Remove the sysctl, or set it on the nodes.",
  reads: ["spec.securityContext.sysctls[*].{name,value}"],
  podSecurity: "baseline",

  check: ({ spec }, { standard }) =>
    spec
      .at("securityContext", "sysctls")
      .items()
      .flatMap(sysctl => {
        const name = sysctl.at("name");
        const isUnsafe = (value: unknown) => !isSafe(value, standard.minor);
        const value = sysctl.at("value");
        return [
          ...flag(name, isUnsafe, `the pod must not set the sysctl ${name.shown}`),
          ...flag(value, smugglesSysctl, `the value of the sysctl ${name.shown} must not hold + or =`),
        ];
      }),

  admission: {
    of: "pods",
    problems: ({ standard }) => {
      const safe = [...safeSinceMinor].filter(([, since]) => since <= standard.minor).map(([name]) => String(name));
      return `variables.spec.?securityContext.?sysctls.orValue([])
        .filter(s, !(s.name in ${literal(safe)}) || s.value.matches("[+=]"))
        .map(s, "the pod must not set the sysctl " + s.name)`;
    },
  },

  examples: {
    pass: { "a safe one": { "/spec/securityContext/sysctls": [{ name: "net.ipv4.tcp_keepalive_time", value: "60" }] } },
    fail: {
      "another sysctl hidden in a value": {
        "/spec/securityContext/sysctls": [{ name: "kernel.shm_rmid_forced", value: "1+kernel.core_pattern=|/evil" }],
      },
      "one of the node": { "/spec/securityContext/sysctls": [{ name: "kernel.msgmax", value: "65536" }] },
    },
  },
});
