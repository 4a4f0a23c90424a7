import { stringify } from "yaml";
import { manifestsDir } from "../src/deployment.js";
import { until } from "../src/kubectl.js";
import type { Lab } from "../src/lab.js";
import { declaredObjects, readManifest } from "../src/manifests.js";
import { type Container, isReady, type Pod, type Volume } from "../src/objects.js";
import { bytesOf } from "../src/quantity.js";
import { type Figures, promise, promiseNone, type Stage } from "./stage.js";

/**
 * Looks at a container from inside. One fact a line: ids of all processes, the first one's capabilities, seccomp mode and privileges, what
 * can be written, whether there is an API token, and the memory limit (cgroup version 2, then 1).
 */
const look = `
for status in /proc/[0-9]*/status; do sed -n 's/^Uid:/uid/p' "$status" 2>/dev/null; done
sed -n 's/^\\(Cap[A-Za-z]*\\|Seccomp\\|NoNewPrivs\\):/\\1/p' /proc/1/status
find / -xdev -type d -writable 2>/dev/null | sed 's/^/rootfs /'
(: > /bulkhead-check) 2>/dev/null && echo 'rootfs /' && rm -f /bulkhead-check
while read -r _ path type options _; do
  echo "mount $path"
  case $type in proc|sysfs|cgroup*|devpts|mqueue) continue ;; esac
  [ ! -c "$path" ] || continue # /dev/null over what is hidden
  if [ -d "$path" ]; then
    (: > "$path/.bulkhead-check") 2>/dev/null && rm -f "$path/.bulkhead-check" && echo "writable $path"
  elif [ -w "$path" ]; then echo "writable $path"; fi
done < /proc/mounts
[ ! -e /var/run/secrets/kubernetes.io/serviceaccount/token ] || echo token
cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | sed 's/^/memory /'
`;

/** What the container runtime gives every container, of at most 64 MiB and a few lines. */
const runtimeOwn = ["/dev/shm", "/dev/termination-log"];

/** What a container may that others may not, and why it must: by component and container. */
const allowed: Record<string, { token?: true; below?: string }> = {
  // These ask the API server or their kubelet; their Roles name what.
  "observability-cluster/observability-cluster": { token: true },
  "observability-containers/observability-containers": { token: true },
  // It follows the node's mounts as they come and go, which Kubernetes does not combine with read-only mounts below a read-only one.
  "observability-node/observability-node": { below: "/host/root/" },
};

interface Place {
  pod: Pod;
  container: Container;
  /** `api/api`: component and container. */
  title: string;
}

const runs = ({ status }: Pod, { name }: Container): boolean =>
  [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].some(
    each => each.name === name && each.state.running !== undefined,
  );

async function places({ kubectl, namespaces }: Lab): Promise<Place[]> {
  const pods = await kubectl.list<Pod>(["pods", "--all-namespaces", "--selector", "bulkhead.dev/stack"]);
  return pods
    .filter(({ metadata }) => Object.values(namespaces).includes(metadata.namespace ?? ""))
    .flatMap(pod =>
      [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
        .filter(container => runs(pod, container))
        .map(container => ({
          pod,
          container,
          title: `${pod.metadata.labels?.["app.kubernetes.io/instance"] ?? pod.metadata.name}/${container.name}`,
        })),
    );
}

const isBounded = (volume: Volume | undefined): boolean =>
  volume?.persistentVolumeClaim !== undefined || volume?.emptyDir?.sizeLimit !== undefined;

/** Everything that is not as promised in one container. */
function faultsOf({ pod, container, title }: Place, lines: readonly string[]): string[] {
  const may = allowed[title] ?? {};
  const facts = (word: string): string[] =>
    lines
      .filter(line => line.startsWith(`${word}\t`) || line.startsWith(`${word} `))
      .map(line => line.slice(word.length).trim());
  const faults: string[] = [];
  const users = facts("uid").flatMap(ids => ids.split(/\s+/));
  if (users.length === 0) faults.push("shows no process");
  if (users.includes("0")) faults.push("runs as root");
  for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
    const [value = "unknown"] = facts(set);
    if (!/^0+$/.test(value)) faults.push(`has capabilities (${set} ${value})`);
  }
  if (facts("Seccomp")[0] !== "2") faults.push("has no seccomp filter");
  if (facts("NoNewPrivs")[0] !== "1") faults.push("may gain privileges");
  if (lines.includes("token") && may.token !== true) faults.push("has an API token");
  // What is mounted is looked at as such.
  const mounts = facts("mount");
  for (const path of facts("rootfs").filter(path => path === "/" || !mounts.includes(path)))
    faults.push(`can write to ${path}`);
  const volumes = new Map((pod.spec.volumes ?? []).map(volume => [volume.name, volume]));
  for (const path of facts("writable")) {
    const mount = container.volumeMounts?.find(({ mountPath }) => mountPath === path);
    if (runtimeOwn.includes(path) || (may.below !== undefined && path.startsWith(may.below))) continue;
    if (mount !== undefined && isBounded(volumes.get(mount.name))) continue;
    faults.push(`can write to ${path} without a limit`);
  }
  const limit = bytesOf(container.resources.limits?.["memory"] ?? "0");
  if (Number(facts("memory")[0]) !== limit || limit === 0) {
    faults.push(`has a memory limit of ${facts("memory")[0] ?? "nothing"}, declared ${limit}`);
  }
  return faults.map(fault => `${title} ${fault}`);
}

