import assert from "node:assert/strict";
import { alertGroups } from "../../components/observability/alerts/index";
import { sourceOf } from "../../components/observability/dashboards/panel";
import { type EmitterName, metrics } from "../../components/observability/metrics";
import { metricsOf } from "../../components/observability/promql";
import { eventually } from "../data/support/run";
import { everyPanel, filled, nameOf } from "../observability/support/panels";
import { absentEmitters, absentMetrics } from "./support/exceptions";
import { World } from "./support/world";

/** Panels whose programs run here, and that have no answer all the same, each with its reason. */
const emptyHere: Readonly<Record<string, string>> = {
  "Edge: Requests, compared with the hour before": "there was no hour before",
  "Security: Without the right": "nobody is answered 403",
  "Security: Too many": "the edge limits, not the service",
};

const recordings = new Map(alertGroups.flatMap(group => (group.recordings ?? []).map(r => [r.record, r.expr])));

/** The emitters that an expression needs. */
const emittersOf = (expr: string): (EmitterName | undefined)[] =>
  metricsOf(expr).flatMap(name => {
    const recorded = recordings.get(name);
    return recorded === undefined ? [metrics[name]?.emitter] : emittersOf(recorded);
  });

describe("panels and the programs that they are about", function () {
  // Servers of four kinds start, on a machine that may do much else besides.
  this.timeout(300_000);
  const world = new World();
  before(async function () {
    this.timeout(300_000);
    await world.start(this);
  });
  after(() => world.removeAll());

  const here = everyPanel
    .filter(({ panel }) => sourceOf(panel) === "metrics")
    .map(each => ({
      ...each,
      queries: each.panel.queries.filter(
        ({ expr }) =>
          emittersOf(expr).every(emitter => emitter !== undefined && !(emitter in absentEmitters)) &&
          !metricsOf(expr).some(name => name in absentMetrics),
      ),
    }))
    .filter(({ queries }) => queries.length > 0);

  it("have data, every one whose programs run here; what has none is listed, with its reason", async () => {
    const client = world.api.client;
    const empty = async () => {
      // Something to show.
      await client.get("/api/health");
      await client.get("/api/vessels");
      const found: string[] = [];
      for (const each of here) {
        for (const { expr } of each.queries) {
          if ((await world.query(filled(expr))).length === 0) found.push(nameOf(each));
        }
      }
      return found.filter(name => !(name in emptyHere));
    };
    await eventually("every panel has data", async () => assert.deepEqual(await empty(), []), 90);
    console.log(`      ${here.length} of ${everyPanel.length} panels show what real programs say`);
  });

  it("list no exception that is none", async () => {
    for (const name of Object.keys(absentMetrics)) assert.deepEqual(await world.query(name), [], `${name} is there`);
    const withData: string[] = [];
    for (const name of Object.keys(emptyHere)) {
      const each = here.find(panel => nameOf(panel) === name);
      assert.ok(each, `${name} is no panel of what runs here`);
      const results = await Promise.all(each.queries.map(({ expr }) => world.query(filled(expr))));
      if (results.every(result => result.length > 0)) withData.push(name);
    }
    assert.deepEqual(withData, []);
  });

  it("name their series by labels that real series have", async () => {
    const wrong: string[] = [];
    for (const each of here) {
      for (const { expr, legend } of each.queries) {
        const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? "");
        for (const { metric } of await world.query(filled(expr))) {
          // What stands in for an empty answer has no labels.
          if (Object.keys(metric).length === 0) continue;
          wrong.push(...labels.filter(label => !(label in metric)).map(label => `${nameOf(each)}: ${label}`));
        }
      }
    }
    assert.deepEqual([...new Set(wrong)], []);
  });
});
