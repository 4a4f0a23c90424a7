import { type Case, gauge } from "../support/ruleTests";

const of = (metric: string) => `${metric}{probe="api",job="probes"}`;
const labels = { probe: "api", job: "probes" };

export const syntheticCases: readonly Case[] = [
  {
    alert: "ProbeFailing",
    series: [gauge(of("probe_success"), 0, 1, 1)],
    labels,
    says: "Every check of the last two minutes failed.",
  },
  {
    alert: "ProbeSlow",
    // One slow check alone says nothing: the mean of five minutes does.
    series: [
      gauge(
        of("probe_duration_seconds"),
        (_, since) => (since % 2 === 1 ? 3.6 : 2.9),
        (_, since) => (since % 5 === 1 ? 14.5 : 0.1),
        0.1,
      ),
    ],
    labels,
    says: "A check takes 3.2 s.",
    firesAfter: 15,
    quietAfter: 1,
  },
  {
    alert: "ServedCertificateEnds",
    series: [
      gauge(
        of("probe_ssl_earliest_cert_expiry"),
        minute => minute * 60 + 2.9 * 86_400,
        minute => minute * 60 + 3 * 86_400,
        minute => minute * 60 + 30 * 86_400,
      ),
    ],
    labels,
    says: "2.9 days are left; a renewed one is not served.",
    beforeMinutes: 1440,
    badMinutes: 600,
    afterMinutes: 600,
    stepMinutes: 60,
  },
];
