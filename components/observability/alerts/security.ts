import { type AlertGroup, count, minutes, perMinute } from "./alert";

const requests = "http_server_request_duration_seconds_count";

const answers = (status: string) => `60 * sum by (job) (rate(${requests}{http_response_status_code="${status}"}[5m]))`;

/** What the application and the cluster already tell about attacks and about what protects from them. */
export const security: AlertGroup = {
  name: "security",
  apps: ["otel-collector"],
  alerts: [
    {
      name: "LoginFailuresBurst",
      severity: "warning",
      owner: "security",
      forMinutes: 5,
      thresholds: { perMinute: perMinute(60) },
      expr: limit => `${answers("401")} > ${limit("perMinute")}`,
      summary: "Many requests to {{ $labels.job }} have no valid login",
      description: '{{ $value | printf "%.0f" }} a minute were answered 401.',
      runbook: {
        meaning: "Somebody tries passwords or stolen tokens, or a client lost its credentials.",
        impact: "An account may be taken over.",
        checks: [
          "Addresses and accounts in the access log: one source, or many?",
          "One client after a change of keys?",
        ],
        fix: ["Block the source at the edge", "Lock the accounts that were hit; see the runbook of account takeover"],
      },
    },
    {
      name: "ForbiddenBurst",
      severity: "warning",
      owner: "security",
      forMinutes: 5,
      thresholds: { perMinute: perMinute(30) },
      expr: limit => `${answers("403")} > ${limit("perMinute")}`,
      summary: "Many requests to {{ $labels.job }} ask for what they may not have",
      description: '{{ $value | printf "%.0f" }} a minute were answered 403.',
      runbook: {
        meaning: "Somebody with a login looks for a way to more, or a role lost a right by mistake.",
        impact: "Data of others may be at risk.",
        checks: ["Which user and which paths: the access log", "A release that changed permissions?"],
        fix: ["End the user's sessions", "Correct the role"],
      },
    },
    {
      name: "RateLimitedBurst",
      severity: "info",
      owner: "security",
      forMinutes: 10,
      thresholds: { perMinute: perMinute(300) },
      expr: limit => `${answers("429")} > ${limit("perMinute")}`,
      summary: "Many requests to {{ $labels.job }} are turned away",
      description: '{{ $value | printf "%.0f" }} a minute were answered 429.',
      runbook: {
        meaning: "Somebody asks more often than allowed: a flood, or a client in a loop.",
        impact: "None while the limits hold.",
        checks: ["Addresses and users in the edge's access log"],
        fix: ["Block the source; talk to the client's owner"],
      },
    },
    {
      name: "AdmissionDenials",
      severity: "warning",
      owner: "security",
      forMinutes: 0,
      thresholds: { denials: count(5) },
      expr: limit =>
        'sum by (policy) (increase(apiserver_validating_admission_policy_check_total{enforcement_action="deny"}[10m]))' +
        ` >= ${limit("denials")}`,
      summary: "Admission policy {{ $labels.policy }} refuses objects",
      description: '{{ $value | printf "%.0f" }} in ten minutes: somebody deploys past the program, or tries to.',
      runbook: {
        meaning: "Objects that break the policy are sent to the cluster.",
        impact: "None: they are refused. But who sends them?",
        checks: ["The API server's audit log: user and object"],
        fix: ["Talk to its author; an unknown one: revoke the credential"],
      },
    },
    {
      name: "PodShellOpened",
      severity: "warning",
      owner: "security",
      forMinutes: 0,
      thresholds: { sessions: count(1) },
      expr: limit =>
        'sum by (user, pod_namespace) (increase(flowmarine_audit_events_total{event="pod_exec"}[10m]))' +
        ` >= ${limit("sessions")}`,
      summary: "{{ $labels.user }} opened a shell in {{ $labels.pod_namespace }}",
      description: '{{ $value | printf "%.0f" }} times in ten minutes.',
      runbook: {
        meaning: "Somebody ran kubectl exec or attach.",
        impact: "Whoever does so sees the pod's secrets and data.",
        checks: ["Was it announced? The audit log: which command"],
        fix: ["Unannounced: end the session, revoke the credential, see the runbook of a compromised container"],
      },
    },
    {
      name: "SecretsRead",
      severity: "critical",
      owner: "security",
      forMinutes: 0,
      thresholds: { reads: count(5) },
      expr: limit =>
        'sum by (user) (increase(flowmarine_audit_events_total{event="secret_read",user!~"system:.*"}[10m]))' +
        ` >= ${limit("reads")}`,
      summary: "{{ $labels.user }} reads Secrets",
      description: '{{ $value | printf "%.0f" }} in ten minutes.',
      runbook: {
        meaning: "A person or an unknown account reads Secrets through the API.",
        impact: "What was read must count as leaked.",
        checks: ["The audit log: which Secrets, from where"],
        fix: ["Revoke the credential; change every Secret that was read"],
      },
    },
    {
      name: "AuditLogSilent",
      severity: "critical",
      owner: "security",
      forMinutes: 5,
      thresholds: { silentMinutes: minutes(15) },
      expr: limit => `(time() - max(flowmarine_audit_last_event_timestamp_seconds)) / 60 > ${limit("silentMinutes")}`,
      summary: "The audit log is silent",
      description: 'Its last event is {{ $value | printf "%.0f" }} minutes old; a cluster is never quiet for so long.',
      runbook: {
        meaning: "The sensor, or the way from it, does not work, or somebody switched it off.",
        impact: "The alerts that read it are blind.",
        checks: ["The API server's audit backend; the log agent on its node"],
        fix: ["Restart the part that is silent", "Switched off on purpose? Treat it as an attack"],
      },
    },
  ],
};
