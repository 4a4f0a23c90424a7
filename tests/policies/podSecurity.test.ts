import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { readConfig, rules } from "../../policies/findings.js";
import { judgeWith } from "../../policies/judge.js";
import { requireProgram } from "../support/programs.js";
import { without } from "../support/smaller.js";

type Json = Record<string, unknown>;
interface Case {
  level: "baseline" | "restricted";
  version: string;
  pod: Json;
}

/** Pods in one run. */
const count = 20_000;

/** What Kubernetes calls the reasons that its checks refuse a pod for, and our rule. */
const ruleOf: Record<string, string> = {
  "allowPrivilegeEscalation != false": "k8s-privilege-escalation",
  "forbidden AppArmor profile": "k8s-apparmor",
  "forbidden AppArmor profiles": "k8s-apparmor",
  "forbidden sysctls": "k8s-sysctls",
  "host namespaces": "k8s-host-namespaces",
  "hostPath volumes": "k8s-host-path",
  "non-default capabilities": "k8s-capabilities",
  "probe or lifecycle host": "k8s-host-probes",
  "restricted volume types": "k8s-volume-types",
  "runAsNonRoot != true": "k8s-run-as-non-root",
  "runAsUser=0": "k8s-run-as-user",
  "unrestricted capabilities": "k8s-capabilities",
  hostPort: "k8s-host-ports",
  hostProcess: "k8s-windows-hostprocess",
  privileged: "k8s-privileged",
  procMount: "k8s-proc-mount",
  seLinuxOptions: "k8s-selinux",
  seccompProfile: "k8s-seccomp",
};
const podSecurityRules = rules.filter(rule => rule.scope === "pod" && rule.podSecurity !== undefined);

