import type { Dashboard } from "./dashboard";

const here = 'job=~"$service"';
const requests = "http_server_request_duration_seconds_count";
const duration = "http_server_request_duration_seconds_bucket";

/** The services and their objectives, by OpenTelemetry's HTTP server metrics. */
export const application: Dashboard = {
  uid: "bulkhead-application",
  title: "Application and objectives",
  description: "What the services answer, how fast, and how much of their error budget is left.",
  folder: "application",
  variables: [{ name: "service", label: "Service", from: requests, of: "job" }],
  sections: [
    {
      title: "Objectives",
      panels: [
        {
          title: "Errors in the last hour",
          description: "Share of each route's requests that ended in an error of the server.",
          kind: "timeseries",
          unit: "percent",
          queries: [{ expr: `100 * job_route:http_server_errors:share1h{${here}}`, legend: "{{job}} {{http_route}}" }],
          alerts: ["ErrorBudgetBurnsFast"],
        },
        {
          title: "Errors in the last six hours",
          description: "Share of each route's requests that ended in an error of the server.",
          kind: "timeseries",
          unit: "percent",
          queries: [{ expr: `100 * job_route:http_server_errors:share6h{${here}}`, legend: "{{job}} {{http_route}}" }],
          alerts: ["ErrorBudgetBurns"],
        },
        {
          title: "Errors in the last three days",
          description: "Share of each route's requests that ended in an error of the server; 0.1 % may.",
          kind: "timeseries",
          unit: "percent",
          queries: [{ expr: `100 * job_route:http_server_errors:share3d{${here}}`, legend: "{{job}} {{http_route}}" }],
          alerts: ["ErrorBudgetBurnsSlowly"],
        },
      ],
    },
    {
      title: "Requests",
      panels: [
        {
          title: "Requests",
          description: "Requests a second.",
          kind: "timeseries",
          unit: "reqps",
          queries: [{ expr: `sum by (job) (rate(${requests}{${here}}[$__rate_interval]))`, legend: "{{job}}" }],
          alerts: ["NoRequests", "ApplicationMetricsGone"],
        },
        {
          title: "By status",
          description: "Requests a second by the status that they were answered with.",
          kind: "timeseries",
          unit: "reqps",
          queries: [
            {
              expr: `sum by (http_response_status_code) (rate(${requests}{${here}}[$__rate_interval]))`,
              legend: "{{http_response_status_code}}",
            },
          ],
        },
        {
          title: "Busiest routes",
          description: "Requests a second of the ten routes with most of them.",
          kind: "timeseries",
          unit: "reqps",
          queries: [
            {
              expr: `topk(10, sum by (job, http_route) (rate(${requests}{${here}}[$__rate_interval])))`,
              legend: "{{job}} {{http_route}}",
            },
          ],
        },
        {
          title: "Slowest hundredth, by route",
          description: "One request in a hundred takes longer.",
          kind: "timeseries",
          unit: "s",
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (job, http_route, le) (rate(${duration}{${here}}[5m])))`,
              legend: "{{job}} {{http_route}}",
            },
          ],
          limit: { alert: "LatencyHigh", threshold: "p99Seconds", when: "above" },
        },
        {
          title: "Slowest half, by route",
          description: "Every second request takes longer.",
          kind: "timeseries",
          unit: "s",
          queries: [
            {
              expr: `histogram_quantile(0.5, sum by (job, http_route, le) (rate(${duration}{${here}}[5m])))`,
              legend: "{{job}} {{http_route}}",
            },
          ],
        },
        {
          title: "Live connections",
          description: "WebSockets that are open.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `sum by (job) (flowmarine_websocket_connections{${here}})`, legend: "{{job}}" }],
          alerts: ["WebSocketsDropped"],
        },
      ],
    },
    {
      title: "Work and traces",
      panels: [
        {
          title: "Queues",
          description: "How long the oldest job has waited.",
          kind: "timeseries",
          unit: "s",
          queries: [
            {
              expr: `max by (job, queue) (flowmarine_queue_oldest_job_age_seconds{${here}})`,
              legend: "{{job}} {{queue}}",
            },
          ],
          limit: { alert: "QueueStuck", threshold: "oldestSeconds", when: "above" },
        },
        {
          title: "Operations, by traces",
          description: "Spans a second by service, whatever their kind.",
          kind: "timeseries",
          unit: "ops",
          queries: [
            {
              expr: "sum by (service_name) (rate(traces_span_metrics_calls_total[$__rate_interval]))",
              legend: "{{service_name}}",
            },
          ],
        },
        {
          title: "Operations that fail, by traces",
          description: "Share of each service's spans that end in an error.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                'sum by (service_name) (rate(traces_span_metrics_calls_total{status_code="STATUS_CODE_ERROR"}[5m]))' +
                " * 100 / sum by (service_name) (rate(traces_span_metrics_calls_total[5m]))",
              legend: "{{service_name}}",
            },
          ],
        },
        {
          title: "Exceptions, by traces",
          description: "Exceptions recorded on spans in a quarter of an hour: the ten kinds that come most often.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr:
                "topk(10, sum by (service_name, span_name, exception_type)" +
                ' (increase(traces_span_metrics_events_total{exception_type!=""}[15m])))',
              legend: "{{service_name}} {{span_name}} {{exception_type}}",
            },
          ],
          alerts: ["NewException"],
        },
        {
          title: "Slowest operations, by traces",
          description: "One call in twenty of each operation takes longer; the ten slowest.",
          kind: "timeseries",
          unit: "s",
          queries: [
            {
              expr:
                "topk(10, histogram_quantile(0.95, sum by (service_name, span_name, le)" +
                " (rate(traces_span_metrics_duration_seconds_bucket[5m]))))",
              legend: "{{service_name}} {{span_name}}",
            },
          ],
        },
        {
          title: "Memory of the services",
          description: "Bytes that each process holds in memory.",
          kind: "timeseries",
          unit: "bytes",
          queries: [{ expr: `process_resident_memory_bytes{${here}}`, legend: "{{job}} {{instance}}" }],
        },
        {
          title: "Processors of the services",
          description: "Processors that each process uses.",
          kind: "timeseries",
          unit: "short",
          queries: [
            { expr: `rate(process_cpu_seconds_total{${here}}[$__rate_interval])`, legend: "{{job}} {{instance}}" },
          ],
        },
      ],
    },
  ],
};
