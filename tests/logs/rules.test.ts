import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { conditionOf } from "../../components/observability/alerts/rules.js";
import { logAlertGroups } from "../../components/observability/logAlerts/index.js";
import { logCases } from "./support/ruleCases.js";
import { alertOf, RuleJudge } from "./support/ruleJudge.js";

const alerts = new Map(logAlertGroups(["edge"]).flatMap(group => group.alerts.map(alert => [alert.name, alert])));

describe("alerts on logs", () => {
  let judge: RuleJudge;

  before(async function () {
    this.timeout(300_000);
    judge = await RuleJudge.start(this);
  });
  after(() => (judge as RuleJudge | undefined)?.remove());

  for (const test of logCases) {
    it(`${test.alert} fires for what is bad enough and not for what is just below, then recovers (${test.says})`, async function () {
      this.timeout(60_000);
      const alert = alertOf(alerts, test);
      assert.equal(await judge.wrong(test, alert, conditionOf(alert)), undefined);
    });

    it(`${test.alert} does as declared where there are no lines (${test.says})`, async () => {
      const alert = alertOf(alerts, test);
      assert.equal(await judge.firesWithout(alert, conditionOf(alert)), alert.absent === "fires");
    });
  }

  it("are all tested, and all in the list", () => {
    assert.deepEqual([...new Set(logCases.map(test => test.alert))].sort(), [...alerts.keys()].sort());
    const files = readdirSync(join(__dirname, "../../components/observability/logAlerts")).filter(
      name => !["index.ts", "logQl.ts"].includes(name),
    );
    assert.equal(files.length, logAlertGroups([]).length);
  });
});