const { constantFrom: one } = fc;
/** An object with any of these members, each of them sometimes null. */
function some(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Json> {
  const nullable = Object.entries(members).map(([name, value]) => [name, fc.option(value, { freq: 20 })] as const);
  return fc.record(Object.fromEntries(nullable), { requiredKeys: [] });
}
const flagged = fc.boolean();
const profile = some({ type: one("RuntimeDefault", "Localhost", "Unconfined", "", "Other") });
const seLinux = some({
  type: one("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t"),
  user: one("", "system_u"),
  role: one("", "sysadm_r"),
  level: one("s0"),
});
const shared = {
  appArmorProfile: profile,
  runAsNonRoot: flagged,
  runAsUser: one(0, 1, 10001),
  seLinuxOptions: seLinux,
  seccompProfile: profile,
  windowsOptions: some({ hostProcess: flagged }),
};
const capability = one(
  ...[
    "ALL",
    "NET_BIND_SERVICE",
    "CHOWN",
    "NET_RAW",
    "SYS_ADMIN",
    "all",
    "CAP_CHOWN",
    "",
    "CAP_ALL",
    "net_bind_service",
  ],
  ...["AUDIT_WRITE", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "SETFCAP", "SETGID", "SETPCAP", "SETUID"],
  ...["SYS_CHROOT", "BPF", "SYS_PTRACE"],
);
const containerContext = some({
  ...shared,
  allowPrivilegeEscalation: one(false, false, true),
  capabilities: some({ add: fc.array(capability, { maxLength: 2 }), drop: fc.array(capability, { maxLength: 2 }) }),
  privileged: one(false, false, true),
  procMount: one("Default", "Unmasked", ""),
  readOnlyRootFilesystem: flagged,
});
const handler = some({
  httpGet: some({ host: one("", "10.0.0.1"), port: one(80) }),
  tcpSocket: some({ host: one("", "localhost"), port: one(80) }),
  exec: some({ command: fc.constant(["true"]) }),
});
const names = one("a", "b", "c");
const container = some({
  name: names,
  image: one("pause"),
  lifecycle: some({ postStart: handler, preStop: handler }),
  livenessProbe: handler,
  ports: fc.array(some({ containerPort: one(80), hostPort: one(0, 0, 8080) }), { maxLength: 2 }),
  readinessProbe: handler,
  securityContext: containerContext,
  startupProbe: handler,
});
/** One that passes `restricted`, so that a single fault decides. */
const goodContainer = fc.record({
  name: names,
  securityContext: fc.record({
    allowPrivilegeEscalation: fc.constant(false),
    capabilities: fc.constant({ drop: ["ALL"] }),
    runAsNonRoot: fc.constant(true),
    seccompProfile: fc.constant({ type: "RuntimeDefault" }),
  }),
});
const containers = fc.array(fc.oneof({ weight: 3, arbitrary: goodContainer }, container, fc.constant(null)), {
  maxLength: 3,
});
const sources = {
  configMap: some({ name: one("x") }),
  csi: some({ driver: one("x") }),
  emptyDir: some({ sizeLimit: one("1Mi") }),
  ephemeral: fc.constant({}),
  hostPath: some({ path: one("/", "/var/log") }),
  image: some({ reference: one("x") }),
  nfs: some({ server: one("x"), path: one("/") }),
  projected: fc.constant({}),
  secret: some({ secretName: one("x") }),
  gitRepo: some({ repository: one("x") }),
  downwardAPI: fc.constant({ items: [] }),
  persistentVolumeClaim: some({ claimName: one("x") }),
  iscsi: some({ targetPortal: one("x") }),
  azureFile: some({ secretName: one("x") }),
  glusterfs: some({ path: one("x") }),
};
const volume = fc.oneof(
  ...Object.entries(sources).map(([source, value]) => fc.record({ name: names, [source]: value })),
  some({ name: names, ...sources }),
);
const annotations = some({
  "container.apparmor.security.beta.kubernetes.io/a": one("", "runtime/default", "localhost/x", "unconfined"),
  "seccomp.security.alpha.kubernetes.io/pod": one("runtime/default", "docker/default", "localhost/x", "unconfined", ""),
  "container.seccomp.security.alpha.kubernetes.io/a": one("runtime/default", "unconfined"),
  "container.seccomp.security.alpha.kubernetes.io/b": one("docker/default", "localhost/", "localhost", ""),
  "container.apparmor.security.beta.kubernetes.io/": one("runtime/default", "unconfined", "localhost"),
  "example.com/other": one("unconfined"),
});
const sysctl = some({
  name: one(
    ...["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies"],
    ...["net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports"],
    ...["net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"],
    ...["net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"],
    ...["net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat", "kernel.msgmax", "", "net/ipv4/tcp_rmem"],
  ),
  value: one("1"),
});
/** Mostly null and absent: a type that the API server would refuse, it refuses before any policy. */
const wrong = one<unknown>(7, "x", [], {}, true);
const spec = some({
  containers,
  ephemeralContainers: containers,
  hostIPC: one(false, false, false, true),
  hostNetwork: one(false, false, false, true),
  hostPID: one(false, false, false, true),
  hostUsers: flagged,
  initContainers: containers,
  os: some({ name: one("windows", "linux", "") }),
  securityContext: some({ ...shared, sysctls: fc.array(sysctl, { maxLength: 2 }) }),
  volumes: fc.array(volume, { maxLength: 2 }),
});
const pods = fc.oneof(
  { weight: 19, arbitrary: some({ metadata: some({ annotations }), spec }) },
  some({
    metadata: some({ annotations: wrong }),
    spec: some({ containers: wrong, hostPID: wrong, volumes: wrong, securityContext: wrong }),
  }),
);
const cases: fc.Arbitrary<Case> = fc.record({
  level: one("baseline", "restricted"),
  version: fc.oneof(
    fc.constant("latest"),
    fc.integer({ min: 0, max: 40 }).map(minor => `v1.${minor}`),
  ),
  pod: pods,
});

const wrap: Record<string, (pod: Json) => Json> = {
  "core/v1:Pod": pod => pod,
  "core/v1:PodTemplate": template => ({ template }),
  "core/v1:ReplicationController": template => ({ spec: { template } }),
  "apps/v1:Deployment": template => ({ spec: { template } }),
  "apps/v1:StatefulSet": template => ({ spec: { template } }),
  "apps/v1:DaemonSet": template => ({ spec: { template } }),
  "apps/v1:ReplicaSet": template => ({ spec: { template } }),
  "batch/v1:Job": template => ({ spec: { template } }),
  "batch/v1:CronJob": template => ({ spec: { jobTemplate: { spec: { template } } } }),
};
const kinds = Object.keys(wrap);

/** Our rules that refuse the pod, in the kind of this number. */
function ours({ level, version, pod }: Case, index: number): string[] {
  const kind = kinds[index % kinds.length] ?? "";
  const resource = { urn: "urn:x", name: "x", type: `kubernetes:${kind}`, properties: wrap[kind]?.(pod) ?? {} };
  const configured = readConfig({ bulkhead: { podSecurityLevel: level, podSecurityVersion: version } }, rules);
  const found = judgeWith({ rules, configured, run: podSecurityRules, now: new Date() }, [resource]);
  assert.ok(found.every(({ verdict }) => verdict === "violation"));
  // Under `restricted` Kubernetes says the same of a hostPath volume by its check of volume types only.
  return [...new Set(found.map(({ rule }) => rule))]
    .filter(rule => level === "baseline" || rule !== "k8s-host-path")
    .sort();
}

describe("the Pod Security rules", () => {
  let oracle: string;

  before(function () {
    oracle = requireProgram(this, "psa-oracle");
  });

  /** Kubernetes' verdicts, as our rules' ids; undefined for a pod that the API server could not read. */
  function theirs(given: readonly Case[]): (string[] | undefined)[] {
    const input = given.map(item => JSON.stringify(item)).join("\n");
    const { stdout, status, stderr } = spawnSync(oracle, { input, encoding: "utf8", maxBuffer: 2 ** 30 });
    assert.equal(status, 0, stderr);
    const verdicts = stdout
      .trim()
      .split("\n")
      .map(line => JSON.parse(line) as { reasons: string[] | null; error?: string });
    return verdicts.map(({ reasons, error }) =>
      error === undefined ? [...new Set((reasons ?? []).map(reason => ruleOf[reason] ?? reason))].sort() : undefined,
    );
  }

  /** Whether the two disagree about a pod that can be read. */
  function disagree(given: Case, index: number): boolean {
    const [verdict] = theirs([given]);
    return verdict !== undefined && verdict.join() !== ours(given, index).join();
  }

  /** The smallest part of a pod about which the two disagree: members and elements are left out as long as they still do. */
  function shrunk(given: Case, index: number): Case {
    const smaller = without(given.pod).find(pod => disagree({ ...given, pod: pod as Json }, index));
    return smaller === undefined ? given : shrunk({ ...given, pod: smaller as Json }, index);
  }

  it(`give the verdicts of Kubernetes' own evaluator for ${count} generated pods, of every kind and at every version`, function () {
    this.timeout(900_000);
    const given = fc.sample(cases, count);
    const verdicts = theirs(given);
    const at = given.findIndex(
      (item, index) => verdicts[index] !== undefined && verdicts[index].join() !== ours(item, index).join(),
    );
    const found = given[at];
    if (found !== undefined) {
      const small = shrunk(found, at);
      assert.deepEqual(
        ours(small, at),
        theirs([small])[0],
        `${kinds[at % kinds.length] ?? ""} ${JSON.stringify(small)}`,
      );
    }
    const read = verdicts.filter(verdict => verdict !== undefined);
    assert.ok(read.length > count * 0.9, `${read.length} pods could be read`);
    // A generator that makes nothing but bad pods, or good ones, would show little.
    const admitted = read.filter(verdict => verdict.length === 0).length;
    assert.ok(admitted > count * 0.02 && admitted < count * 0.9, `${admitted} pods were admitted`);
    assert.deepEqual([...new Set(read.flat())].sort(), [...new Set(Object.values(ruleOf))].sort());
  });
});
