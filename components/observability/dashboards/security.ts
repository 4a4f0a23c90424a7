import { counted, program } from "../logAlerts/logQl";
import type { Dashboard } from "./dashboard";
import type { Panel } from "./panel";

const requests = "http_server_request_duration_seconds_count";
const answers = (status: string) => `60 * sum by (job) (rate(${requests}{http_response_status_code="${status}"}[5m]))`;

const refused = (title: string, description: string, status: string, alert: string): Panel => ({
  title,
  description,
  kind: "timeseries",
  unit: "reqpm",
  queries: [{ expr: answers(status), legend: "{{job}}" }],
  limit: { alert, threshold: "perMinute", when: "above" },
});

/** Requests in the edge's log by the address they came from, which metrics do not know. */
const byAddress = (title: string, description: string, status: string, alert: string): Panel => ({
  title,
  description: `${description} The ten addresses with most of them, in five minutes.`,
  kind: "timeseries",
  unit: "short",
  source: "logs",
  queries: [
    {
      expr: `topk(10, ${counted(["client_address"], ['event_name="http.access"', `http_response_status_code="${status}"`], 5)})`,
      legend: "{{client_address}}",
    },
  ],
  limit: { alert, threshold: "answers", when: "above" },
});

/** Events of the API server's audit log: none where it writes no log, or nobody reads it. */
const audit = (
  title: string,
  description: string,
  by: readonly string[],
  where: readonly string[],
  alerts: string[],
): Panel => ({
  title,
  description: `${description} Empty where the API server writes no audit log.`,
  kind: "timeseries",
  unit: "short",
  source: "logs",
  queries: [
    {
      expr: counted(by, ['event_name="k8s.audit"', ...where], 10),
      legend: by.map(label => `{{${label}}}`).join(" "),
    },
  ],
  alerts,
});

