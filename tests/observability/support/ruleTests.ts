import type { Alert, AlertGroup } from "../../../components/observability/alerts/alert";

/** A value (NaN: there is none), or how it follows the minutes of the test, and those since things got bad (or just not bad enough): up to 0 all is well. */
export type Value = number | ((minute: number, since: number) => number);

/** A series in three states of the system. */
export interface Series {
  /** Metric and labels as PromQL writes them. */
  is: string;
  kind: "gauge" | "counter";
  /** The alert's condition holds. For a counter: what is added each minute. */
  bad: Value;
  /** Just not bad enough. */
  edge: Value;
  /** All is well again. */
  good: Value;
}

export const gauge = (is: string, bad: Value, edge: Value, good: Value): Series => ({
  is,
  kind: "gauge",
  bad,
  edge,
  good,
});
export const counter = (is: string, bad: Value, edge: Value, good: Value): Series => ({
  is,
  kind: "counter",
  bad,
  edge,
  good,
});
/** The same in every state. */
export const always = (is: string, value: Value, kind: Series["kind"] = "gauge"): Series => ({
  is,
  kind,
  bad: value,
  edge: value,
  good: value,
});

/**
 * Requests for 25 minutes, so many a minute, before 80 minutes are over; then none ever. In an hour that is read 15 minutes late they are all
 * seen for a while: 375 are more than six a minute. The edge: one a minute goes on.
 */
export function beforeSilence(is: string, perMinute: number): Series {
  const block = (minute: number) => (minute > 55 && minute <= 80 ? perMinute : 0);
  return counter(is, block, 1, block);
}

/** What makes an alert fire, and what does not: all is well, then bad, then well again. */
export interface Case {
  alert: string;
  series: readonly Series[];
  /** Labels of the alert, beside its own. */
  labels: Record<string, string>;
  /** The description, with its value, at the end of the bad time. */
  says: string;
  /** Minutes from the last good reading to the first message. @default its `for` and one step, as long as the condition holds at once */
  firesAfter?: number;
  /** Minutes from the last bad reading until it is quiet. @default one step */
  quietAfter?: number;
  /** How long all is well first. @default 20 */
  beforeMinutes?: number;
  /** How long things are bad. @default its `for` and 20 minutes */
  badMinutes?: number;
  /** How long all is well again. @default 20 */
  afterMinutes?: number;
  /** @default 1 */
  stepMinutes?: number;
}

/** What an alert must not fire on, although it looks like trouble. */
export interface Quiet {
  alert: string;
  /** Why it is none. */
  because: string;
  /** As they are all the time: a counter by what is added each minute. */
  series: readonly { is: string; kind: Series["kind"]; value: Value }[];
  /** Minutes in which it may fire, before what must not make it fire. @default 0 */
  fromMinute?: number;
  /** @default 60 */
  minutes?: number;
  /** @default 1 */
  stepMinutes?: number;
}

export interface RuleTest {
  name: string;
  interval: string;
  input_series: { series: string; values: string }[];
  alert_rule_test: { eval_time: string; alertname: string; exp_alerts: object[] }[];
  promql_expr_test?: { expr: string; eval_time: string; exp_samples: object[] }[];
}

type State = "bad" | "edge" | "good";

/** What counts starts anew five steps after things got bad, as after a restart: what reads a counter must bear it. */
const restart = 5;

function valuesOf(series: Series, states: readonly State[], onset: number, stepMinutes: number): string {
  let total = 0;
  return states
    .map((state, index) => {
      const value = series[state];
      const now =
        typeof value === "number" ? value : value(index * stepMinutes, Math.max(0, (index - onset) * stepMinutes));
      if (Number.isNaN(now)) return "_";
      if (series.kind === "gauge") return now;
      // A counter starts at nothing; what a state adds is seen from its first minute on.
      if (index === onset + restart) total = 0;
      if (index > 0) total += now * stepMinutes;
      return total;
    })
    .join(" ");
}

const rendered = (text: string, labels: Record<string, string>): string =>
  text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "");

function expected(domain: string, alert: Alert, test: Case): object {
  return {
    exp_labels: { severity: alert.severity, owner: alert.owner, domain, ...test.labels },
    exp_annotations: {
      summary: rendered(alert.summary, test.labels),
      description: test.says,
      runbook_url: `docs/runbooks/${alert.name}.md`,
    },
  };
}

/** promtool's test of an alert that nothing can silence. */
function alwaysFires(domain: string, alert: Alert, test: Case): RuleTest[] {
  return [
    {
      name: `${alert.name} always fires`,
      interval: "1m",
      input_series: [],
      alert_rule_test: [{ eval_time: "0m", alertname: alert.name, exp_alerts: [expected(domain, alert, test)] }],
    },
  ];
}

