import { type Case, counter, gauge } from "../support/ruleTests";

const where = 'namespace="app",component="edge",instance="e1"';
const labels = { namespace: "app", component: "edge", instance: "e1" };

export const edgeCases: readonly Case[] = [
  {
    alert: "EdgeDown",
    series: [gauge(`nginx_up{${where}}`, 0, 1, 1)],
    labels,
    says: "Its exporter e1 runs, but gets no status.",
  },
  {
    alert: "EdgeConnectionsDropped",
    series: [
      counter(`nginx_connections_accepted{${where}}`, 100, 100, 100),
      counter(`nginx_connections_handled{${where}}`, 98, 100, 100),
    ],
    labels,
    says: "10 in five minutes: worker_connections or file handles are used up.",
  },
  {
    alert: "EdgeConnectionsHigh",
    series: [gauge(`nginx_connections_active{${where}}`, 3001, 3000, 10)],
    labels,
    says: "3001 are open on e1.",
  },
  {
    alert: "EdgeIdle",
    // 600 a minute for two hours, then 12 (edge: 36).
    series: [
      counter(
        `nginx_http_requests_total{${where}}`,
        m => (m < 120 ? 600 : 12),
        m => (m < 120 ? 600 : 36),
        600,
      ),
    ],
    labels: { namespace: "app", component: "edge" },
    says: "98 % fewer than in the hour before.",
    badMinutes: 136,
  },
];
