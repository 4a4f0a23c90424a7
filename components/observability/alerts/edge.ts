import { type AlertGroup, count, percent } from "./alert";

/** The edge, by nginx-prometheus-exporter (stub_status). Status codes are the application's and security's: nginx does not count them. */
export const edge: AlertGroup = {
  name: "edge",
  apps: ["nginx"],
  alerts: [
    {
      name: "EdgeDown",
      severity: "critical",
      owner: "platform",
      forMinutes: 2,
      thresholds: {},
      expr: () => "nginx_up == 0",
      summary: "nginx in {{ $labels.component }} does not answer",
      description: "Its exporter {{ $labels.instance }} runs, but gets no status.",
      runbook: {
        meaning: "nginx does not answer on its status address.",
        impact: "One replica of the edge serves nobody; with all of them down, the site is down.",
        checks: ["kubectl logs of the pod, container nginx", "A configuration that it refuses: nginx -t in its log"],
        fix: ["Deploy the configuration before"],
      },
    },
    {
      name: "EdgeConnectionsDropped",
      severity: "critical",
      owner: "platform",
      forMinutes: 5,
      thresholds: { dropped: count(1) },
      expr: limit =>
        `increase(nginx_connections_accepted[5m]) - increase(nginx_connections_handled[5m]) >= ${limit("dropped")}`,
      summary: "nginx in {{ $labels.component }} drops connections",
      description: '{{ $value | printf "%.0f" }} in five minutes: worker_connections or file handles are used up.',
      runbook: {
        meaning: "nginx accepted connections that it then could not serve.",
        impact: "Users see connections that are closed at once.",
        checks: ["nginx's log: worker_connections are not enough?", "An attack? Requests by address in the access log"],
        fix: ["More replicas; raise worker_connections", "Block the source"],
      },
    },
    {
      name: "EdgeConnectionsHigh",
      severity: "warning",
      owner: "platform",
      forMinutes: 10,
      thresholds: { connections: count(3000) },
      expr: limit => `nginx_connections_active > ${limit("connections")}`,
      summary: "nginx in {{ $labels.component }} has many connections",
      description: '{{ $value | printf "%.0f" }} are open on {{ $labels.instance }}.',
      runbook: {
        meaning: "Open connections come near to what a replica can hold.",
        impact: "Beyond it, connections are dropped.",
        checks: ["WebSockets, or clients that send slowly? nginx_connections_reading, _writing, _waiting"],
        fix: ["More replicas"],
      },
    },
    {
      name: "EdgeIdle",
      severity: "critical",
      owner: "platform",
      forMinutes: 10,
      thresholds: { lostPercent: percent(95) },
      expr: limit =>
        "100 * (1 - sum by (namespace, component) (rate(nginx_http_requests_total[5m]))" +
        " / (sum by (namespace, component) (rate(nginx_http_requests_total[1h] offset 10m)) > 1))" +
        ` > ${limit("lostPercent")}`,
      summary: "Requests to {{ $labels.component }} have all but stopped",
      description: '{{ $value | printf "%.0f" }} % fewer than in the hour before.',
      runbook: {
        meaning: "There was traffic, and now there is hardly any: the way to the edge is broken before it.",
        impact: "Users do not reach the site, although everything here is well.",
        checks: [
          "From outside: DNS, certificate, the proxy in front (Cloudflare)",
          "The load balancer's health checks",
        ],
        fix: ["Repair the part in front that does not pass requests on"],
      },
    },
  ],
};
