import type { Alert } from "../alerts/alert";
import { application } from "../alerts/application";
import { postgres } from "../alerts/postgres";
import { system } from "../alerts/system";
import { dashboard, type Panel } from "./panel";

/** The limit of an alert, so that a panel turns red where the alert fires. */
function limitOf(alerts: readonly Alert[], alert: string, threshold: string): number {
  const found = alerts.find(({ name }) => name === alert)?.thresholds[threshold];
  if (found === undefined) throw new RangeError(`no threshold ${threshold} of alert ${alert}`);
  return found.value;
}

const requests = "http_server_request_duration_seconds_count";

export const overviewPanels: readonly Panel[] = [
  {
    title: "Alerts that fire",
    description: "Everything somebody has been told, or will be; the watchdog always fires.",
    kind: "table",
    unit: "short",
    queries: [
      {
        expr: 'sum by (alertname, severity, namespace, component) (ALERTS{alertstate="firing",alertname!="Watchdog"})',
        legend: "",
      },
    ],
    width: 12,
  },
  {
    title: "Targets that do not answer",
    description: "Components whose metrics cannot be read.",
    kind: "timeseries",
    unit: "short",
    queries: [{ expr: "count by (namespace, component) (up == 0)", legend: "{{namespace}}/{{component}}" }],
    red: { at: 1, when: "above" },
    width: 12,
  },
  {
    title: "Requests",
    description: "Requests a second that the services answer.",
    kind: "timeseries",
    unit: "reqps",
    queries: [{ expr: `sum by (job) (rate(${requests}[5m]))`, legend: "{{job}}" }],
  },
  {
    title: "Errors",
    description: "Share of the requests that end in an error of the server.",
    kind: "timeseries",
    unit: "percent",
    queries: [
      {
        expr: `100 * sum by (job) (rate(${requests}{http_response_status_code=~"5.."}[5m])) / sum by (job) (rate(${requests}[5m]))`,
        legend: "{{job}}",
      },
    ],
  },
  {
    title: "Slowest hundredth",
    description: "One request in a hundred takes longer.",
    kind: "timeseries",
    unit: "s",
    queries: [
      {
        expr: "histogram_quantile(0.99, sum by (job, le) (rate(http_server_request_duration_seconds_bucket[5m])))",
        legend: "{{job}}",
      },
    ],
    red: { at: limitOf(application.alerts, "LatencyHigh", "p99Seconds"), when: "above" },
  },
  {
    title: "Node memory",
    description: "Memory that is still available.",
    kind: "timeseries",
    unit: "percent",
    queries: [{ expr: "100 * node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", legend: "{{instance}}" }],
    red: { at: limitOf(system.alerts, "MemoryLow", "freePercent"), when: "below" },
  },
  {
    title: "Node CPU pressure",
    description: "Share of the time in which something waited for a processor.",
    kind: "timeseries",
    unit: "percent",
    queries: [{ expr: "100 * rate(node_pressure_cpu_waiting_seconds_total[5m])", legend: "{{instance}}" }],
    red: { at: limitOf(system.alerts, "CpuSaturated", "waitingPercent"), when: "above" },
  },
  {
    title: "Disk space",
    description: "Space that is free, by file system.",
    kind: "timeseries",
    unit: "percent",
    queries: [
      { expr: "100 * node_filesystem_avail_bytes / node_filesystem_size_bytes", legend: "{{instance}} {{mountpoint}}" },
    ],
    red: { at: limitOf(system.alerts, "FilesystemSpaceLow", "freePercent"), when: "below" },
  },
  {
    title: "Database sessions",
    description: "Sessions in use, of those that PostgreSQL allows.",
    kind: "timeseries",
    unit: "percent",
    queries: [
      {
        expr:
          "100 * sum by (namespace, component) (pg_stat_activity_count)" +
          " / max by (namespace, component) (pg_settings_max_connections)",
        legend: "{{component}}",
      },
    ],
    red: { at: limitOf(postgres.alerts, "PostgresConnectionsHigh", "usedPercent"), when: "above" },
  },
  {
    title: "Edge connections",
    description: "Open connections of nginx.",
    kind: "timeseries",
    unit: "short",
    queries: [{ expr: "sum by (component) (nginx_connections_active)", legend: "{{component}}" }],
  },
  {
    title: "Queues",
    description: "How long the oldest job has waited.",
    kind: "timeseries",
    unit: "s",
    queries: [{ expr: "max by (job, queue) (flowmarine_queue_oldest_job_age_seconds)", legend: "{{queue}}" }],
    red: { at: limitOf(application.alerts, "QueueStuck", "oldestSeconds"), when: "above" },
  },
  {
    title: "Metrics not stored",
    description: "Readings thrown away because a target sent too many.",
    kind: "timeseries",
    unit: "short",
    queries: [{ expr: "increase(prometheus_target_scrapes_exceeded_sample_limit_total[10m])", legend: "{{instance}}" }],
  },
  {
    title: "Errors in the logs",
    description: "Lines that the programs themselves call errors.",
    kind: "logs",
    unit: "short",
    queries: [
      { expr: '{k8s_namespace_name=~".+"} | severity_text=~"(?i)err(or)?|fatal|crit(ical)?|panic"', legend: "" },
    ],
    width: 24,
  },
];

/** The system at a glance. */
export const overview = dashboard("bulkhead-overview", "System overview", overviewPanels);
