import { type Alert, type AlertGroup, count, percent, type Recording, seconds } from "./alert";

/** Part of the requests that may fail, in percent: 99.9 % must not. */
const errorBudgetPercent = 0.1;

/** Labels that an objective is kept by. */
const by = "job, http_route";

const requests = "http_server_request_duration_seconds_count";

/** Of spans; an exception's has its type. */
const events = "traces_span_metrics_events_total";
/** What tells one kind of exception from another. */
const exceptionBy = "service_name, exception_type";

/** Windows of the burn-rate alerts. */
const windows = ["5m", "30m", "1h", "6h", "3d"];

const errorShare = (window: string) => `job_route:http_server_errors:share${window}`;

const recordings: Recording[] = windows.map(window => ({
  record: errorShare(window),
  expr:
    `(sum by (${by}) (rate(${requests}{http_response_status_code=~"5.."}[${window}]))` +
    ` or group by (${by}) (${requests}) - 1)` +
    ` / sum by (${by}) (rate(${requests}[${window}]))`,
}));

/**
 * A burn-rate alert: the budget of 30 days is used up so many times too fast, over a long window (it is real) and a short one (it still
 * goes on). Factors and windows are those of the SRE workbook: 2 % of the budget in 1 h, 5 % in 6 h, 10 % in 3 days.
 */
function burn(
  name: string,
  severity: Alert["severity"],
  factor: number,
  long: string,
  short: string,
  forMinutes: number,
): Alert {
  const over = (window: string, limit: number) => `${errorShare(window)} > ${limit} * ${errorBudgetPercent} / 100`;
  return {
    name,
    severity,
    owner: "backend",
    forMinutes,
    thresholds: { factor: { value: factor, unit: "burnRate" } },
    expr: limit => `100 * ${errorShare(long)} and ${over(long, limit("factor"))} and ${over(short, limit("factor"))}`,
    summary: `{{ $labels.job }} fails on {{ $labels.http_route }}`,
    description: `{{ $value | printf "%.2f" }} % of the requests of ${long} ended in an error of the server; ${errorBudgetPercent} % may.`,
    runbook: {
      meaning: `Requests fail so often that a month's error budget is used ${factor} times too fast.`,
      impact: "Users see errors on that route.",
      checks: [
        "Since when: a deploy, a migration, a provider outside?",
        "The logs of the service, by route and status 500",
        "Its database and cache: are their alerts on?",
      ],
      fix: ["Roll back what was deployed", "Repair or switch off what the route depends on"],
    },
  };
}

