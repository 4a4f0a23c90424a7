import { type AlertGroup, percent } from "./alert";

/** What cert-manager issues and renews, by its own metrics. */
export const certificates: AlertGroup = {
  name: "certificates",
  apps: ["cert-manager"],
  alerts: [
    {
      name: "CertificateOverdue",
      severity: "critical",
      owner: "platform",
      forMinutes: 60,
      thresholds: { leftPercent: percent(28) },
      expr: limit =>
        "100 * (certmanager_certificate_expiration_timestamp_seconds - time())" +
        " / (certmanager_certificate_expiration_timestamp_seconds - certmanager_certificate_not_before_timestamp_seconds)" +
        ` < ${limit("leftPercent")}`,
      summary: "Certificate {{ $labels.exported_namespace }}/{{ $labels.name }} is not renewed",
      description: '{{ $value | printf "%.0f" }} % of its life is left; it should have been renewed at a third.',
      runbook: {
        meaning: "cert-manager has not renewed a certificate in time, whatever its life is.",
        impact: "When it ends, whoever verifies it refuses to talk.",
        checks: [
          "kubectl describe certificate, certificaterequest, order, challenge",
          "Can the ACME server reach the challenge path?",
        ],
        fix: ["Repair the issuer; cmctl renew NAME"],
      },
    },
    {
      name: "CertificateNotReady",
      severity: "warning",
      owner: "platform",
      forMinutes: 30,
      thresholds: {},
      expr: () => 'certmanager_certificate_ready_status{condition="False"} == 1',
      summary: "Certificate {{ $labels.exported_namespace }}/{{ $labels.name }} is not issued",
      description: "It has not been ready for 30 minutes.",
      runbook: {
        meaning: "cert-manager cannot issue it.",
        impact: "The component that needs it does not start, or will fail when the old one ends.",
        checks: ["kubectl describe certificate"],
        fix: ["Repair its issuer"],
      },
    },
  ],
};
