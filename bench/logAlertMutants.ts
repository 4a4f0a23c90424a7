// Changes each LogQL rule in one place at a time, and asks a real Loki that has the lines of tests/logs/support/ruleCases.ts whether the
// cases notice. A mocha suite, because it starts programs as tests do: npm run deep -- --only log-alert-mutants
import assert from "node:assert/strict";
import type { Alert } from "../components/observability/alerts/alert.js";
import { conditionOf } from "../components/observability/alerts/rules.js";
import { logAlertGroups } from "../components/observability/logAlerts/index.js";
import { logMutantsOf } from "../scripts/logqlMutants.js";
import { excusesLogMutant } from "../tests/logs/support/equivalentMutants.js";
import { logCases } from "../tests/logs/support/ruleCases.js";
import { RuleJudge } from "../tests/logs/support/ruleJudge.js";

const bar = 95;
const alerts = logAlertGroups(["edge"]).flatMap(group => group.alerts);

describe("changes of alerts on logs", () => {
  let judge: RuleJudge;
  before(async function () {
    this.timeout(300_000);
    judge = await RuleJudge.start(this);
  });
  after(() => (judge as RuleJudge | undefined)?.remove());

  /** Loki refuses what is no LogQL: such a change is none. */
  async function isNoticed(alert: Alert, expr: string): Promise<boolean | "refused"> {
    try {
      if ((await judge.firesWithout(alert, expr)) !== (alert.absent === "fires")) return true;
      for (const test of logCases.filter(one => one.alert === alert.name)) {
        if ((await judge.wrong(test, alert, expr)) !== undefined) return true;
      }
      return false;
    } catch (error) {
      if (!(error instanceof assert.AssertionError) || error.actual !== 400) throw error;
      // Else it is LogQL that cannot be evaluated, such as two values for one set of labels: no alert, and seen.
      return /parse error|syntax error/.test(error.message) ? "refused" : true;
    }
  }

  it(`are noticed, at least ${bar} % of them`, async function () {
    this.timeout(1_800_000);
    let [noticed, refused, excused, all] = [0, 0, 0, 0];
    for (const alert of alerts) {
      const condition = conditionOf(alert);
      assert.equal(await isNoticed(alert, condition), false, `${alert.name} fails its cases without a change`);
      for (const { expr, change } of logMutantsOf(condition)) {
        if (excusesLogMutant(alert.name, change, expr)) {
          excused++;
          continue;
        }
        const verdict = await isNoticed(alert, expr);
        if (verdict === "refused") {
          refused++;
          continue;
        }
        all++;
        if (verdict) noticed++;
        else console.log(`${alert.name}: ${change}\n    ${expr}`);
      }
    }
    const share = (100 * noticed) / all;
    console.log(
      `${noticed} of ${all} changes of ${alerts.length} rules noticed: ${share.toFixed(1)} %` +
        ` (${refused} more are no LogQL, ${excused} change nothing)`,
    );
    assert.ok(share >= bar, `${share.toFixed(1)} %`);
  });
});
