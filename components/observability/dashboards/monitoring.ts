import type { Dashboard } from "./dashboard";

/** The pipeline itself: what watches the watchers. */
export const monitoring: Dashboard = {
  uid: "bulkhead-monitoring",
  title: "Monitoring",
  description: "Whether metrics, logs and alerts get to where somebody sees them.",
  folder: "platform",
  sections: [
    {
      title: "Metrics",
      panels: [
        {
          title: "Series",
          description: "Series that are alive in Prometheus; its memory follows them.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: "prometheus_tsdb_head_series", legend: "{{instance}}" }],
        },
        {
          title: "Samples",
          description: "Samples a second that are stored.",
          kind: "timeseries",
          unit: "ops",
          queries: [
            {
              expr: "sum by (instance) (rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))",
              legend: "{{instance}}",
            },
          ],
        },
        {
          title: "Space in use",
          description: "Of what Prometheus keeps its metrics below; then the oldest go.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                "100 * (prometheus_tsdb_storage_blocks_bytes + prometheus_tsdb_wal_storage_size_bytes)" +
                " / (prometheus_tsdb_retention_limit_bytes > 0)",
              legend: "{{instance}}",
            },
          ],
          limit: { alert: "MetricsStorageFull", threshold: "usedPercent", when: "above" },
        },
        {
          title: "Largest targets",
          description: "Samples of one reading; the ten targets with most of them.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: "topk(10, scrape_samples_scraped)", legend: "{{job}} {{instance}}" }],
        },
        {
          title: "Slowest targets",
          description: "Time that one reading takes; the ten slowest targets.",
          kind: "timeseries",
          unit: "s",
          queries: [{ expr: "topk(10, scrape_duration_seconds)", legend: "{{job}} {{instance}}" }],
        },
        {
          title: "Readings thrown away",
          description: "Because a target sent too many samples, in ten minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: "increase(prometheus_target_scrapes_exceeded_sample_limit_total[10m])",
              legend: "{{instance}}",
            },
          ],
          limit: { alert: "TooManySamples", threshold: "scrapes", when: "above" },
        },
      ],
    },
    {
      title: "Alerts",
      panels: [
        {
          title: "Rules that fail",
          description: "Evaluations that ended in an error, in ten minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: "increase(prometheus_rule_evaluation_failures_total[10m])", legend: "{{rule_group}}" }],
          limit: { alert: "RulesFailing", threshold: "failures", when: "above" },
        },
        {
          title: "Alerts that do not reach Alertmanager",
          description: "Share of those that Prometheus sends.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                "100 * rate(prometheus_notifications_errors_total[5m])" +
                " / (rate(prometheus_notifications_sent_total[5m]) > 0)",
              legend: "{{alertmanager}}",
            },
          ],
          limit: { alert: "AlertsNotSent", threshold: "lostPercent", when: "above" },
        },
        {
          title: "Messages that fail",
          description: "Share of Alertmanager's messages, by the way that they go.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                "100 * sum by (integration) (rate(alertmanager_notifications_failed_total[5m]))" +
                " / (sum by (integration) (rate(alertmanager_notifications_total[5m])) > 0)",
              legend: "{{integration}}",
            },
          ],
          limit: { alert: "NotificationsFailing", threshold: "failedPercent", when: "above" },
        },
      ],
    },
    {
      title: "Logs and telemetry",
      panels: [
        {
          title: "Queues to the log store",
          description: "Share of each collector's queue that is filled; at 100 % it stops reading.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: "100 * otelcol_exporter_queue_size / otelcol_exporter_queue_capacity",
              legend: "{{component}} {{instance}} {{exporter}}",
            },
          ],
          limit: { alert: "TelemetryNotDelivered", threshold: "queuePercent", when: "above" },
        },
        {
          title: "Lines thrown away",
          description: "By Loki, in ten minutes, and why.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: "sum by (reason) (increase(loki_discarded_samples_total[10m]))", legend: "{{reason}}" }],
          limit: { alert: "LogsDiscarded", threshold: "lines", when: "above" },
        },
        {
          title: "Lines not stored",
          description: "Attempts to write chunks of lines to volume or bucket that failed, in ten minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: "sum by (component) (increase(loki_ingester_chunks_flush_failures_total[10m]))",
              legend: "{{component}}",
            },
          ],
          limit: { alert: "LogsNotStored", threshold: "failures", when: "above" },
        },
        {
          title: "Errors of the log store",
          description: "Share of the requests to Loki that end in an error, by route.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                '100 * sum by (route) (rate(loki_request_duration_seconds_count{status_code=~"5.."}[5m]))' +
                " / sum by (route) (rate(loki_request_duration_seconds_count[5m]))",
              legend: "{{route}}",
            },
          ],
          limit: { alert: "LogStoreFailing", threshold: "errorPercent", when: "above" },
        },
        {
          title: "Lines stored",
          description: "Lines a second that Loki takes.",
          kind: "timeseries",
          unit: "ops",
          queries: [
            {
              expr: "sum by (component) (rate(loki_distributor_lines_received_total[$__rate_interval]))",
              legend: "{{component}}",
            },
          ],
        },
      ],
    },
  ],
};
