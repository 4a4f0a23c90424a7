import { type AlertGroup, minutes } from "../alerts/alert";

/** Programs that always log something, by their name in the log store: silent, they or the way of their logs is broken. */
export const logSources = (names: readonly string[]): AlertGroup => ({
  name: "log-sources",
  language: "logql",
  alerts: [
    {
      name: "LogSourceSilent",
      severity: "warning",
      owner: "platform",
      forMinutes: 0,
      thresholds: { silentMinutes: minutes(30) },
      expr: limit =>
        names.map(name => `absent_over_time({service_name="${name}"}[${limit("silentMinutes")}m])`).join(" or "),
      summary: "{{ $labels.service_name }} logs nothing",
      description: "No line of it has arrived for as long as it never was silent.",
      absent: "fires",
      runbook: {
        meaning: "A program that always logs has stopped, or its lines do not arrive.",
        impact: "What happens there is not seen, and alerts on its log are blind.",
        checks: ["kubectl logs of the program", "The log agent on its node: its log and its queue"],
        fix: ["Repair the program or the agent"],
      },
    },
  ],
});
