import { type Case, counter, gauge } from "../support/ruleTests";

const labels = { job: "flowmarine/api" };
const answers = (status: string) =>
  `http_server_request_duration_seconds_count{job="flowmarine/api",http_route="/login",http_response_status_code="${status}"}`;
/** One of two routes, which count together. */
const other = (status: string, perMinute: number) =>
  counter(answers(status).replace("/login", "/refresh"), perMinute, perMinute, 0);
const certificate = '{name="edge-tls",exported_namespace="app"}';

export const securityCases: readonly Case[] = [
  {
    alert: "LoginFailuresBurst",
    series: [counter(answers("401"), 41, 40, 1), other("401", 20)],
    labels,
    says: "61 a minute were answered 401.",
    firesAfter: 10,
    quietAfter: 1,
  },
  {
    alert: "ForbiddenBurst",
    series: [counter(answers("403"), 21, 20, 1), other("403", 10)],
    labels,
    says: "31 a minute were answered 403.",
    firesAfter: 10,
    quietAfter: 1,
  },
  {
    alert: "RateLimitedBurst",
    series: [counter(answers("429"), 201, 200, 1), other("429", 100)],
    labels,
    says: "301 a minute were answered 429.",
    firesAfter: 15,
    quietAfter: 1,
  },
  {
    alert: "AdmissionDenials",
    series: [
      counter(
        'apiserver_validating_admission_policy_check_total{policy="pods",enforcement_action="deny"}',
        0.4,
        0.2,
        0,
      ),
      counter(
        'apiserver_validating_admission_policy_check_total{policy="pods",enforcement_action="deny",instance="b"}',
        0.3,
        0.2,
        0,
      ),
      counter(
        'apiserver_validating_admission_policy_check_total{policy="pods",enforcement_action="allow"}',
        50,
        50,
        50,
      ),
    ],
    labels: { policy: "pods" },
    says: "7 in ten minutes: somebody deploys past the program, or tries to.",
    firesAfter: 8,
    quietAfter: 3,
  },
];

const falco = '{instance="n1"}';

export const runtimeCases: readonly Case[] = [
  {
    alert: "RuntimeRuleMatched",
    series: [
      counter(
        'falcosecurity_falco_rules_matches_total{rule_name="Terminal shell in container",priority="4",instance="n1"}',
        0.1,
        0,
        0,
      ),
      counter(
        'falcosecurity_falco_rules_matches_total{rule_name="Terminal shell in container",priority="4",instance="n2"}',
        0.1,
        0,
        0,
      ),
      counter('falcosecurity_falco_rules_matches_total{rule_name="Noise",priority="5",instance="n1"}', 9, 9, 9),
    ],
    labels: { rule_name: "Terminal shell in container", priority: "4" },
    says: "2 times in ten minutes, priority 4.",
    firesAfter: 5,
    quietAfter: 5,
  },
  {
    alert: "RuntimeSensorSilent",
    series: [counter(`falcosecurity_scap_n_evts_total${falco}`, 0, 1, 10_000)],
    labels: { instance: "n1" },
    says: "It has counted no system call for fifteen minutes; a node is never quiet for so long.",
    firesAfter: 14,
    quietAfter: 1,
  },
  {
    alert: "RuntimeSensorDrops",
    series: [
      counter(`falcosecurity_scap_n_drops_total${falco}`, 110, 100, 0),
      counter(`falcosecurity_scap_n_evts_total${falco}`, 10_000, 10_000, 10_000),
    ],
    labels: { instance: "n1" },
    says: "1.1 % of the system calls are not seen.",
    firesAfter: 25,
    quietAfter: 1,
    badMinutes: 40,
  },
];

export const certificateCases: readonly Case[] = [
  {
    alert: "CertificateOverdue",
    // 90 days long; 27 % (edge: 28 %) are left all the time.
    series: [
      gauge(
        `certmanager_certificate_expiration_timestamp_seconds${certificate}`,
        m => m * 60 + 2_099_520,
        m => m * 60 + 2_177_280,
        m => m * 60 + 7_000_000,
      ),
      gauge(
        `certmanager_certificate_not_before_timestamp_seconds${certificate}`,
        m => m * 60 - 5_676_480,
        m => m * 60 - 5_598_720,
        m => m * 60 - 776_000,
      ),
    ],
    labels: { name: "edge-tls", exported_namespace: "app" },
    says: "27 % of its life is left; it should have been renewed at a third.",
    // Weeks after the beginning of time, when its end is no longer as good as how far away it is.
    beforeMinutes: 43_200,
    badMinutes: 5760,
    afterMinutes: 2880,
    stepMinutes: 720,
  },
  {
    alert: "CertificateNotReady",
    series: [
      gauge(
        'certmanager_certificate_ready_status{name="edge-tls",exported_namespace="app",condition="False"}',
        1,
        0,
        0,
      ),
    ],
    labels: { name: "edge-tls", exported_namespace: "app", condition: "False" },
    says: "It has not been ready for 30 minutes.",
  },
];
