import assert from "node:assert/strict";
import type { Unit } from "../../components/observability/alerts/alert";
import { conditionOf } from "../../components/observability/alerts/rules";
import { dashboardFiles, dashboards, limitOf, panelOf } from "../../components/observability/dashboards/index";
import { alertsOf, sourceOf } from "../../components/observability/dashboards/panel";
import { metricsOf } from "../../components/observability/promql";
import { alertOf, alerts, everyPanel, files, nameOf, panelsOf } from "./support/panels";

const limited = everyPanel.flatMap(each =>
  each.panel.limit === undefined ? [] : [{ ...each, limit: each.panel.limit }],
);

describe("a limit", () => {
  /** Units of thresholds, and how a panel shows them. */
  const shownAs: Record<Unit, readonly string[]> = {
    percent: ["percent"],
    seconds: ["s"],
    minutes: ["m"],
    hours: ["h"],
    days: ["d"],
    count: ["short"],
    perMinute: ["opm", "reqpm"],
    burnRate: [],
  };

  for (const { limit, ...each } of limited) {
    it(`of "${nameOf(each)}" is ${limit.alert}'s, in its unit, on its side, and of what it measures`, () => {
      const alert = alertOf(limit.alert);
      const threshold = alert.thresholds[limit.threshold];
      assert.ok(threshold, `${alert.name} has no ${limit.threshold}`);
      assert.ok(shownAs[threshold.unit].includes(each.panel.unit), `${threshold.unit} as ${each.panel.unit}`);
      const sign = limit.when === "above" ? ">=?" : "<=?";
      assert.match(conditionOf(alert), new RegExp(`${sign} ${String(threshold.value).replace(".", "\\.")}(?![\\d.])`));
      if (sourceOf(each.panel) === "logs") {
        const counted = each.panel.queries.map(({ expr }) => expr.replace(/^topk\(\d+, (.*)\)$/, "$1"));
        for (const expr of counted) assert.ok(conditionOf(alert).startsWith(expr), `${expr} is not what it counts`);
        return;
      }
      const measured = metricsOf(conditionOf(alert));
      const shown = each.panel.queries.flatMap(({ expr }) => metricsOf(expr));
      assert.deepEqual(
        shown.filter(name => !measured.includes(name)),
        [],
      );
    });
  }

  it("is where the panel turns red", () => {
    for (const { dashboard, panel, limit } of limited) {
      const file = files.find(({ content }) => content.uid === dashboard.uid);
      const made = file && panelsOf(file.content).find(({ title }) => title === panel.title);
      const steps = made?.fieldConfig.defaults.thresholds?.steps ?? [];
      const value = alertOf(limit.alert).thresholds[limit.threshold]?.value;
      const expected =
        limit.when === "above"
          ? [
              { color: "green", value: null },
              { color: "red", value },
            ]
          : [
              { color: "red", value: null },
              { color: "green", value },
            ];
      assert.deepEqual(steps, expected, `${dashboard.title}: ${panel.title}`);
    }
  });

  it("moves with the alert when a stack wants it otherwise, and goes when the alert is switched off", () => {
    const limit = { alert: "MemoryLow", threshold: "freePercent" };
    assert.equal(limitOf(limit, { MemoryLow: { thresholds: { freePercent: 5 } } }), 5);
    assert.equal(limitOf(limit, { MemoryLow: { enabled: false } }), undefined);
    const [nodes] = dashboardFiles(
      dashboards.filter(({ title }) => title === "Nodes"),
      { deployments: false, runbookUrl: "docs/", overrides: { MemoryLow: { thresholds: { freePercent: 5 } } } },
    );
    const memory = nodes && panelsOf(nodes.content).find(({ title }) => title === "Available memory");
    assert.equal(memory?.fieldConfig.defaults.thresholds?.steps[1]?.value, 5);
  });

  it("of an alert or a threshold that does not exist is refused", () => {
    assert.throws(
      () => limitOf({ alert: "MemoryLoww", threshold: "freePercent" }),
      /no threshold freePercent of alert MemoryLoww/,
    );
    assert.throws(() => limitOf({ alert: "MemoryLow", threshold: "free" }), /no threshold free of alert MemoryLow/);
  });
});

describe("an alert", () => {
  it("leads to a panel, whichever it is", () => {
    assert.deepEqual(
      [...alerts.keys()].filter(alert => panelOf(alert, dashboards) === undefined),
      [],
    );
  });

  it("is no other's name that a panel has by mistake", () => {
    const named = everyPanel.flatMap(({ panel }) => alertsOf(panel));
    // These two are made of the targets.
    const made = ["TargetDown", "TargetAbsent"];
    assert.deepEqual(
      named.filter(name => !alerts.has(name) && !made.includes(name)),
      [],
    );
  });

  it("leads to the very panel that shows it", () => {
    const path = panelOf("PostgresDeadlocks", dashboards) ?? "";
    const [, uid, id] = /^d\/([\w-]+)\?viewPanel=panel-(\d+)$/.exec(path) ?? [];
    const file = files.find(({ content }) => content.uid === uid);
    const panel = file?.content.panels.find(each => each.id === Number(id));
    assert.equal(panel?.title, "Deadlocks");
  });

  it("leads from its panel to its runbook, where that has an address that a browser can open", () => {
    const linksOf = (runbookUrl: string) =>
      dashboardFiles(dashboards, { deployments: true, runbookUrl })
        .flatMap(({ content }) => panelsOf(content))
        .find(({ title }) => title === "Rolled back")?.links ?? [];
    assert.deepEqual(
      linksOf("https://wiki.example/runbooks/").map(({ title, url }) => [title, url]),
      [["Runbook: PostgresRollbacksHigh", "https://wiki.example/runbooks/PostgresRollbacksHigh.md"]],
    );
    assert.deepEqual(linksOf("docs/runbooks/"), []);
  });
});
