import { type AlertGroup, count, percent } from "./alert";

/** The pipeline itself: what watches the watchers. */
export const meta: AlertGroup = {
  name: "meta",
  alerts: [
    {
      name: "Watchdog",
      severity: "info",
      owner: "platform",
      forMinutes: 0,
      thresholds: {},
      expr: () => "vector(1)",
      summary: "The alert pipeline works",
      description: "This alert always fires. When it stops, the dead man's switch outside raises the alarm.",
      absent: "fires",
      runbook: {
        meaning: "Nothing is wrong: this alert proves that alerts arrive.",
        impact: "When it is missing, no alert arrives.",
        checks: ["Prometheus and Alertmanager run? Is the way from Alertmanager to the switch open?"],
        fix: ["Repair the first part of the chain that does not answer"],
      },
    },
    {
      name: "RulesFailing",
      severity: "critical",
      owner: "platform",
      forMinutes: 5,
      thresholds: { failures: count(1) },
      expr: limit => `increase(prometheus_rule_evaluation_failures_total[10m]) >= ${limit("failures")}`,
      summary: "Prometheus cannot evaluate rules of {{ $labels.rule_group }}",
      description: '{{ $value | printf "%.0f" }} evaluations failed in ten minutes; their alerts are blind.',
      runbook: {
        meaning:
          "An expression fails on the data that is there, for example because two series match where one should.",
        impact: "The group's alerts do not fire.",
        checks: ["Prometheus, page Rules: the error beside the rule"],
        fix: ["Repair the expression and its test"],
      },
    },
    {
      name: "AlertsNotSent",
      severity: "critical",
      owner: "platform",
      forMinutes: 10,
      thresholds: { lostPercent: percent(1) },
      expr: limit =>
        "100 * rate(prometheus_notifications_errors_total[5m]) / rate(prometheus_notifications_sent_total[5m])" +
        ` > ${limit("lostPercent")}`,
      summary: "Prometheus cannot reach Alertmanager",
      description: '{{ $value | printf "%.0f" }} % of its alerts do not arrive.',
      runbook: {
        meaning: "Prometheus sends alerts that Alertmanager does not take.",
        impact: "Nobody is told about anything.",
        checks: ["Alertmanager's pod and certificate", "prometheus_notifications_queue_length"],
        fix: ["Restart Alertmanager", "pulumi up restores certificate and NetworkPolicy"],
      },
    },
    {
      name: "NotificationsFailing",
      severity: "critical",
      owner: "platform",
      forMinutes: 10,
      thresholds: { failedPercent: percent(1) },
      expr: limit =>
        "100 * sum by (integration) (rate(alertmanager_notifications_failed_total[5m]))" +
        ` / sum by (integration) (rate(alertmanager_notifications_total[5m])) > ${limit("failedPercent")}`,
      summary: "Alertmanager cannot deliver through {{ $labels.integration }}",
      description: '{{ $value | printf "%.0f" }} % of its messages fail.',
      runbook: {
        meaning: "A receiver outside refuses or cannot be reached.",
        impact: "Those who rely on that channel are told nothing.",
        checks: ["Alertmanager's log: the receiver's answer", "Has the webhook's URL been revoked?"],
        fix: ["Set the new URL: pulumi config set --secret", "Repair the egress to the receiver"],
      },
    },
    {
      name: "MetricsStorageFull",
      severity: "warning",
      owner: "platform",
      forMinutes: 30,
      thresholds: { usedPercent: percent(95) },
      expr: limit =>
        "100 * (prometheus_tsdb_storage_blocks_bytes + prometheus_tsdb_wal_storage_size_bytes)" +
        ` / (prometheus_tsdb_retention_limit_bytes > 0) > ${limit("usedPercent")}`,
      summary: "Metrics are deleted before their retention is over",
      description: '{{ $value | printf "%.0f" }} % of the space for metrics is used: the oldest go first.',
      runbook: {
        meaning: "There are more series than the volume was sized for.",
        impact: "History is shorter than promised.",
        checks: ["Prometheus, page TSDB status: which metrics have most series"],
        fix: ["Drop labels that nobody needs at their source", "Raise observability.metricsGiB"],
      },
    },
    {
      name: "TooManySamples",
      severity: "warning",
      owner: "platform",
      forMinutes: 10,
      thresholds: { scrapes: count(1) },
      expr: limit => `increase(prometheus_target_scrapes_exceeded_sample_limit_total[10m]) >= ${limit("scrapes")}`,
      summary: "A target sends more samples than are taken",
      description: '{{ $value | printf "%.0f" }} readings were thrown away in ten minutes.',
      runbook: {
        meaning: "A target has more than 50,000 series: usually a label with ever new values.",
        impact: "None of that target's metrics are kept.",
        checks: ["Prometheus, page Targets: which one"],
        fix: ["Remove the label at its source (user ids, full paths)"],
      },
    },
    {
      name: "TelemetryNotDelivered",
      severity: "critical",
      owner: "platform",
      forMinutes: 10,
      thresholds: { queuePercent: percent(80) },
      expr: limit => `100 * otelcol_exporter_queue_size / otelcol_exporter_queue_capacity > ${limit("queuePercent")}`,
      summary: "{{ $labels.component }} cannot deliver logs",
      description: 'Its queue is {{ $value | printf "%.0f" }} % full; when it is full, reading stops.',
      runbook: {
        meaning: "A collector reads faster than the log store takes.",
        impact: "Logs arrive late; if the node rotates files before they are read, they are lost.",
        checks: ["Does Loki run? Its log and its volume", "A program that logs in a loop: the dashboard of log volume"],
        fix: ["Repair Loki", "Silence the program; raise ingestion_rate_mb"],
      },
    },
    {
      name: "LogsDiscarded",
      severity: "warning",
      owner: "platform",
      forMinutes: 10,
      thresholds: { lines: count(10) },
      expr: limit => `sum by (reason) (increase(loki_discarded_samples_total[10m])) > ${limit("lines")}`,
      summary: "Loki throws log lines away: {{ $labels.reason }}",
      description: '{{ $value | printf "%.0f" }} lines in ten minutes.',
      runbook: {
        meaning: "Lines exceed a limit of the log store: their rate, their age, or their labels.",
        impact: "Those lines are lost.",
        checks: ["The reason in the label; Loki's log names the stream"],
        fix: ["Make the program log less", "Raise the limit in lokiConfig.ts"],
      },
    },
    {
      name: "LogsNotStored",
      severity: "critical",
      owner: "platform",
      forMinutes: 10,
      thresholds: { failures: count(5) },
      expr: limit =>
        `sum by (component) (increase(loki_ingester_chunks_flush_failures_total[10m])) > ${limit("failures")}`,
      summary: "{{ $labels.component }} cannot write what it has taken to its volume or bucket",
      description: 'It failed {{ $value | printf "%.0f" }} times in ten minutes.',
      runbook: {
        meaning: "Chunks of log lines are full or old, and the store does not take them.",
        impact:
          "Nothing is lost yet: lines are in memory and in the write-ahead log, until the one or the other is full.",
        checks: [
          "Loki's log, \"failed to flush\": the store's own words",
          "With a bucket: is it there, do its keys or role hold, does the NetworkPolicy lead to it",
          "Without: is the volume full",
        ],
        fix: ["Repair the way to the bucket, or its keys", "Raise observability.logsGiB, or lower logsDays"],
      },
    },
    {
      name: "LogStoreFailing",
      severity: "critical",
      owner: "platform",
      forMinutes: 10,
      thresholds: { errorPercent: percent(5) },
      expr: limit =>
        '100 * sum by (route) (rate(loki_request_duration_seconds_count{status_code=~"5.."}[5m]))' +
        ` / sum by (route) (rate(loki_request_duration_seconds_count[5m])) > ${limit("errorPercent")}`,
      summary: "Loki fails on {{ $labels.route }}",
      description: '{{ $value | printf "%.0f" }} % of the requests end in an error.',
      runbook: {
        meaning: "The log store cannot write or read.",
        impact: "Logs pile up in the collectors' queues, or cannot be searched.",
        checks: ["Loki's log; is its volume full?"],
        fix: ["Raise observability.logsGiB, or lower logsDays"],
      },
    },
  ],
};
