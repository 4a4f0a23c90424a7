/** A change of an expression that changes nothing that can happen. */
export interface Equivalent {
  rule: string;
  change: string;
  /** Part of the changed expression, where the rule has several changes of this kind. @default any: there is only one */
  where?: string;
  why: string;
}

const one = "what it is multiplied by is always 1: `group` says so";
const zero =
  "of numbers that are never negative the sum is 0 when the largest is, and so are their mean and their increase";
const bytes = "a limit of one byte is none";

export const equivalent: readonly Equivalent[] = [
  ...["PodCrashLooping", "PodRestartsOften", "PodNotReady"].map(rule => ({ rule, change: "* → /", why: one })),
  ...["max", "avg"].flatMap(other => [
    { rule: "PodNotReady", change: `sum → ${other}`, why: zero },
    { rule: "PositionFeedSilent", change: `sum → ${other}`, why: zero },
    ...["WafSilent", "NoRequests"].map(rule => ({
      ...{ rule, change: `sum → ${other}`, why: zero },
      where:
        rule === "WafSilent"
          ? `${other} by (component) (rate(flowmarine_waf_requests_total[10m]))`
          : `${other} by (job) (rate(http_server_request_duration_seconds_count[10m]))`,
    })),
  ]),
  { rule: "PositionFeedDown", change: "max → sum", why: zero },
  { rule: "PositionFeedSilent", change: "rate → increase", why: zero },
  { rule: "RuntimeSensorSilent", change: "rate → increase", why: zero },
  {
    rule: "WafSilent",
    change: "rate → increase",
    where: "(increase(flowmarine_waf_requests_total[10m])) == 0",
    why: zero,
  },
  {
    ...{ rule: "NoRequests", change: "rate → increase", why: zero },
    where: "(increase(http_server_request_duration_seconds_count[10m])) == 0",
  },
  {
    ...{
      rule: "LatencyHigh",
      change: "rate → increase",
      where: "increase(http_server_request_duration_seconds_bucket",
    },
    why: "a quantile is of the buckets' shares, whatever they are counted in",
  },
  { rule: "SatelliteLinkFlapping", change: "8 → 7.2", why: "changes are whole numbers" },
  { rule: "MetricsStorageFull", change: "0 → 1", why: bytes },
  { rule: "RedisMemoryHigh", change: "0 → 1", why: bytes },
  {
    rule: "FilesystemFillsUp",
    change: "0 → 1",
    where: "1 - predict_linear",
    why: "a byte more or less in a day is nothing",
  },
  { rule: "FilesystemFillsUp", change: "0 → 1", where: "> 1 and", why: "a byte more or less in a day is nothing" },
  { rule: "Watchdog", change: "1 → 0", why: "whatever its value, it fires" },
  { rule: "Watchdog", change: "1 → 2", why: "whatever its value, it fires" },
  ...[`{image_id!=""} → {}`, `"" → "_"`].map(change => ({
    ...{
      rule: "ImageDrift",
      change,
      where: `${change.endsWith("{}") ? "{}" : '{image_id!="_"}'}, "digest", "$1", "image_spec"`,
    },
    why: "a container has one row: where its image has no id there is nothing on the left to take away",
  })),
  ...["share3d", "share6h"].map(share => ({
    ...{ rule: "ErrorBudgetBurnsSlowly", change: "1 * 0.1 → 0.1", where: `${share} > 0.1 / 100` },
    why: "the factor is 1",
  })),
  {
    rule: "NewException",
    change: "15m → 1800s",
    where: '!=""}[1800s]',
    why: "what was there a quarter of an hour ago is known",
  },
];
