import assert from "node:assert/strict";
import { overview, overviewPanels } from "../../components/observability/dashboards/overview";
import { sourceIds } from "../../components/observability/grafanaConfig";
import { metrics } from "../../components/observability/metrics";
import { metricsOf } from "../../components/observability/promql";
import { requireProgram } from "../support/programs";
import { succeeds } from "./support/program";

interface Placed {
  id: number;
  datasource: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
}
const { panels } = overview as { panels: Placed[] };
const promql = overviewPanels.filter(({ kind }) => kind !== "logs").flatMap(({ queries }) => queries.map(q => q.expr));

describe("the overview dashboard", () => {
  it("asks only for metrics of the catalogue", () => {
    assert.deepEqual(
      [...new Set(promql.flatMap(metricsOf))].filter(name => !(name in metrics)),
      [],
    );
  });

  it("asks in PromQL that Prometheus can read", async function () {
    const promtool = requireProgram(this, "promtool");
    for (const expr of promql) await succeeds(promtool, ["--experimental", "promql", "format", expr]);
  });

  it("names its data sources by the ids that are provisioned", () => {
    const known = Object.values(sourceIds);
    assert.deepEqual(
      panels.filter(panel => !known.includes(panel.datasource.uid)),
      [],
    );
  });

  it("says of every panel what it shows", () => {
    assert.deepEqual(
      overviewPanels.filter(p => !p.title || !p.description || !p.unit).map(p => p.title),
      [],
    );
    assert.equal(new Set(overviewPanels.map(p => p.title)).size, overviewPanels.length);
  });

  it("puts no panel over another, and none beyond the edge", () => {
    for (const { id, gridPos: a } of panels) {
      assert.ok(a.x + a.w <= 24, `panel ${id}`);
      for (const { id: other, gridPos: b } of panels) {
        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        assert.ok(id === other || apart, `panels ${id} and ${other}`);
      }
    }
  });
});
