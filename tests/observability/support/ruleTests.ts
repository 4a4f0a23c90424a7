import type { Alert, AlertGroup } from "../../../components/observability/alerts/alert";

/** A value, or how it follows the minutes since the test began. */
export type Value = number | ((minute: number) => number);

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

/** What makes an alert fire, and what does not. */
export interface Case {
  alert: string;
  series: readonly Series[];
  /** Labels of the alert, beside its own. */
  labels: Record<string, string>;
  /** The description, with its value. */
  says: string;
  /** How long things are bad: at the end of it the alert fires. @default its `for` and 20 minutes */
  badMinutes?: number;
  /** From then on it must be well again after: @default 20 minutes */
  recoverMinutes?: number;
  /** @default 1 */
  stepMinutes?: number;
}

const at = (value: Value, minute: number): number => (typeof value === "number" ? value : value(minute));

function valuesOf(series: Series, states: readonly ("bad" | "edge" | "good")[], stepMinutes: number): string {
  let total = 0;
  return states
    .map((state, index) => {
      const value = at(series[state], index * stepMinutes);
      if (series.kind === "gauge") return value;
      // A counter starts at nothing; what a state adds is seen from its first minute on.
      if (index > 0) total += value * stepMinutes;
      return total;
    })
    .join(" ");
}

const rendered = (text: string, labels: Record<string, string>): string =>
  text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "");

function expected(alert: Alert, test: Case): object {
  return {
    exp_labels: { severity: alert.severity, owner: alert.owner, ...test.labels },
    exp_annotations: {
      summary: rendered(alert.summary, test.labels),
      description: test.says,
      runbook_url: `docs/runbooks/${alert.name}.md`,
    },
  };
}

/** promtool's tests of one alert: fires (not before its time), recovers, stays quiet just below, and does as declared without metrics. */
export function testsOf(alert: Alert, test: Case): object[] {
  const { stepMinutes = 1, badMinutes = alert.forMinutes + 20, recoverMinutes = 20 } = test;
  const interval = `${stepMinutes}m`;
  const bad = Math.ceil(badMinutes / stepMinutes);
  const steps = bad + Math.ceil(recoverMinutes / stepMinutes) + 1;
  const states = (choose: (step: number) => "bad" | "edge" | "good") =>
    Array.from({ length: steps }, (_, i) => choose(i));
  const inputs = (choose: (step: number) => "bad" | "edge" | "good") =>
    test.series.map(series => ({ series: series.is, values: valuesOf(series, states(choose), stepMinutes) }));
  const asked = (minute: number, fires: boolean) => ({
    eval_time: `${minute}m`,
    alertname: alert.name,
    exp_alerts: fires ? [expected(alert, test)] : [],
  });
  const early = Math.max(0, alert.forMinutes - stepMinutes);
  const end = (steps - 1) * stepMinutes;
  const always = alert.absent === "fires" && test.series.length === 0;
  return [
    {
      name: `${alert.name} fires and recovers`,
      interval,
      input_series: inputs(step => (step <= bad ? "bad" : "good")),
      alert_rule_test: [
        ...(alert.forMinutes > 0 ? [asked(early, false)] : []),
        asked(bad * stepMinutes, true),
        ...(always ? [] : [asked(end, false)]),
      ],
    },
    ...(always
      ? []
      : [
          {
            name: `${alert.name} is quiet just below`,
            interval,
            input_series: inputs(() => "edge"),
            alert_rule_test: [early, bad * stepMinutes, end].map(minute => asked(minute, false)),
          },
        ]),
    ...(alert.absent === "fires"
      ? []
      : [
          {
            name: `${alert.name} is silent without its metrics`,
            interval,
            input_series: [],
            alert_rule_test: [asked(bad * stepMinutes, false)],
          },
        ]),
  ];
}

/**
 * promtool's test files for a group: one for each step, because a step is also how often the rules are evaluated, and a window of days
 * takes too long in minutes.
 */
export function ruleTests(
  group: AlertGroup,
  cases: readonly Case[],
  rulesFile: string,
): { name: string; tests: object }[] {
  const byName = new Map(group.alerts.map(alert => [alert.name, alert]));
  const bySteps = new Map<number, object[]>();
  for (const test of cases) {
    const alert = byName.get(test.alert);
    if (alert === undefined) throw new Error(`group ${group.name} has no alert ${test.alert}`);
    const { stepMinutes = 1 } = test;
    bySteps.set(stepMinutes, [...(bySteps.get(stepMinutes) ?? []), ...testsOf(alert, test)]);
  }
  return [...bySteps].map(([step, tests]) => ({
    name: `${group.name}.${step}m.test.yml`,
    tests: { rule_files: [rulesFile], evaluation_interval: `${step}m`, tests },
  }));
}