/** An allocation without end, in the container's own group: it must be killed (137 is 128 + SIGKILL), and the pod be Ready after. */
async function allocationFaults({ kubectl }: Lab, { pod, container, title }: Place): Promise<string[]> {
  const { name, namespace = "" } = pod.metadata;
  const command = ["tail", "/dev/zero"];
  const { code } = await kubectl.exec({ namespace, pod: name, container: container.name }, command, {
    timeoutSeconds: 120,
  });
  return code === 137 ? [] : [`${title}: an allocation above its limit ended with ${String(code)}, not killed`];
}

/** A pod hardened like the web's whose first process allocates without end: it is killed for it, and started again. */
async function comesBack({ kubectl, namespaces, deployment }: Lab): Promise<number> {
  const web = declaredObjects(deployment.project).find(({ kind, name }) => kind === "Deployment" && name === "web");
  promise(web !== undefined, "there is no Deployment web");
  const { spec } = readManifest(manifestsDir(deployment.project), web) as {
    spec: { template: { spec: Record<string, unknown> & { containers: Record<string, unknown>[] } } };
  };
  const [first] = spec.template.spec.containers;
  const kept = Object.entries(first ?? {}).filter(([field]) => !/Probe$|^lifecycle$/.test(field));
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "memory-check", namespace: namespaces.app },
    spec: {
      ...spec.template.spec,
      containers: [{ ...Object.fromEntries(kept), command: ["tail", "/dev/zero"], args: [] }],
    },
  };
  await kubectl.run(["create", "--filename", "-"], { input: stringify(pod) });
  try {
    return await until("the pod above its memory limit is killed and started again", 120, async () => {
      const { status } = await kubectl.get<Pod>("pod", "memory-check", namespaces.app);
      const [found] = status.containerStatuses ?? [];
      const reasons = [found?.lastState.terminated?.reason, found?.state.terminated?.reason];
      return reasons.includes("OOMKilled") && (found?.restartCount ?? 0) > 0 && (found?.restartCount ?? 0);
    });
  } finally {
    await kubectl.run(["delete", "pod", "memory-check", "--namespace", namespaces.app, "--grace-period=1"]);
  }
}

async function run(lab: Lab): Promise<Figures> {
  const { kubectl } = lab;
  const all = await places(lab);
  promise(all.length > 0, "no container runs");
  const faults: string[] = [];
  for (const place of all) {
    const { name, namespace = "" } = place.pod.metadata;
    const at = { namespace, pod: name, container: place.container.name };
    const outcome = await kubectl.exec(at, ["sh", "-c", look]);
    faults.push(...faultsOf(place, outcome.stdout.split("\n")));
  }
  promiseNone(faults, "not hardened");
  for (const place of all) faults.push(...(await allocationFaults(lab, place)));
  promiseNone(faults, "memory limits");
  const restarts = await comesBack(lab);
  await until("every pod Ready after the allocations", 180, async () => {
    const pods = (await places(lab)).map(({ pod }) => pod);
    return pods.every(isReady);
  });
  return {
    containers: all.map(({ title }) => title),
    exceptions: Object.keys(allowed).filter(title => all.some(place => place.title === title)),
    killedAboveLimit: all.length,
    restartsOfFirstProcess: restarts,
  };
}

export const stage: Stage = {
  id: 2,
  title: "every container runs unprivileged, cannot write to its root, and is held to its memory limit",
  run,
};
