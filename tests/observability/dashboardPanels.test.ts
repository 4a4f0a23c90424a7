import assert from "node:assert/strict";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { conditionOf } from "../../components/observability/alerts/rules";
import { appsNeeded, dashboards } from "../../components/observability/dashboards/index";
import { sourceOf } from "../../components/observability/dashboards/panel";
import { metrics } from "../../components/observability/metrics";
import { metricsOf } from "../../components/observability/promql";
import { requireProgram } from "../support/programs";
import { alertOf, everyPanel, filled, nameOf, promql, twice } from "./support/panels";
import { succeeds } from "./support/program";

describe("every panel", () => {
  it("has a title of its own on its dashboard, and says what it shows", () => {
    for (const { title, sections } of dashboards) {
      const panels = sections.flatMap(section => section.panels);
      assert.deepEqual(twice(panels.map(panel => panel.title)), [], title);
    }
    const bad = everyPanel.filter(
      ({ panel }) => !/^[A-Z].*\.$/.test(panel.description) || panel.description === `${panel.title}.`,
    );
    assert.deepEqual(bad.map(nameOf), []);
  });

  it("has a unit that Grafana knows", () => {
    const known = new Set<unknown>(Object.values(units));
    assert.deepEqual(everyPanel.filter(({ panel }) => !known.has(panel.unit)).map(nameOf), []);
  });

  it("shows a share of a hundred in percent, and the time since or until something as a duration", () => {
    const shares = everyPanel.filter(({ panel }) => /(?:^|\()100 \* |\* 100 \//.test(panel.queries[0]?.expr ?? ""));
    const percents = everyPanel.filter(({ panel }) => panel.unit === "percent");
    assert.deepEqual(shares.map(nameOf), percents.map(nameOf));
    const ages = everyPanel.filter(({ panel }) => /(?:- time\(\)|time\(\) -)/.test(panel.queries[0]?.expr ?? ""));
    const durations = ages.filter(({ panel }) => ["s", "m", "h", "d"].includes(panel.unit));
    // How many are younger than that, and the share of a life that is left.
    const others = ["Maritime fleet: Vessels heard from in the last hour", "Security: Life that is left"];
    assert.deepEqual(
      ages
        .filter(each => !durations.includes(each))
        .map(nameOf)
        .sort(),
      others,
    );
  });

  it("names its series, by labels or by words, and each query once", () => {
    for (const each of everyPanel) {
      const { queries, kind } = each.panel;
      assert.ok(queries.length > 0, nameOf(each));
      assert.deepEqual(twice(queries.map(q => `${q.expr} ${q.legend}`)), [], nameOf(each));
      const bare = kind === "table" || kind === "logs";
      assert.ok(
        queries.every(({ legend }) => bare === (legend === "")),
        `${nameOf(each)} has a legend that is not seen, or none`,
      );
    }
  });

  it("asks only for metrics of the catalogue or recorded ones", () => {
    for (const expr of promql) assert.doesNotThrow(() => appsNeeded(expr));
    assert.throws(
      () => appsNeeded("rate(no_such_metric_total[5m])"),
      /no metric no_such_metric_total in the catalogue/,
    );
  });

  it("asks for the growth of a counter, never for its value", () => {
    const counters = Object.entries(metrics)
      .filter(([, { type }]) => type !== "gauge")
      .map(([name]) => name);
    for (const expr of promql.filter(each => each.includes("("))) {
      for (const name of metricsOf(expr).filter(each => counters.includes(each))) {
        const bare = new RegExp(`\\b${name}\\b(?!(?:\\{[^}]*\\})?\\[)`).test(expr);
        assert.ok(!bare, `${name} in ${expr}`);
      }
    }
  });

  it("rates by the interval that fits the resolution, or by the window of the alert that it is limited by", () => {
    for (const each of everyPanel.filter(({ panel }) => sourceOf(panel) === "metrics")) {
      const { limit, queries } = each.panel;
      for (const { expr } of queries) {
        const windows = [...expr.matchAll(/\[(\w+)\]/g)].map(([, window]) => window ?? "");
        if (limit === undefined) continue;
        const asAlert = conditionOf(alertOf(limit.alert));
        assert.ok(
          windows.every(window => asAlert.includes(`[${window}]`)),
          `${nameOf(each)}: ${windows.join()}`,
        );
      }
    }
  });

  it("asks in PromQL that Prometheus can read", async function () {
    this.timeout(120_000);
    const promtool = requireProgram(this, "promtool");
    // One program for all: joined by `or`, they are one expression.
    const all = [...new Set(promql)].map(expr => `(${filled(expr)})`).join(" or ");
    await succeeds(promtool, ["--experimental", "promql", "format", all]);
  });
});
