import { type AlertGroup, count, minutes } from "../alerts/alert";
import { counted } from "./logQl";

const events = (by: readonly string[], ...where: string[]) => counted(by, ['event_name="k8s.audit"', ...where], 10);
const person = 'k8s_audit_user!~"system:.*"';

/** What the API server's audit log tells: for clusters whose API server writes one. */
export const auditLogs: AlertGroup = {
  name: "audit-logs",
  language: "logql",
  alerts: [
    {
      name: "AuditShellOpened",
      severity: "warning",
      owner: "security",
      forMinutes: 0,
      thresholds: { sessions: count(1) },
      expr: limit =>
        events(
          ["k8s_audit_user", "k8s_audit_namespace", "k8s_audit_name"],
          'k8s_audit_subresource=~"exec|attach|portforward|ephemeralcontainers"',
          // A session has a second event when it ends.
          'k8s_audit_stage="ResponseStarted" or k8s_audit_subresource="ephemeralcontainers"',
        ) + ` >= ${limit("sessions")}`,
      summary:
        "{{ $labels.k8s_audit_user }} opened a shell in {{ $labels.k8s_audit_namespace }}/{{ $labels.k8s_audit_name }}",
      description: '{{ $value | printf "%.0f" }} times in ten minutes.',
      runbook: {
        meaning: "Somebody ran kubectl exec, attach, port-forward or debug.",
        impact: "Whoever does so sees the pod's secrets and data.",
        checks: [
          "Was it announced?",
          '{service_name="kube-apiserver"} | k8s_audit_user="USER": what else the same user did',
        ],
        fix: ["Unannounced: end the session, revoke the credential, see the runbook of a compromised container"],
      },
    },
    {
      name: "AuditSecretsRead",
      severity: "critical",
      owner: "security",
      forMinutes: 0,
      thresholds: { reads: count(5) },
      expr: limit =>
        events(
          ["k8s_audit_user"],
          'k8s_audit_resource="secrets"',
          'k8s_audit_verb=~"get|list|watch"',
          'k8s_audit_code=~"2.."',
          person,
        ) + ` >= ${limit("reads")}`,
      summary: "{{ $labels.k8s_audit_user }} reads Secrets",
      description: '{{ $value | printf "%.0f" }} in ten minutes.',
      runbook: {
        meaning: "A person or an unknown account reads Secrets through the API.",
        impact: "What was read must count as leaked.",
        checks: [
          '{service_name="kube-apiserver"} | k8s_audit_user="USER" | k8s_audit_resource="secrets": which, from where',
        ],
        fix: ["Revoke the credential; change every Secret that was read"],
      },
    },
    {
      name: "AuditAccessRefused",
      severity: "warning",
      owner: "security",
      forMinutes: 0,
      thresholds: { refusals: count(10) },
      expr: limit => events(["k8s_audit_user"], 'k8s_audit_code=~"401|403"') + ` >= ${limit("refusals")}`,
      summary: "The API server refuses {{ $labels.k8s_audit_user }}",
      description: '{{ $value | printf "%.0f" }} requests in ten minutes.',
      runbook: {
        meaning:
          "An account asks the Kubernetes API for what it may not do: it looks around, or its role is too small.",
        impact: "None so far: it was refused.",
        checks: ['{service_name="kube-apiserver"} | k8s_audit_user="USER" | k8s_audit_code="403": what it asked for'],
        fix: [
          "An own account: correct its role",
          "A pod's that has no business there: the runbook of a compromised container",
        ],
      },
    },
    {
      name: "AuditEventsMissing",
      severity: "critical",
      owner: "security",
      forMinutes: 0,
      thresholds: { silentMinutes: minutes(15) },
      expr: limit =>
        `absent_over_time({service_name="kube-apiserver"} | event_name="k8s.audit" [${limit("silentMinutes")}m])`,
      summary: "The audit log is silent",
      description: "No event arrived: whoever does something in the cluster now is not seen.",
      absent: "fires",
      runbook: {
        meaning: "The API server writes no audit log any more, or it does not arrive.",
        impact: "The alerts on it are blind.",
        checks: ["The API server's arguments --audit-log-path=- and --audit-policy-file", "The log agent on its node"],
        fix: ["Repair the one that is missing; look at what was done meanwhile"],
      },
    },
  ],
};
