import { type AlertGroup, count, perMinute } from "./alert";

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
  ],
};
