import { always, beforeSilence, type Case, counter, gauge } from "../support/ruleTests";

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
      counter(`nginx_connections_handled{${where}}`, 99.75, 99.9, 100),
    ],
    labels,
    says: "1 in five minutes: worker_connections or file handles are used up.",
    firesAfter: 9,
    quietAfter: 1,
  },
  {
    alert: "EdgeConnectionsHigh",
    series: [gauge(`nginx_connections_active{${where}}`, 3001, 3000, 10)],
    labels,
    says: "3001 are open on e1.",
  },
  {
    alert: "EdgeIdle",
    series: [
      // Together one and a half a second before: with what comes later among it, it would be too little to tell.
      counter(`nginx_http_requests_total{${where}}`, 1, 3, 45),
      counter('nginx_http_requests_total{namespace="app",component="edge",instance="e2"}', 1, 3, 45),
    ],
    labels: { namespace: "app", component: "edge" },
    says: "97 % fewer than in the hour before.",
    firesAfter: 14,
    quietAfter: 1,
    beforeMinutes: 100,
    badMinutes: 27,
  },
];

const blocked = (category: string, action: string) =>
  `flowmarine_waf_requests_total{component="edge",category="${category}",action="${action}"}`;

export const wafCases: readonly Case[] = [
  {
    alert: "WafBlocksBurst",
    series: [
      counter(blocked("sqli", "blocked"), 41, 40, 1),
      counter(`${blocked("sqli", "blocked").slice(0, -1)},instance="e2"}`, 20, 20, 0),
      counter(blocked("sqli", "passed"), 1000, 1000, 1000),
    ],
    labels: { component: "edge", category: "sqli" },
    says: "61 a minute are blocked.",
    firesAfter: 10,
    quietAfter: 1,
  },
  {
    alert: "WafSilent",
    series: [
      beforeSilence(blocked("none", "passed"), 8),
      beforeSilence(blocked("sqli", "blocked"), 7),
      // Nobody has asked this one for long: nothing is wrong with it.
      always('flowmarine_waf_requests_total{component="old",category="none",action="passed"}', 0, "counter"),
    ],
    labels: { component: "edge" },
    says: "It saw some an hour ago.",
    firesAfter: 25,
    quietAfter: 1,
    beforeMinutes: 80,
    badMinutes: 50,
  },
];
