import { manifestsDir, networkOutput } from "../src/deployment.js";
import type { Lab } from "../src/lab.js";
import { declaredObjects, readManifest } from "../src/manifests.js";
import { type NetworkPolicy, reachability, titleOfFlow } from "../src/reachability.js";
import { workloadOf } from "../src/workloads.js";
import { type Figures, promise, promiseNone, type Stage } from "./stage.js";

/** What FlowMarine needs, written without looking at its policies: who asks, and whom at which port. */
const needed: Record<string, readonly string[]> = {
  "flowmarine/edge": ["flowmarine/api:8443", "flowmarine/web:8443"],
  "flowmarine/api": [
    "flowmarine-data/database:5432",
    "flowmarine-data/cache:6379",
    "flowmarine-monitoring/telemetry:4318",
  ],
  // The migration is the API's image with its environment.
  "flowmarine/api-migrate": [
    "flowmarine-data/database:5432",
    "flowmarine-data/cache:6379",
    "flowmarine-monitoring/telemetry:4318",
  ],
  "flowmarine/worker": [
    "flowmarine-data/database:5432",
    "flowmarine-data/cache:6379",
    "flowmarine-monitoring/telemetry:4318",
  ],
  "flowmarine/prune": ["flowmarine-data/database:5432"],
  "flowmarine-monitoring/telemetry": ["flowmarine-monitoring/telemetry-loki:3100"],
  "flowmarine-node/observability-logs": ["flowmarine-monitoring/telemetry-loki:3100"],
  "flowmarine-monitoring/observability-metrics": [
    "flowmarine/api:8443",
    "flowmarine/edge:9113",
    "flowmarine/worker:9464",
    "flowmarine-data/cache:9121",
    "flowmarine-data/database:9187",
    "flowmarine-monitoring/observability-alerts:9093",
    "flowmarine-monitoring/observability-cluster:8443",
    "flowmarine-monitoring/telemetry:8889",
    "flowmarine-monitoring/telemetry-loki:3100",
    "flowmarine-node/observability-logs:8889",
    "flowmarine-node/observability-node:9100",
  ],
  "flowmarine-monitoring/observability-grafana": [
    "flowmarine-monitoring/observability-metrics:9090",
    "flowmarine-monitoring/telemetry-loki:3100",
  ],
};

/** Jobs have a suffix that changes with their contents. */
const plain = (title: string): string => title.replace(/-[0-9a-f]{8}(?= |$)/, "");

function run({ deployment }: Lab): Figures {
  const folder = manifestsDir(deployment.project);
  const objects = declaredObjects(deployment.project).map(object => readManifest(folder, object));
  const policies = objects.filter(({ kind }) => kind === "NetworkPolicy") as unknown as NetworkPolicy[];
  const workloads = objects.flatMap(object => workloadOf(object, policies));
  promise(workloads.length > 0 && policies.length > 0, "there are no pods or no NetworkPolicies");
  const flows = reachability(workloads, policies);
  const titles = (list: typeof flows): string[] => list.map(flow => plain(titleOfFlow(flow))).sort();
  const open = titles(flows.filter(({ isOpen }) => isOpen));
  const forbidden = titles(flows.filter(({ isOpen }) => !isOpen));

  const names = new Set(workloads.map(({ namespace, name }) => plain(`${namespace}/${name}`)));
  const expected = Object.entries(needed).flatMap(([from, targets]) =>
    targets
      .filter(target => names.has(from) && names.has(target.replace(/:\d+$/, "")))
      .map(target => `${from} → ${target}`),
  );
  promiseNone(
    open.filter(title => !expected.includes(title)),
    "open, and not needed",
  );
  promiseNone(
    expected.filter(title => !open.includes(title)),
    "needed, and not open",
  );
  promiseNone(otherThanOutput(open, networkOutput(deployment.project)), "the stack output `network` differs");
  return { pods: workloads.length, policies: policies.length, open, forbidden };
}

/** What the policies open within the system, against what the program tells other teams. */
function otherThanOutput(open: readonly string[], network: Readonly<Record<string, readonly string[]>>): string[] {
  const nameOf = (title: string): string => title.replace(/^.*\//, "").replace(/:\d+$/, "");
  return Object.entries(network).flatMap(([name, told]) => {
    const reached = open
      .filter(title => title.startsWith(`flowmarine/${name} → `))
      .map(title => nameOf(title.split(" → ")[1] ?? ""));
    const missing = reached.filter(each => !told.includes(each)).map(each => `${name} reaches ${each}, not told`);
    // Solver pods exist only while a certificate is proved.
    const extra = told.filter(each => each !== `${name}-acme-solver` && !reached.includes(each));
    return [...missing, ...extra.map(each => `${name} does not reach ${each}`)];
  });
}

export const stage: Stage = {
  id: 9,
  title: "pods reach exactly what FlowMarine needs, computed for every pair and port",
  run: lab => Promise.resolve().then(() => run(lab)),
};