/** The application, by OpenTelemetry's HTTP server metrics. */
export const application: AlertGroup = {
  name: "application",
  apps: ["otel-collector"],
  recordings,
  alerts: [
    burn("ErrorBudgetBurnsFast", "critical", 14.4, "1h", "5m", 2),
    burn("ErrorBudgetBurns", "critical", 6, "6h", "30m", 15),
    burn("ErrorBudgetBurnsSlowly", "warning", 1, "3d", "6h", 60),
    {
      name: "LatencyHigh",
      severity: "warning",
      owner: "backend",
      forMinutes: 10,
      thresholds: { p99Seconds: seconds(2), requestsPerMinute: { value: 6, unit: "perMinute" } },
      expr: limit =>
        `histogram_quantile(0.99, sum by (${by}, le) (rate(http_server_request_duration_seconds_bucket[5m]))) > ${limit("p99Seconds")}` +
        ` and 60 * sum by (${by}) (rate(${requests}[5m])) > ${limit("requestsPerMinute")}`,
      summary: "{{ $labels.job }} is slow on {{ $labels.http_route }}",
      description: 'One request in a hundred takes longer than {{ $value | printf "%.1f" }} s.',
      runbook: {
        meaning: "The slowest hundredth of the requests takes too long.",
        impact: "Users wait; clients time out and ask again.",
        checks: ["Database: PostgresLongTransaction, MariaDbSlowQueries", "CPU: is the service throttled?"],
        fix: ["More replicas; the index that is missing"],
      },
    },
    {
      name: "NoRequests",
      severity: "warning",
      owner: "backend",
      forMinutes: 15,
      thresholds: { requestsPerMinute: { value: 6, unit: "perMinute" } },
      expr: limit =>
        `sum by (job) (rate(${requests}[10m])) == 0` +
        ` and 60 * sum by (job) (rate(${requests}[1h] offset 15m)) > ${limit("requestsPerMinute")}`,
      summary: "{{ $labels.job }} gets no requests any more",
      description: "There was traffic an hour ago.",
      runbook: {
        meaning: "A service that was busy is not asked any more.",
        impact: "Whatever it does does not happen: the way to it is broken.",
        checks: ["EdgeIdle? The edge's routes and its upstreams", "Its endpoints: kubectl get endpointslices"],
        fix: ["Repair the route"],
      },
    },
    {
      name: "ApplicationMetricsGone",
      severity: "warning",
      owner: "backend",
      forMinutes: 15,
      thresholds: {},
      expr: () =>
        `group by (job) (last_over_time(${requests}[1h] offset 20m)) unless on (job) group by (job) (${requests})`,
      summary: "{{ $labels.job }} does not tell its metrics any more",
      description: "It did so an hour ago. Every alert about its requests is blind.",
      absent: "silent",
      runbook: {
        meaning: "The series of a service's requests have ended, without its target being down.",
        impact: "Errors, slowness and attacks on that service are not seen.",
        checks: ["TargetDown of the service or of the collector", "A release that renamed or dropped metrics?"],
        fix: ["Roll the release back, or correct components/observability/metrics.ts with it"],
      },
    },
    {
      name: "NewException",
      severity: "info",
      owner: "backend",
      forMinutes: 0,
      thresholds: { times: count(1) },
      // A series begins with its first exception, so that there is no increase to be seen. It is kept for a quarter of an hour after its last.
      expr: limit =>
        `sum by (${exceptionBy}) (last_over_time(${events}{exception_type!=""}[15m])) >= ${limit("times")}` +
        ` unless on (${exceptionBy}) group by (${exceptionBy}) (last_over_time(${events}[1d] offset 15m))`,
      summary:
        "{{ $labels.service_name }} records {{ $labels.exception_type }} on its traces, which it did not in the last 24 hours",
      description: '{{ $value | printf "%.0f" }} times so far.',
      runbook: {
        meaning:
          "A program recorded an exception of a kind on a span that it has not recorded for a day. It may have logged nothing.",
        impact: "Depends on the exception; after a release it is usually the release.",
        checks: [
          "The panel of exceptions on the dashboard of applications: which operation, how often",
          "The traces of that service with errors, in whatever keeps traces",
          "A release or a change of settings since yesterday?",
        ],
        fix: ["Roll the release back, or repair it"],
      },
    },
    {
      name: "WebSocketsDropped",
      severity: "warning",
      owner: "backend",
      forMinutes: 5,
      thresholds: { lostPercent: percent(60), connections: count(20) },
      expr: limit =>
        "100 * (1 - sum by (job) (flowmarine_websocket_connections)" +
        ` / (sum by (job) (flowmarine_websocket_connections offset 10m) > ${limit("connections")}))` +
        ` > ${limit("lostPercent")}`,
      summary: "Most live connections of {{ $labels.job }} are gone",
      description: '{{ $value | printf "%.0f" }} % fewer than ten minutes ago, and they do not come back.',
      runbook: {
        meaning: "WebSockets were closed in a short time and are not opened again.",
        impact: "Live positions and messages stand still in users' browsers.",
        checks: ["A rollout of edge or service that does not drain?", "Does the edge pass Upgrade on?"],
        fix: ["Roll back; raise drainSeconds"],
      },
    },
    {
      name: "QueueStuck",
      severity: "critical",
      owner: "backend",
      forMinutes: 10,
      thresholds: { oldestSeconds: seconds(900) },
      expr: limit => `max by (job, queue) (flowmarine_queue_oldest_job_age_seconds) > ${limit("oldestSeconds")}`,
      summary: "Queue {{ $labels.queue }} is not worked off",
      description: "Its oldest job has waited {{ $value | humanizeDuration }}.",
      runbook: {
        meaning: "Workers are gone, too few, or stuck on one job.",
        impact: "E-mails, reports and imports are late.",
        checks: ["The worker's pods and log", "One job that fails and is put back for ever?"],
        fix: ["More workers", "Move the poisoned job aside"],
      },
    },
  ],
};
