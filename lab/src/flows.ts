import { workloadOf } from "./podTemplates.js";
import { type NetworkPolicy, reachability, titleOfFlow } from "./reachability.js";

/** Where the system is asked for its pages, as users do, unless its certificate is public: then at its public address, which is no pod's. */
const asked = "flowmarine/edge:8443";
const isPublic = ({ kind, spec }: Record<string, unknown>): boolean =>
  kind === "Issuer" && typeof spec === "object" && spec !== null && "acme" in spec;

/** What FlowMarine needs, written without looking at its policies: who asks, and whom at which port. */
export const needed: Record<string, readonly string[]> = {
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
  // Alerts on logs.
  "flowmarine-monitoring/telemetry-loki": ["flowmarine-monitoring/observability-alerts:9093"],
  "flowmarine-monitoring/observability-probes": [asked],
  "flowmarine-node/observability-logs": ["flowmarine-monitoring/telemetry-loki:3100"],
  "flowmarine-monitoring/observability-metrics": [
    "flowmarine/api:8443",
    "flowmarine/edge:9113",
    "flowmarine/web:9113",
    "flowmarine/worker:9464",
    "flowmarine-data/cache:9121",
    "flowmarine-data/database:9187",
    "flowmarine-monitoring/observability-alerts:9093",
    "flowmarine-monitoring/observability-cluster:8443",
    "flowmarine-monitoring/observability-containers:8889",
    "flowmarine-monitoring/observability-grafana:3000",
    "flowmarine-monitoring/observability-probes:9115",
    "flowmarine-monitoring/telemetry:8889",
    "flowmarine-monitoring/telemetry-loki:3100",
    "flowmarine-node/observability-logs:8889",
    "flowmarine-node/observability-node:9100",
  ],
  "flowmarine-monitoring/observability-grafana": [
    "flowmarine-monitoring/observability-alerts:9093",
    "flowmarine-monitoring/observability-metrics:9090",
    "flowmarine-monitoring/telemetry-loki:3100",
  ],
};

/** Jobs have a suffix that changes with their contents. */
const plain = (title: string): string => title.replace(/-[0-9a-f]{8}(?= |$)/, "");

export interface Flows {
  pods: number;
  policies: number;
  /** `flowmarine/edge → flowmarine/api:8443`, every pair and port that policies let through. */
  open: string[];
  forbidden: string[];
  /** What is open and not needed, or needed and not open. */
  faults: string[];
}

/** The flows among the pods of declared objects, against what is needed. */
export function flowsOf(objects: readonly Record<string, unknown>[]): Flows {
  const policies = objects.filter(({ kind }) => kind === "NetworkPolicy") as unknown as NetworkPolicy[];
  const workloads = objects.flatMap(object => workloadOf(object, policies));
  const flows = reachability(workloads, policies);
  const titles = (list: typeof flows): string[] => list.map(flow => plain(titleOfFlow(flow))).sort();
  const open = titles(flows.filter(({ isOpen }) => isOpen));

  const names = new Set(workloads.map(({ namespace, name }) => plain(`${namespace}/${name}`)));
  const askedPublicly = objects.some(isPublic);
  const expected = Object.entries(needed).flatMap(([from, targets]) =>
    targets
      .filter(target => !(askedPublicly && from.endsWith("/observability-probes") && target === asked))
      .filter(target => names.has(from) && names.has(target.replace(/:\d+$/, "")))
      .map(target => `${from} → ${target}`),
  );
  return {
    pods: workloads.length,
    policies: policies.length,
    open,
    forbidden: titles(flows.filter(({ isOpen }) => !isOpen)),
    faults: [
      ...open.filter(title => !expected.includes(title)).map(title => `${title} is open, and not needed`),
      ...expected.filter(title => !open.includes(title)).map(title => `${title} is needed, and not open`),
    ],
  };
}

/** What the policies open within the system, against what the program tells other teams. */
export function otherThanOutput(
  open: readonly string[],
  network: Readonly<Record<string, readonly string[]>>,
): string[] {
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
