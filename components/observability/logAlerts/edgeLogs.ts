import { type AlertGroup, count } from "../alerts/alert";
import { counted } from "./logQl";

/** Requests in the edge's access log, by the address they came from. */
const from = (...where: string[]) => counted(["client_address"], ['event_name="http.access"', ...where], 5);

/** Who attacks the edge, by address: what metrics, which know no addresses, cannot tell. */
export const edgeLogs: AlertGroup = {
  name: "edge-logs",
  language: "logql",
  apps: ["nginx"],
  alerts: [
    {
      name: "AddressTriesLogins",
      severity: "warning",
      owner: "security",
      forMinutes: 0,
      thresholds: { answers: count(50) },
      expr: limit => `${from('http_response_status_code="401"')} >= ${limit("answers")}`,
      summary: "{{ $labels.client_address }} tries logins",
      description: '{{ $value | printf "%.0f" }} of its requests in five minutes were answered 401.',
      runbook: {
        meaning: "One address sends many requests without a valid login: passwords or stolen tokens are tried.",
        impact: "An account may be taken over.",
        checks: [
          '{service_name="edge"} | client_address="ADDRESS": which paths, which user agent',
          "The same minutes from other addresses: is it one of many?",
        ],
        fix: ["Block the address at the edge", "Lock the accounts that were hit; see the runbook of account takeover"],
      },
    },
    {
      name: "AddressForbidden",
      severity: "warning",
      owner: "security",
      forMinutes: 0,
      thresholds: { answers: count(30) },
      expr: limit => `${from('http_response_status_code="403"')} >= ${limit("answers")}`,
      summary: "{{ $labels.client_address }} asks for what it may not have",
      description: '{{ $value | printf "%.0f" }} of its requests in five minutes were answered 403.',
      runbook: {
        meaning: "One address looks for hidden paths, or a user for rights that he does not have.",
        impact: "Data of others may be at risk.",
        checks: ['{service_name="edge"} | client_address="ADDRESS" | json | status=403: the paths and the user'],
        fix: ["Block the address; end the user's sessions"],
      },
    },
    {
      name: "AddressRateLimited",
      severity: "info",
      owner: "security",
      forMinutes: 10,
      thresholds: { answers: count(300) },
      expr: limit => `${from('http_response_status_code="429"')} >= ${limit("answers")}`,
      summary: "{{ $labels.client_address }} floods the edge",
      description: '{{ $value | printf "%.0f" }} of its requests in five minutes were answered 429.',
      runbook: {
        meaning: "One address asks more often than it may, and does not stop: a flood, or a client in a loop.",
        impact: "None while the limits hold.",
        checks: ['{service_name="edge"} | client_address="ADDRESS": a browser, a script, a partner?'],
        fix: ["Block the address, or talk to the client's owner"],
      },
    },
    {
      name: "EdgeBlocksBurst",
      severity: "warning",
      owner: "security",
      forMinutes: 5,
      thresholds: { blocked: count(500) },
      expr: limit =>
        `${counted(["service_name"], ['event_name="http.access"', 'event_outcome="blocked"'], 5)} >= ${limit("blocked")}`,
      summary: "{{ $labels.service_name }} turns many requests away",
      description: '{{ $value | printf "%.0f" }} requests in five minutes got no further than the edge.',
      runbook: {
        meaning: "The edge itself refuses: limits, forbidden paths, malformed requests. From one address or from many.",
        impact: "None so far: no application saw them.",
        checks: [
          'sum by (client_address, http_response_status_code) (count_over_time({service_name="edge"} | event_outcome="blocked" [5m]))',
        ],
        fix: ["From few addresses: block them", "From many: the runbook of a DDoS"],
      },
    },
  ],
};
