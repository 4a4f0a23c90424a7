import assert from "node:assert/strict";
import { metricsOf } from "../../components/observability/promql";

const cases: [string, string[]][] = [
  ["up == 0", ["up"]],
  ['absent(up{job="api",instance=~"a|b"})', ["up"]],
  ["sum by (namespace, pod) (rate(a_total[5m])) / sum(b_total offset 1h) > 0.5", ["a_total", "b_total"]],
  ["a / on (instance) group_left (node) b unless on (x) c", ["a", "b", "c"]],
  ["histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m]))) > 2 and time() - t < 1e3", ["h_bucket", "t"]],
  ["job_route:errors:share5m > 14.4 * 0.1 / 100", ["job_route:errors:share5m"]],
  ['label_replace(a, "up", "$1", "down", "(.*)")', ["a"]],
  ["vector(1)", []],
  ["a > bool 1 or inf", ["a"]],
];

describe("metrics of a PromQL expression", () => {
  for (const [expr, names] of cases) it(`of ${expr}`, () => assert.deepEqual(metricsOf(expr), names));
});