/**
 * promtool's tests of one alert: it fires at its minute and not before, says what it should, is quiet again at its minute, stays quiet just
 * below its threshold, and does as declared without metrics.
 */
export function testsOf(domain: string, alert: Alert, test: Case): RuleTest[] {
  if (alert.absent === "fires" && test.series.length === 0) return alwaysFires(domain, alert, test);
  const { stepMinutes: step = 1, beforeMinutes = 20, badMinutes = alert.forMinutes + 20, afterMinutes = 20 } = test;
  const { firesAfter = Math.ceil(alert.forMinutes / step) * step + step, quietAfter = step } = test;
  const [onset, end, last] = [beforeMinutes, beforeMinutes + badMinutes, beforeMinutes + badMinutes + afterMinutes];
  const minutes = Array.from({ length: last / step + 1 }, (_, index) => index * step);
  const input = (worst: State) => {
    const states = minutes.map(minute => (minute > onset && minute <= end ? worst : "good"));
    return test.series.map(series => ({
      series: series.is,
      values: valuesOf(series, states, onset / step, step),
    }));
  };
  const at = (minute: number, exp_alerts: object[]) => ({ eval_time: `${minute}m`, alertname: alert.name, exp_alerts });
  const firing = (minute: number) => ({
    expr: `count(ALERTS{alertname="${alert.name}",alertstate="firing"})`,
    eval_time: `${minute}m`,
    exp_samples: [{ value: 1 }],
  });
  const [from, to] = [onset + firesAfter, end + quietAfter];
  return [
    {
      name: `${alert.name} fires and recovers`,
      interval: `${step}m`,
      input_series: input("bad"),
      alert_rule_test: [
        ...minutes.filter(minute => minute < from || minute >= to).map(minute => at(minute, [])),
        at(end, [expected(domain, alert, test)]),
      ],
      promql_expr_test: minutes.filter(minute => minute >= from && minute < to).map(firing),
    },
    {
      name: `${alert.name} is quiet just below`,
      interval: `${step}m`,
      input_series: input("edge"),
      alert_rule_test: minutes.map(minute => at(minute, [])),
    },
    ...(alert.absent === "fires"
      ? []
      : [
          {
            name: `${alert.name} is silent without its metrics`,
            interval: `${step}m`,
            input_series: [],
            alert_rule_test: [at(end, [])],
          },
        ]),
  ];
}

/** promtool's test of what an alert must not fire on. */
export function quietTest({
  alert,
  because,
  series,
  fromMinute = 0,
  minutes = 60,
  stepMinutes: step = 1,
}: Quiet): RuleTest {
  const states = Array.from({ length: minutes / step + 1 }, (): State => "bad");
  return {
    name: `${alert} is quiet: ${because}`,
    interval: `${step}m`,
    input_series: series.map(({ is, kind, value }) => ({
      series: is,
      values: valuesOf({ is, kind, bad: value, edge: value, good: value }, states, 0, step),
    })),
    alert_rule_test: states
      .map((_, index) => index * step)
      .filter(minute => minute >= fromMinute)
      .map(minute => ({ eval_time: `${minute}m`, alertname: alert, exp_alerts: [] })),
  };
}

export interface RuleTestFile {
  rule_files: string[];
  evaluation_interval: string;
  tests: RuleTest[];
}

/**
 * promtool's test files for a group: one for each step, because a step is also how often the rules are evaluated, and a window of days
 * takes too long in minutes.
 */
export function ruleTests(
  group: AlertGroup,
  cases: readonly Case[],
  quiet: readonly Quiet[],
  rulesFile: string,
): { name: string; tests: RuleTestFile }[] {
  const byName = new Map(group.alerts.map(alert => [alert.name, alert]));
  const bySteps = new Map<number, RuleTest[]>();
  for (const test of cases) {
    const alert = byName.get(test.alert);
    if (alert === undefined) throw new Error(`group ${group.name} has no alert ${test.alert}`);
    const { stepMinutes = 1 } = test;
    bySteps.set(stepMinutes, [...(bySteps.get(stepMinutes) ?? []), ...testsOf(group.name, alert, test)]);
  }
  for (const test of quiet) {
    const { stepMinutes = 1 } = test;
    bySteps.set(stepMinutes, [...(bySteps.get(stepMinutes) ?? []), quietTest(test)]);
  }
  return [...bySteps].map(([step, tests]) => ({
    name: `${group.name}.${step}m.test.yml`,
    tests: { rule_files: [rulesFile], evaluation_interval: `${step}m`, tests },
  }));
}
