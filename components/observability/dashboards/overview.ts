import type { Dashboard } from "./dashboard";

const requests = "http_server_request_duration_seconds_count";

/** The system at a glance: what somebody looks at first, whatever is wrong. */
export const overview: Dashboard = {
  uid: "bulkhead-overview",
  title: "System overview",
  description: "Is it up, is it fast, is it full: one panel of each part, and every alert that fires.",
  folder: "platform",
  sections: [
    {
      title: "What is wrong",
      panels: [
        {
          title: "Alerts that fire",
          description:
            "What fires of the alerts on metrics; the watchdog always does and is not shown. Those on logs are under Alerting: Alertmanager has both.",
          kind: "table",
          unit: "short",
          queries: [
            {
              expr: 'sum by (alertname, severity, namespace, component) (ALERTS{alertstate="firing",alertname!="Watchdog"})',
              legend: "",
            },
          ],
          alerts: ["Watchdog"],
          width: 12,
        },
        {
          title: "Targets that do not answer",
          description: "Components whose metrics cannot be read. None is the normal state.",
          kind: "timeseries",
          unit: "short",
          queries: [
            { expr: "count by (namespace, component) (up == 0) or vector(0)", legend: "{{namespace}}/{{component}}" },
          ],
          alerts: ["TargetDown", "TargetAbsent"],
          width: 12,
        },
      ],
    },
    {
      title: "What users see",
      panels: [
        {
          title: "Public addresses",
          description: "Whether each checked address answers as it should.",
          kind: "state",
          unit: "short",
          queries: [{ expr: "min by (probe) (probe_success)", legend: "{{probe}}" }],
          width: 24,
        },
        {
          title: "Requests",
          description: "Requests a second that the services answer.",
          kind: "timeseries",
          unit: "reqps",
          queries: [{ expr: `sum by (job) (rate(${requests}[$__rate_interval]))`, legend: "{{job}}" }],
        },
        {
          title: "Errors",
          description: "Share of the requests that end in an error of the server.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                `100 * (sum by (job) (rate(${requests}{http_response_status_code=~"5.."}[5m])) or 0 * sum by (job) (rate(${requests}[5m])))` +
                ` / sum by (job) (rate(${requests}[5m]))`,
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
          limit: { alert: "LatencyHigh", threshold: "p99Seconds", when: "above" },
        },
      ],
    },
    {
      title: "What it runs on",
      panels: [
        {
          title: "Node memory",
          description: "Memory that is still available.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            { expr: "100 * node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", legend: "{{instance}}" },
          ],
          limit: { alert: "MemoryLow", threshold: "freePercent", when: "below" },
        },
        {
          title: "Disk space",
          description: "Space that is free on the fullest file system of each node.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: "min by (instance) (100 * node_filesystem_avail_bytes / node_filesystem_size_bytes)",
              legend: "{{instance}}",
            },
          ],
          limit: { alert: "FilesystemSpaceLow", threshold: "freePercent", when: "below" },
        },
        {
          title: "Volumes",
          description: "Share of each volume that is used, as the kubelet sees it.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: "100 * kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes",
              legend: "{{namespace}}/{{persistentvolumeclaim}}",
            },
          ],
        },
        {
          title: "PostgreSQL sessions",
          description: "Sessions in use, of those that the server allows.",
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
          limit: { alert: "PostgresConnectionsHigh", threshold: "usedPercent", when: "above" },
        },
        {
          title: "MariaDB sessions",
          description: "Sessions in use, of those that the server allows.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: "100 * mysql_global_status_threads_connected / mysql_global_variables_max_connections",
              legend: "{{component}}",
            },
          ],
          limit: { alert: "MariaDbConnectionsHigh", threshold: "usedPercent", when: "above" },
        },
        {
          title: "Cache memory",
          description: "Memory in use, of what the store may use.",
          kind: "timeseries",
          unit: "percent",
          queries: [{ expr: "100 * redis_memory_used_bytes / (redis_memory_max_bytes > 0)", legend: "{{component}}" }],
        },
      ],
    },
    {
      title: "What the programs say",
      panels: [
        {
          title: "Errors in the logs",
          description: "Lines that the programs themselves call errors.",
          kind: "logs",
          unit: "short",
          queries: [
            {
              expr: '{k8s_namespace_name=~".+"} | severity_text=~"(?i)err(or)?|fatal|crit(ical)?|panic|emerg(ency)?"',
              legend: "",
            },
          ],
          width: 24,
        },
      ],
    },
  ],
};
