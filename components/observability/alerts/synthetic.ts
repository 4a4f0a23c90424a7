import { type AlertGroup, days, seconds } from "./alert";

/** The public addresses as a user sees them, by blackbox_exporter. */
export const synthetic: AlertGroup = {
  name: "synthetic",
  apps: ["blackbox-exporter"],
  alerts: [
    {
      name: "ProbeFailing",
      severity: "critical",
      owner: "platform",
      forMinutes: 2,
      thresholds: {},
      expr: () => "probe_success == 0",
      summary: "{{ $labels.probe }} does not answer as it should",
      description: "Every check of the last two minutes failed.",
      runbook: {
        meaning: "A public address gives no answer, a wrong one, or one that is not trusted.",
        impact: "Users do not reach it.",
        checks: [
          "EdgeDown, EdgeIdle: is it us?",
          "probe_http_status_code and probe_ssl_earliest_cert_expiry of the same address",
          "DNS and the proxy in front",
        ],
        fix: ["As those; else the part in front"],
      },
    },
    {
      name: "ProbeSlow",
      severity: "warning",
      owner: "platform",
      forMinutes: 10,
      thresholds: { durationSeconds: seconds(3) },
      expr: limit => `avg_over_time(probe_duration_seconds[5m]) > ${limit("durationSeconds")}`,
      summary: "{{ $labels.probe }} is slow",
      description: 'A check takes {{ $value | printf "%.1f" }} s.',
      runbook: {
        meaning: "Name, connection, handshake and answer together take too long.",
        impact: "Users wait.",
        checks: ["probe_http_duration_seconds by phase: which one?", "LatencyHigh"],
        fix: ["As LatencyHigh; else the network in front"],
      },
    },
    {
      name: "ServedCertificateEnds",
      severity: "critical",
      owner: "platform",
      forMinutes: 30,
      thresholds: { leftDays: days(3) },
      expr: limit => `(probe_ssl_earliest_cert_expiry - time()) / 86400 < ${limit("leftDays")}`,
      summary: "The certificate that {{ $labels.probe }} shows ends soon",
      description: '{{ $value | printf "%.1f" }} days are left; a renewed one is not served.',
      runbook: {
        meaning:
          "What is served is not what cert-manager has renewed, or nothing was renewed. Its life is not known from outside, so the limit is" +
          " in days: shorter than a third of any life that is in use.",
        impact: "At its end every browser refuses the site.",
        checks: [
          "CertificateOverdue, CertificateNotReady",
          "Renewed, but not loaded? The edge's log of its last reload",
        ],
        fix: ["Renew; kubectl rollout restart of the edge when it does not load it"],
      },
    },
  ],
};