/** What tells about attacks, and about what protects from them. */
export const security: Dashboard = {
  uid: "bulkhead-security",
  title: "Security",
  description:
    "Requests that are refused, certificates, admission, the audit log, the firewall and the runtime sensor.",
  folder: "security",
  sections: [
    {
      title: "Requests that are refused",
      panels: [
        refused("Without a valid login", "Answers a minute with status 401.", "401", "LoginFailuresBurst"),
        refused("Without the right", "Answers a minute with status 403.", "403", "ForbiddenBurst"),
        refused("Too many", "Answers a minute with status 429.", "429", "RateLimitedBurst"),
        {
          title: "Stopped by the firewall",
          description: "Requests a minute, by what they tried.",
          kind: "timeseries",
          unit: "reqpm",
          queries: [
            {
              expr: '60 * sum by (component, category) (rate(flowmarine_waf_requests_total{action="blocked"}[5m]))',
              legend: "{{component}} {{category}}",
            },
          ],
          limit: { alert: "WafBlocksBurst", threshold: "perMinute", when: "above" },
          width: 12,
        },
        {
          title: "Seen by the firewall",
          description: "Requests a minute that pass it.",
          kind: "timeseries",
          unit: "reqpm",
          queries: [
            {
              expr: "60 * sum by (component) (rate(flowmarine_waf_requests_total[10m]))",
              legend: "{{component}}",
            },
          ],
          alerts: ["WafSilent"],
          width: 12,
        },
      ],
    },
    {
      title: "By address, from the logs",
      panels: [
        byAddress("Addresses that try logins", "Requests that were answered 401.", "401", "AddressTriesLogins"),
        byAddress("Addresses without the right", "Requests that were answered 403.", "403", "AddressForbidden"),
        byAddress("Addresses that flood", "Requests that were answered 429.", "429", "AddressRateLimited"),
        {
          title: "Turned away at the edge",
          description: "Requests in five minutes that got no further.",
          kind: "timeseries",
          unit: "short",
          source: "logs",
          queries: [
            {
              expr: counted(["service_name"], ['event_name="http.access"', 'event_outcome="blocked"'], 5),
              legend: "{{service_name}}",
            },
          ],
          limit: { alert: "EdgeBlocksBurst", threshold: "blocked", when: "above" },
          width: 12,
        },
        {
          title: "Logins that databases refuse",
          description: "In five minutes: inside the cluster there is nobody who should get it wrong.",
          kind: "timeseries",
          unit: "short",
          source: "logs",
          queries: [
            {
              expr: counted(program, ['event_name="db.auth_failed"'], 5),
              legend: program.map(label => `{{${label}}}`).join("/"),
            },
          ],
          limit: { alert: "DatabaseLoginsRefused", threshold: "logins", when: "above" },
          width: 12,
        },
      ],
    },
    {
      title: "Certificates",
      panels: [
        {
          title: "Life that is left",
          description: "Of each certificate; it is renewed at a third.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                "100 * (certmanager_certificate_expiration_timestamp_seconds - time())" +
                " / (certmanager_certificate_expiration_timestamp_seconds - certmanager_certificate_not_before_timestamp_seconds)",
              legend: "{{exported_namespace}}/{{name}}",
            },
          ],
          limit: { alert: "CertificateOverdue", threshold: "leftPercent", when: "below" },
          width: 12,
        },
        {
          title: "Not issued",
          description: "Certificates that are asked for and not there.",
          kind: "table",
          unit: "short",
          queries: [
            {
              expr: 'max by (exported_namespace, name) (certmanager_certificate_ready_status{condition="False"})',
              legend: "",
            },
          ],
          alerts: ["CertificateNotReady"],
          width: 12,
        },
      ],
    },
    {
      title: "Cluster",
      panels: [
        {
          title: "Objects refused by admission",
          description: "Denials of each policy, in ten minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: 'sum by (policy) (increase(apiserver_validating_admission_policy_check_total{enforcement_action="deny"}[10m]))',
              legend: "{{policy}}",
            },
          ],
          limit: { alert: "AdmissionDenials", threshold: "denials", when: "above" },
        },
      ],
    },
    {
      title: "Audit log",
      panels: [
        audit(
          "Sessions in pods",
          "Shells, copies and forwarded ports that somebody opened, in ten minutes.",
          ["k8s_audit_user", "k8s_audit_namespace", "k8s_audit_name"],
          ['k8s_audit_subresource=~"exec|attach|portforward|ephemeralcontainers"'],
          ["AuditShellOpened"],
        ),
        audit(
          "Reads of Secrets",
          "In ten minutes, without those of the cluster's own parts.",
          ["k8s_audit_user"],
          ['k8s_audit_resource="secrets"', 'k8s_audit_verb=~"get|list|watch"', 'k8s_audit_user!~"system:.*"'],
          ["AuditSecretsRead"],
        ),
        audit(
          "Requests to the API that are refused",
          "In ten minutes, answered 401 or 403.",
          ["k8s_audit_user"],
          ['k8s_audit_code=~"401|403"'],
          ["AuditAccessRefused", "AuditEventsMissing"],
        ),
      ],
    },
    {
      title: "Containers at run time",
      panels: [
        {
          title: "Rules that matched",
          description: "What containers did and should not, in ten minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: 'sum by (rule_name, priority) (increase(falcosecurity_falco_rules_matches_total{priority=~"[0-4]"}[10m]))',
              legend: "{{rule_name}}",
            },
          ],
          limit: { alert: "RuntimeRuleMatched", threshold: "matches", when: "above" },
        },
        {
          title: "System calls seen",
          description: "A second, by sensor.",
          kind: "timeseries",
          unit: "ops",
          queries: [{ expr: "rate(falcosecurity_scap_n_evts_total[5m])", legend: "{{instance}}" }],
          alerts: ["RuntimeSensorSilent"],
        },
        {
          title: "System calls lost",
          description: "Share that the sensor was too slow for.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: "100 * rate(falcosecurity_scap_n_drops_total[10m]) / rate(falcosecurity_scap_n_evts_total[10m])",
              legend: "{{instance}}",
            },
          ],
          limit: { alert: "RuntimeSensorDrops", threshold: "lostPercent", when: "above" },
        },
      ],
    },
  ],
};
