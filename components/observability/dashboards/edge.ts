import type { Dashboard } from "./dashboard";

const here = 'component=~"$component"';

/** The edge and whatever else nginx serves, and what it looks like from outside. */
export const edge: Dashboard = {
  uid: "bulkhead-edge",
  title: "Edge",
  description: "Connections and requests of every nginx, and its public addresses as a user sees them.",
  folder: "platform",
  variables: [{ name: "component", label: "Component", from: "nginx_up", of: "component" }],
  sections: [
    {
      title: "From outside",
      panels: [
        {
          title: "Public addresses",
          description: "Whether each checked address answers as it should.",
          kind: "state",
          unit: "short",
          queries: [{ expr: "min by (probe) (probe_success)", legend: "{{probe}}" }],
          alerts: ["ProbeFailing"],
          width: 24,
        },
        {
          title: "Time to answer",
          description: "How long a check takes, from the lookup of the name to the last byte, over five minutes.",
          kind: "timeseries",
          unit: "s",
          queries: [{ expr: "avg_over_time(probe_duration_seconds[5m])", legend: "{{probe}}" }],
          limit: { alert: "ProbeSlow", threshold: "durationSeconds", when: "above" },
        },
        {
          title: "Where the time goes",
          description: "Parts of the checks by HTTP: lookup, connection, TLS, waiting, transfer.",
          kind: "timeseries",
          unit: "s",
          queries: [{ expr: "avg by (phase) (probe_http_duration_seconds)", legend: "{{phase}}" }],
        },
        {
          title: "Certificate that is shown",
          description: "Days until the first certificate of the chain ends.",
          kind: "timeseries",
          unit: "d",
          queries: [{ expr: "(probe_ssl_earliest_cert_expiry - time()) / 86400", legend: "{{probe}}" }],
          limit: { alert: "ServedCertificateEnds", threshold: "leftDays", when: "below" },
        },
      ],
    },
    {
      title: "nginx",
      panels: [
        {
          title: "Up",
          description: "Whether every replica gives its status.",
          kind: "state",
          unit: "short",
          queries: [{ expr: `min by (component) (nginx_up{${here}})`, legend: "{{component}}" }],
          alerts: ["EdgeDown"],
          width: 24,
        },
        {
          title: "Requests",
          description: "Requests a second, of all replicas.",
          kind: "timeseries",
          unit: "reqps",
          queries: [
            {
              expr: `sum by (component) (rate(nginx_http_requests_total{${here}}[$__rate_interval]))`,
              legend: "{{component}}",
            },
          ],
        },
        {
          title: "Requests, compared with the hour before",
          description:
            "Share of the requests of the hour before that is missing now; near 100 % the way to the edge is broken.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                `100 * (1 - sum by (namespace, component) (rate(nginx_http_requests_total{${here}}[5m]))` +
                ` / (sum by (namespace, component) (rate(nginx_http_requests_total{${here}}[1h] offset 10m)) > 0))`,
              legend: "{{component}}",
            },
          ],
          limit: { alert: "EdgeIdle", threshold: "lostPercent", when: "above" },
        },
        {
          title: "Open connections",
          description: "Connections of each replica.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `nginx_connections_active{${here}}`, legend: "{{component}} {{instance}}" }],
          limit: { alert: "EdgeConnectionsHigh", threshold: "connections", when: "above" },
        },
        {
          title: "What connections do",
          description: "Connections whose request is read, whose answer is written, and that wait for a next request.",
          kind: "timeseries",
          unit: "short",
          queries: [
            { expr: `sum by (component) (nginx_connections_reading{${here}})`, legend: "{{component}} reading" },
            { expr: `sum by (component) (nginx_connections_writing{${here}})`, legend: "{{component}} writing" },
            { expr: `sum by (component) (nginx_connections_waiting{${here}})`, legend: "{{component}} waiting" },
          ],
        },
        {
          title: "Dropped connections",
          description: "Connections that were accepted and not served, in five minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr:
                `increase(nginx_connections_accepted{${here}}[5m])` +
                ` - increase(nginx_connections_handled{${here}}[5m])`,
              legend: "{{component}} {{instance}}",
            },
          ],
          limit: { alert: "EdgeConnectionsDropped", threshold: "dropped", when: "above" },
        },
        {
          title: "Connections that are opened",
          description: "New connections a second; far more than requests means clients that keep none open.",
          kind: "timeseries",
          unit: "ops",
          queries: [
            {
              expr: `sum by (component) (rate(nginx_connections_accepted{${here}}[$__rate_interval]))`,
              legend: "{{component}}",
            },
          ],
        },
      ],
    },
  ],
};
