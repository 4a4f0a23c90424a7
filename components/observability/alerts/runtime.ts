import { type AlertGroup, count, percent } from "./alert";

/** What a runtime sensor (Falco, by its own metrics) sees the containers do. */
export const runtime: AlertGroup = {
  name: "runtime",
  apps: ["falco"],
  alerts: [
    {
      name: "RuntimeRuleMatched",
      severity: "critical",
      owner: "security",
      forMinutes: 0,
      thresholds: { matches: count(1) },
      // Priorities are numbers: 0 emergency to 4 warning; 5 to 7 are noise.
      expr: limit =>
        'sum by (rule_name, priority) (increase(falcosecurity_falco_rules_matches_total{priority=~"[0-4]"}[10m]))' +
        ` >= ${limit("matches")}`,
      summary: "A container does what it should not: {{ $labels.rule_name }}",
      description: '{{ $value | printf "%.0f" }} times in ten minutes, priority {{ $labels.priority }}.',
      runbook: {
        meaning: "The sensor saw a system call that a rule forbids, such as a shell or a write to a program's folder.",
        impact: "The container may be in somebody else's hands.",
        checks: ["The sensor's log: pod, process, parent, file", "AuditShellOpened at the same time? Then who was it?"],
        fix: [
          "Isolate the pod: docs/runbooks/incidents/compromisedContainer.md",
          "Expected: an exception in the rule, with a reason",
        ],
      },
    },
    {
      name: "RuntimeSensorSilent",
      severity: "critical",
      owner: "security",
      forMinutes: 10,
      thresholds: {},
      expr: () => "rate(falcosecurity_scap_n_evts_total[5m]) == 0",
      summary: "The runtime sensor on {{ $labels.instance }} sees nothing",
      description: "It has counted no system call for fifteen minutes; a node is never quiet for so long.",
      runbook: {
        meaning: "The sensor runs, but its probe in the kernel does not deliver.",
        impact: "What containers do on that node is not watched.",
        checks: ["Its log: does the probe load after the kernel's update?", "Was it switched off? By whom?"],
        fix: ["Restart it; match its version to the kernel", "Switched off on purpose? Treat it as an attack"],
      },
    },
    {
      name: "RuntimeSensorDrops",
      severity: "warning",
      owner: "security",
      forMinutes: 15,
      thresholds: { lostPercent: percent(1) },
      expr: limit =>
        "100 * rate(falcosecurity_scap_n_drops_total[10m]) / rate(falcosecurity_scap_n_evts_total[10m])" +
        ` > ${limit("lostPercent")}`,
      summary: "The runtime sensor on {{ $labels.instance }} loses events",
      description: '{{ $value | printf "%.1f" }} % of the system calls are not seen.',
      runbook: {
        meaning: "The node does more than the sensor's buffer holds.",
        impact: "An attack may pass unseen.",
        checks: ["CpuSaturated on the node; which pod makes so many calls?"],
        fix: ["A larger buffer, more CPU for the sensor"],
      },
    },
  ],
};
