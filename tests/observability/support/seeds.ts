import { alertGroups } from "../../../components/observability/alerts/index";
import { type Emitter, emitters, type Metric, metrics } from "../../../components/observability/metrics";
import { metricsOf } from "../../../components/observability/promql";

/** Values of labels that expressions tell apart; any other label has two. */
const values: Record<string, readonly string[]> = {
  http_response_status_code: ["200", "401", "403", "429", "500"],
  le: ["0.1", "1", "10", "+Inf"],
  condition: ["Ready", "MemoryPressure", "Progressing", "False"],
  status: ["true", "false"],
  phase: ["Running", "Pending", "connect"],
  reason: ["CrashLoopBackOff"],
  type: ["hard", "used"],
  mode: ["idle", "user"],
  device: ["sda"],
  fstype: ["ext4"],
  mountpoint: ["/", "/var/lib/data"],
  state: ["active", "idle"],
  datname: ["flowmarine"],
  command: ["select", "insert"],
  maxmemory_policy: ["noeviction"],
  vessel_class: ["under_way", "moored"],
  severity: ["critical"],
  alertstate: ["firing"],
  alertname: ["TargetDown"],
  status_code: ["200", "500", "STATUS_CODE_OK", "STATUS_CODE_ERROR"],
  enforcement_action: ["deny"],
  event: ["pod_exec", "secret_read"],
  user: ["somebody"],
  action: ["blocked", "passed"],
  priority: ["3"],
};
const valuesOf = (label: string) => values[label] ?? [`${label}-1`, `${label}-2`];

/** Labels that Prometheus gives every series of a target. A metric's own win, as with kube-state-metrics. */
const ofTarget = (app: string): Record<string, string> => ({
  job: `${app}-job`,
  instance: "10.0.0.1:9100",
  namespace: "flowmarine",
  component: `${app}-1`,
  app,
});

/** Every combination of the labels' values. */
function series(labels: readonly string[]): Record<string, string>[] {
  return labels.reduce<Record<string, string>[]>(
    (made, label) => made.flatMap(each => valuesOf(label).map(value => ({ ...each, [label]: value }))),
    [{}],
  );
}

/** A value by which shares, ages and differences are numbers: a time is an hour ago, a maximum is above what is used. */
function valueAt(
  name: string,
  { type, unit }: Metric,
  labels: Record<string, string>,
  now: number,
  step: number,
): number {
  if (type !== "gauge") return step * (labels["le"] === undefined ? 3 : valuesOf("le").indexOf(labels["le"]) + 1);
  if (name.endsWith("_delivered")) return 0;
  if (/expir/.test(name)) return now + 3600;
  if (unit === "s" && /timestamp|_time_seconds|_time$|created|not_before/.test(name)) return now - 3600;
  if (/max|hard|limit|capacity|size_bytes|MemTotal|files$/.test(name)) return 1000;
  return labels["le"] === undefined ? 1 : 2;
}

const written = (name: string, labels: Record<string, string>) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(",")}}`;

/**
 * Every metric of the catalogue as its emitter would give it, with the labels that the catalogue says, minute by minute: in OpenMetrics' text,
 * for promtool to make a database of. Recorded values are there too.
 *
 * @param end Unix time of the last sample
 */
export function openMetrics(end: number, minutes = 90): string {
  const lines: string[] = [];
  const add = (name: string, metric: Metric, labels: Record<string, string>) => {
    for (let step = 0; step <= minutes; step++) {
      const at = end - (minutes - step) * 60;
      lines.push(`${written(name, labels)} ${valueAt(name, metric, labels, at, step)} ${at}`);
    }
  };
  for (const [name, metric] of Object.entries(metrics)) {
    const { app = "none" }: Emitter = emitters[metric.emitter];
    for (const labels of series(metric.labels)) add(name, metric, { ...ofTarget(app), ...labels });
  }
  for (const { record, expr } of alertGroups.flatMap(({ recordings = [] }) => recordings)) {
    const by = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(/,\s*/) ?? [];
    const [source] = metricsOf(expr);
    if (source === undefined) throw new Error(`${record} is recorded of nothing`);
    for (const labels of series(by)) add(record, { type: "gauge", unit: "1", labels: by, emitter: "app" }, labels);
  }
  return `${lines.join("\n")}\n# EOF\n`;
}
