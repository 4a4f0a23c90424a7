import { always, beforeSilence, type Case, counter, gauge } from "../support/ruleTests";

const labels = { job: "flowmarine/api", http_route: "/orders" };
const requests = (status: string) =>
  `http_server_request_duration_seconds_count{job="flowmarine/api",http_route="/orders",http_response_status_code="${status}"}`;

/** 100,000 requests a minute, of which so many fail. */
const failing = (bad: number, edge: number) => [
  counter(requests("500"), bad, edge, 0),
  counter(requests("200"), 100_000 - bad, 100_000 - edge, 100_000),
];
const bucket = (le: string, bad: number, edge: number) =>
  counter(
    `http_server_request_duration_seconds_bucket{job="flowmarine/api",http_route="/orders",http_response_status_code="200",le="${le}"}`,
    bad,
    edge,
    4,
  );

const exception = (service: string, type: string, operation: string) =>
  `traces_span_metrics_events_total{service_name="${service}",span_name="${operation}",exception_type="${type}"}`;

export const applicationCases: readonly Case[] = [
  {
    alert: "ErrorBudgetBurnsFast",
    series: failing(1500, 1400),
    labels,
    says: "1.50 % of the requests of 1h ended in an error of the server; 0.1 % may.",
    firesAfter: 60,
    quietAfter: 1,
    badMinutes: 70,
    beforeMinutes: 70,
  },
  {
    alert: "ErrorBudgetBurns",
    series: failing(650, 590),
    labels,
    says: "0.65 % of the requests of 6h ended in an error of the server; 0.1 % may.",
    firesAfter: 350,
    quietAfter: 5,
    beforeMinutes: 400,
    badMinutes: 400,
    afterMinutes: 60,
    stepMinutes: 5,
  },
  {
    alert: "ErrorBudgetBurnsSlowly",
    series: failing(110, 90),
    labels,
    says: "0.11 % of the requests of 3d ended in an error of the server; 0.1 % may.",
    firesAfter: 4020,
    quietAfter: 60,
    beforeMinutes: 4500,
    badMinutes: 4500,
    afterMinutes: 600,
    stepMinutes: 60,
  },
  {
    alert: "LatencyHigh",
    series: [
      bucket("1", 0, 0),
      bucket("2", 3.9263, 4),
      bucket("4", 4, 4),
      bucket("+Inf", 4, 4),
      // A few fast ones of another method: together they are seven a minute.
      ...["1", "2", "4", "+Inf"].map(le =>
        always(bucket(le, 0, 0).is.replace("{", '{http_request_method="GET",'), 3, "counter"),
      ),
      // Hardly anybody asks before, and then just enough, of both together.
      always(requests("200"), minute => (minute <= 20 ? 0.5 : 4), "counter"),
      always(requests("200").replace("{", '{http_request_method="GET",'), m => (m <= 20 ? 0.5 : 2.5), "counter"),
    ],
    labels,
    says: "One request in a hundred takes longer than 2.1 s.",
    firesAfter: 14,
    quietAfter: 1,
  },
  {
    alert: "NoRequests",
    series: [beforeSilence(requests("200"), 8), beforeSilence(requests("404"), 7)],
    labels: { job: "flowmarine/api" },
    says: "There was traffic an hour ago.",
    firesAfter: 30,
    quietAfter: 1,
    beforeMinutes: 80,
    badMinutes: 50,
  },
  {
    alert: "ApplicationMetricsGone",
    series: [
      {
        is: requests("200"),
        kind: "counter",
        bad: Number.NaN,
        edge: 60,
        // It never comes back: after an hour and twenty minutes it counts as taken away.
        good: minute => (minute <= 40 ? 60 : Number.NaN),
      },
      always(requests("200").replace("flowmarine/api", "flowmarine/worker"), 60, "counter"),
    ],
    labels: { job: "flowmarine/api" },
    says: "It did so an hour ago. Every alert about its requests is blind.",
    firesAfter: 20,
    quietAfter: 1,
    beforeMinutes: 40,
    badMinutes: 79,
    afterMinutes: 15,
  },
  {
    // Once, in two operations together, and more than a day after it was last seen; what else there is was there before.
    alert: "NewException",
    series: [
      ...["read", "write"].map(operation =>
        gauge(
          exception("api", "TypeError", operation),
          (_, since) => (since === 5 ? 0.5 : Number.NaN),
          (_, since) => (since === 5 ? 0.4 : Number.NaN),
          minute => (minute <= 10 ? 0.4 : Number.NaN),
        ),
      ),
      always(exception("api", "RangeError", "read"), 0.5),
      always(exception("worker", "TypeError", "read"), 0.5),
    ],
    labels: { service_name: "api", exception_type: "TypeError" },
    says: "1 times so far.",
    quietAfter: 10,
    beforeMinutes: 1500,
    badMinutes: 10,
    stepMinutes: 5,
  },
  {
    alert: "WebSocketsDropped",
    series: ["a", "b"].map(instance =>
      gauge(`flowmarine_websocket_connections{job="flowmarine/api",instance="${instance}"}`, 4.2, 4.5, minute =>
        minute < 10 ? 5 : 11,
      ),
    ),
    labels: { job: "flowmarine/api" },
    says: "62 % fewer than ten minutes ago, and they do not come back.",
    badMinutes: 8,
  },
  {
    alert: "QueueStuck",
    series: [
      gauge('flowmarine_queue_oldest_job_age_seconds{job="flowmarine/worker",queue="mail",instance="a"}', 901, 900, 3),
      always('flowmarine_queue_oldest_job_age_seconds{job="flowmarine/worker",queue="mail",instance="b"}', 3),
    ],
    labels: { job: "flowmarine/worker", queue: "mail" },
    says: "Its oldest job has waited 15m 1s.",
  },
];
