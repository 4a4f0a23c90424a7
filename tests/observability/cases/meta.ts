import { always, type Case, counter, gauge } from "../support/ruleTests";

const p = '{instance="p1"}';
const labels = { instance: "p1" };

/** Most of it comes in every fourth minute; in five it is always the same. What is divided by it has a window of its own. */
const uneven = (perMinute: number) => (minute: number) => perMinute * (minute % 4 === 0 ? 2.8 : 0.4);

export const metaCases: readonly Case[] = [
  {
    alert: "Watchdog",
    series: [],
    labels: {},
    says: "This alert always fires. When it stops, the dead man's switch outside raises the alarm.",
  },
  {
    alert: "RulesFailing",
    series: [counter('prometheus_rule_evaluation_failures_total{instance="p1",rule_group="system"}', 1, 0, 0)],
    labels: { ...labels, rule_group: "system" },
    says: "10 evaluations failed in ten minutes; their alerts are blind.",
    firesAfter: 6,
    quietAfter: 9,
  },
  {
    alert: "AlertsNotSent",
    series: [
      counter(`prometheus_notifications_errors_total${p}`, 1.05, 1, 0),
      always(`prometheus_notifications_sent_total${p}`, uneven(100), "counter"),
    ],
    labels,
    says: "1 % of its alerts do not arrive.",
    firesAfter: 15,
    quietAfter: 1,
  },
  {
    alert: "NotificationsFailing",
    series: [
      counter(
        'alertmanager_notifications_failed_total{instance="a",integration="slack",reason="clientError"}',
        0.7,
        0.5,
        0,
      ),
      counter(
        'alertmanager_notifications_failed_total{instance="a",integration="slack",reason="other"}',
        0.35,
        0.45,
        0,
      ),
      always('alertmanager_notifications_total{instance="a",integration="slack"}', uneven(60), "counter"),
      always('alertmanager_notifications_total{instance="b",integration="slack"}', uneven(40), "counter"),
    ],
    labels: { integration: "slack" },
    says: "1 % of its messages fail.",
    firesAfter: 15,
    quietAfter: 1,
  },
  {
    alert: "MetricsStorageFull",
    series: [
      gauge(`prometheus_tsdb_storage_blocks_bytes${p}`, 90, 89, 40),
      always(`prometheus_tsdb_wal_storage_size_bytes${p}`, 6),
      always(`prometheus_tsdb_retention_limit_bytes${p}`, 100),
    ],
    labels,
    says: "96 % of the space for metrics is used: the oldest go first.",
  },
  {
    alert: "TooManySamples",
    series: [counter(`prometheus_target_scrapes_exceeded_sample_limit_total${p}`, 0.15, 0.08, 0)],
    labels,
    says: "1 readings were thrown away in ten minutes.",
    firesAfter: 17,
    quietAfter: 3,
  },
  {
    alert: "TelemetryNotDelivered",
    series: [
      gauge('otelcol_exporter_queue_size{component="logs",exporter="otlp_http/loki"}', 81, 80, 0),
      always('otelcol_exporter_queue_capacity{component="logs",exporter="otlp_http/loki"}', 100),
    ],
    labels: { component: "logs", exporter: "otlp_http/loki" },
    says: "Its queue is 81 % full; when it is full, reading stops.",
  },
  {
    alert: "LogsDiscarded",
    series: ["a", "b"].map(tenant =>
      counter(`loki_discarded_samples_total{reason="rate_limited",tenant="${tenant}"}`, 0.6, 0.5, 0),
    ),
    labels: { reason: "rate_limited" },
    says: "12 lines in ten minutes.",
    firesAfter: 19,
    quietAfter: 2,
  },
  {
    alert: "LogsNotStored",
    series: ["a", "b"].map(instance =>
      counter(
        `loki_ingester_chunks_flush_failures_total{component="telemetry-loki",instance="${instance}"}`,
        0.3,
        0.25,
        0,
      ),
    ),
    labels: { component: "telemetry-loki" },
    says: "It failed 6 times in ten minutes.",
    firesAfter: 19,
    quietAfter: 2,
  },
  {
    alert: "LogStoreFailing",
    series: [
      counter('loki_request_duration_seconds_count{route="otlp_v1_logs",method="POST",status_code="500"}', 2.7, 2.5, 0),
      counter('loki_request_duration_seconds_count{route="otlp_v1_logs",method="POST",status_code="503"}', 2.6, 2.5, 0),
      counter(
        'loki_request_duration_seconds_count{route="otlp_v1_logs",method="POST",status_code="204"}',
        uneven(94.7),
        uneven(96),
        uneven(100),
      ),
    ],
    labels: { route: "otlp_v1_logs" },
    says: "5 % of the requests end in an error.",
    firesAfter: 15,
    quietAfter: 1,
  },
];

export const availabilityCases: readonly Case[] = [
  {
    alert: "TargetDown",
    series: [gauge('up{job="api",component="api",namespace="app",instance="1.2.3.4:8443"}', 0, 1, 1)],
    labels: { job: "api", component: "api", namespace: "app", instance: "1.2.3.4:8443" },
    says: "1.2.3.4:8443 has not given its metrics for three minutes.",
  },
];
