import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AlertGroup } from "../../components/observability/alerts/alert";
import { availability } from "../../components/observability/alerts/availability";
import { alertGroups } from "../../components/observability/alerts/index";
import { conditionOf, ruleFile } from "../../components/observability/alerts/rules";
import { deployments } from "../../components/observability/dashboards/dashboard";
import { dashboards } from "../../components/observability/dashboards/index";
import { sourceOf } from "../../components/observability/dashboards/panel";
import { type Emitter, emitters, metrics } from "../../components/observability/metrics";
import { metricsOf } from "../../components/observability/promql";
import { requireProgram } from "../support/programs";
import { cases } from "./cases/index";
import { quietCases } from "./cases/quiet";
import { recordingTests } from "./cases/recordings";
import { succeeds } from "./support/program";
import { ruleTests } from "./support/ruleTests";

/** `availability` without targets: what it says of one that is missing has a test of its own. */
const groups: readonly AlertGroup[] = [...alertGroups, availability([])].filter(
  ({ language = "promql" }) => language === "promql",
);
const allAlerts = groups.flatMap(group => group.alerts);

describe("alerts", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "bulkhead-alerts-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, content: object) => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  for (const group of groups) {
    const tested = cases[group.name] ?? [];
    it(`${group.name}: each fires in time, recovers, is quiet just below, and does as declared without its metrics`, async function () {
      this.timeout(180_000);
      const promtool = requireProgram(this, "promtool");
      const quiet = quietCases.filter(({ alert }) => group.alerts.some(({ name }) => name === alert));
      const file = write(`${group.name}.yml`, ruleFile(group));
      await succeeds(promtool, ["check", "rules", "--lint=all", "--lint-fatal", file]);
      for (const { name, tests } of ruleTests(group, tested, quiet, file)) {
        await succeeds(promtool, ["test", "rules", write(name, tests)]);
      }
    });
  }

  it("are all tested: each fires, is quiet just below, recovers, and is tried without its metrics; each recording is computed", () => {
    for (const group of groups) {
      const tests = ruleTests(group, cases[group.name] ?? [], [], "rules.yml").flatMap(file => file.tests.tests);
      for (const alert of group.alerts) {
        const own = tests.filter(test => test.alert_rule_test.some(({ alertname }) => alertname === alert.name));
        const fires = own.find(test => test.alert_rule_test.some(({ exp_alerts }) => exp_alerts.length > 0));
        assert.ok(fires, `${alert.name} is never seen to fire`);
        if (alert.absent === "fires" && fires.input_series.length === 0) continue;
        assert.deepEqual(
          fires.alert_rule_test.filter(asked => asked.exp_alerts.length === 0).at(-1)?.exp_alerts,
          [],
          alert.name,
        );
        const quiet = own.filter(test => test.alert_rule_test.every(({ exp_alerts }) => exp_alerts.length === 0));
        assert.ok(
          quiet.some(test => test.input_series.length > 0),
          `${alert.name} is not tried just below`,
        );
        assert.ok(
          quiet.some(test => test.input_series.length === 0),
          `${alert.name} is not tried without its metrics`,
        );
      }
    }
    const tested = Object.values(cases).flatMap(list => list.map(({ alert }) => alert));
    assert.deepEqual([...new Set(tested)].sort(), allAlerts.map(({ name }) => name).sort());
    const recorded = groups.flatMap(({ recordings = [] }) => recordings.map(({ record }) => record));
    assert.deepEqual(
      recordingTests("rules.yml").map(({ record }) => record),
      recorded,
    );
    console.log(
      `      ${new Set(tested).size} of ${allAlerts.length} alerts, ${recorded.length} of ${recorded.length} recordings`,
    );
  });

  it("tell of a target that is not there, by name", async function () {
    const promtool = requireProgram(this, "promtool");
    const group = availability([{ job: "api", component: "shop" }]);
    const file = write("absent.yml", ruleFile(group));
    const up = 'up{job="api",component="shop"}';
    const exp_alerts = [
      {
        exp_labels: { severity: "critical", owner: "platform", domain: "availability", job: "api", component: "shop" },
        exp_annotations: {
          summary: "api is not there",
          description: "Its Service has had no pod for five minutes.",
          runbook_url: "docs/runbooks/TargetAbsent.md",
        },
      },
    ];
    const asked = (eval_time: string, there: boolean) => ({
      eval_time,
      alertname: "TargetAbsent",
      exp_alerts: there ? [] : exp_alerts,
    });
    const tests = [
      { interval: "1m", input_series: [], alert_rule_test: [asked("4m", true), asked("5m", false)] },
      { interval: "1m", input_series: [{ series: up, values: "0x20" }], alert_rule_test: [asked("15m", true)] },
    ];
    const test = write("absent.test.yml", { rule_files: [file], evaluation_interval: "1m", tests });
    await succeeds(promtool, ["test", "rules", test]);
  });

  it("are one file a group, all in the list", () => {
    const files = readdirSync(join(__dirname, "../../components/observability/alerts")).map(f =>
      f.replace(/\.ts$/, ""),
    );
    const others = ["alert", "checkGroups", "rules", "runbookIndex", "runbookPage", "syntax", "index"];
    assert.deepEqual(files.filter(f => !others.includes(f)).sort(), groups.map(({ name }) => name).sort());
  });

  it("have names of their own", () => {
    const names = allAlerts.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });

  it("read only metrics of the catalogue, or recorded ones, and the catalogue has no others", () => {
    const recorded = new Set(groups.flatMap(g => (g.recordings ?? []).map(({ record }) => record)));
    const panels = dashboards.flatMap(({ sections }) => sections.flatMap(section => section.panels));
    const expressions = [
      deployments,
      ...allAlerts.map(alert => conditionOf(alert)),
      ...panels.filter(panel => sourceOf(panel) === "metrics").flatMap(p => p.queries.map(({ expr }) => expr)),
      ...groups.flatMap(g => (g.recordings ?? []).map(({ expr }) => expr)),
    ];
    const used = new Set(expressions.flatMap(metricsOf).filter(name => !recorded.has(name)));
    assert.deepEqual(
      [...used].filter(name => !(name in metrics)),
      [],
    );
    assert.deepEqual(
      Object.keys(metrics).filter(name => !used.has(name)),
      [],
    );
  });

  it("belong to a group that is deployed where their metrics come from", () => {
    for (const group of groups) {
      for (const alert of group.alerts) {
        for (const name of metricsOf(conditionOf(alert))) {
          const emitter = metrics[name]?.emitter;
          if (emitter === undefined || group.apps === undefined) continue;
          const { app = "", notYet }: Emitter = emitters[emitter];
          assert.ok(notYet !== undefined || group.apps.includes(app), `${alert.name} reads ${name} of ${emitter}`);
        }
      }
    }
  });

  it("say a value with its unit wherever they show one", () => {
    const bare = allAlerts.filter(a => /\{\{ \$value[^}]*\}\}\s*$/.test(a.description)).map(a => a.name);
    assert.deepEqual(bare, []);
  });

  it("have a runbook with meaning, impact, checks and a fix", () => {
    const empty = allAlerts.filter(
      ({ runbook }) => !runbook.meaning || !runbook.impact || runbook.checks.length === 0 || runbook.fix.length === 0,
    );
    assert.deepEqual(
      empty.map(a => a.name),
      [],
    );
  });
});
