import { type AlertGroup, perMinute } from "./alert";

/** The web application firewall before the edge. */
export const waf: AlertGroup = {
  name: "waf",
  apps: ["waf"],
  alerts: [
    {
      name: "WafBlocksBurst",
      severity: "warning",
      owner: "security",
      forMinutes: 5,
      thresholds: { perMinute: perMinute(60) },
      expr: limit =>
        `60 * sum by (component, category) (rate(flowmarine_waf_requests_total{action="blocked"}[5m])) > ${limit("perMinute")}`,
      summary: "The firewall of {{ $labels.component }} stops many requests: {{ $labels.category }}",
      description: '{{ $value | printf "%.0f" }} a minute are blocked.',
      runbook: {
        meaning: "Somebody scans or attacks the site, or a release sends what looks like an attack.",
        impact: "None while it blocks; users may be hit when the rule is wrong.",
        checks: ["Addresses, paths and rule ids in the edge's log", "A release at that time?"],
        fix: ["Block the source before the edge", "A false alarm: exclude that field of that route from that rule"],
      },
    },
    {
      name: "WafSilent",
      severity: "critical",
      owner: "security",
      forMinutes: 10,
      thresholds: { requestsPerMinute: perMinute(6) },
      expr: limit =>
        "sum by (component) (rate(flowmarine_waf_requests_total[10m])) == 0" +
        ` and 60 * sum by (component) (rate(flowmarine_waf_requests_total[1h] offset 15m)) > ${limit("requestsPerMinute")}`,
      summary: "The firewall of {{ $labels.component }} sees no requests any more",
      description: "It saw some an hour ago.",
      runbook: {
        meaning: "Requests go past the firewall, or it no longer counts them.",
        impact: "Attacks reach the application.",
        checks: [
          "EdgeIdle? Then there are no requests",
          "Is it switched off in the edge's settings?",
          "Its log: rules that do not load",
        ],
        fix: ["Bring the setting back; pulumi up"],
      },
    },
  ],
};
