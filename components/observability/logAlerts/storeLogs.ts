import { type AlertGroup, count } from "../alerts/alert";
import { counted, program } from "./logQl";

/** What the databases' logs tell about attacks. */
export const storeLogs: AlertGroup = {
  name: "store-logs",
  language: "logql",
  apps: ["postgresql", "mariadb"],
  alerts: [
    {
      name: "DatabaseLoginsRefused",
      severity: "critical",
      owner: "security",
      forMinutes: 0,
      thresholds: { logins: count(5) },
      expr: limit => `${counted(program, ['event_name="db.auth_failed"'], 5)} >= ${limit("logins")}`,
      summary: "{{ $labels.service_name }} refuses logins",
      description: '{{ $value | printf "%.0f" }} in five minutes: wrong password, role or address.',
      runbook: {
        meaning: "Somebody inside the cluster, where the only clients are ours, tries to log in and may not.",
        impact: "An attacker is in a pod that may reach the database, or an application has lost its password.",
        checks: [
          '{service_name="DATABASE"} | event_name="db.auth_failed": user, and address of the pod',
          "Was the password changed a moment ago? The steward's log says when it took effect",
        ],
        fix: [
          "Ours: restart what has the old password",
          "Nobody's: isolate the pod, see the runbook of a compromised container",
        ],
      },
    },
  ],
};
