import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Alert } from "../../components/observability/alerts/alert.js";
import { conditionOf } from "../../components/observability/alerts/rules.js";
import { logAlertGroups } from "../../components/observability/logAlerts/index.js";
import { Pipeline } from "./support/pipeline.js";
import { type LogCase, logCases } from "./support/ruleCases.js";

const alerts = new Map(logAlertGroups(["edge"]).flatMap(group => group.alerts.map(alert => [alert.name, alert])));

/** Cases are hours apart, so that none sees another's lines; the last one is over now. */
const apartMinutes = 90;
const begin = Math.floor(Date.now() / 60_000 - apartMinutes * logCases.length) * 60_000;
const startOf = (test: LogCase) => begin + logCases.indexOf(test) * apartMinutes * 60_000;
/** Before all of them. */
const nothingYet = begin - 60 * 3_600_000;

const rendered = (text: string, labels: Readonly<Record<string, string>>, value: number): string =>
  text
    .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "")
    .replace(/\{\{ \$value \| printf "%.0f" \}\}/g, value.toFixed(0));

describe("alerts on logs", () => {
  let pipeline: Pipeline;

  before(async function () {
    this.timeout(300_000);
    // Loki looks for old lines in its files only, where these are not yet.
    const loki = (config: Record<string, Record<string, unknown>>) => {
      config["querier"] = { query_ingesters_within: "0s" };
    };
    pipeline = await Pipeline.start(this, { loki });
    const lines = logCases.flatMap(test =>
      test.lines.map((line, index) => ({ ...line, millis: startOf(test) + line.minute * 60_000 + 1000 + index })),
    );
    lines.sort((a, b) => a.millis - b.millis);
    for (const { by, millis, text } of lines) {
      pipeline.logs.raw(by, `${new Date(millis).toISOString()} stdout F ${text}\n`);
    }
    await pipeline.arrived(lines.length, undefined, { hours: 96 });
  });
  after(() => (pipeline as Pipeline | undefined)?.remove());

  /** What an alert is about at a time: its condition has held, minute by minute, for as long as it must. */
  async function firing(alert: Alert, millis: number): Promise<{ labels: Record<string, string>; value: number }[]> {
    const minutes = Array.from({ length: alert.forMinutes + 1 }, (_, minute) => millis - minute * 60_000);
    const found = await Promise.all(minutes.map(at => pipeline.store.value(conditionOf(alert), at)));
    const [now = [], ...before] = found.map(results =>
      results.map(({ metric, value }) => ({
        labels: metric,
        value,
        key: JSON.stringify(Object.entries(metric).sort()),
      })),
    );
    return now.filter(({ key }) => before.every(then => then.some(other => other.key === key)));
  }

  for (const test of logCases) {
    const at = (minute: number) => startOf(test) + minute * 60_000;

    it(`${test.alert} fires for what is bad enough and not for what is just below, then recovers`, async function () {
      this.timeout(60_000);
      const alert = alerts.get(test.alert);
      assert.ok(alert, "there is no such alert");
      const fired = await firing(alert, at(test.fires.minute));
      assert.equal(fired.length, 1, JSON.stringify(fired));
      const { labels = {}, value = 0 } = fired[0] ?? {};
      const { error_fingerprint: fingerprint, ...rest } = labels;
      assert.deepEqual(rest, test.fires.labels);
      if (test.alert.includes("Error")) assert.match(fingerprint ?? "", /^[0-9a-f]{16}$/);
      assert.equal(rendered(alert.description, labels, value), test.says);
      assert.ok(!rendered(alert.summary, labels, value).includes("{{"));
      assert.deepEqual(await firing(alert, at(test.fires.minute - 2)), [], "it fires too early");
      assert.equal((await firing(alert, at(test.quiet - 1))).length, 1, "it is quiet too early");
      assert.deepEqual(await firing(alert, at(test.quiet + 1)), [], "it goes on");
    });

    it(`${test.alert} does as declared where there are no lines`, async () => {
      const alert = alerts.get(test.alert);
      assert.ok(alert);
      assert.equal((await firing(alert, nothingYet)).length > 0, alert.absent === "fires");
    });
  }

  it("are all tested, and all in the list", () => {
    assert.deepEqual(logCases.map(test => test.alert).sort(), [...alerts.keys()].sort());
    const files = readdirSync(join(__dirname, "../../components/observability/logAlerts")).filter(
      name => !["index.ts", "logQl.ts"].includes(name),
    );
    assert.equal(files.length, logAlertGroups([]).length);
  });
});
