import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Context } from "mocha";
import type { Alert } from "../../../components/observability/alerts/alert.js";
import { Pipeline } from "./pipeline.js";
import { type LogCase, logCases } from "./ruleCases.js";

/** Cases are hours apart, so that none sees another's lines; the last one is over now. */
const apartMinutes = 90;

const rendered = (text: string, labels: Readonly<Record<string, string>>, value: number): string =>
  text
    .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "")
    .replace(/\{\{ \$value \| printf "%.0f" \}\}/g, value.toFixed(0));

interface Firing {
  labels: Record<string, string>;
  value: number;
}

/** A real Loki that has got the lines of every case by the real agent, and what conditions say about them. */
export class RuleJudge {
  private constructor(
    private readonly pipeline: Pipeline,
    private readonly begin: number,
  ) {}

  static async start(test: Context): Promise<RuleJudge> {
    // Loki looks for old lines in its files only, where these are not yet.
    const loki = (config: Record<string, Record<string, unknown>>) => {
      config["querier"] = { query_ingesters_within: "0s" };
    };
    const pipeline = await Pipeline.start(test, { loki });
    const begin = Math.floor(Date.now() / 60_000 - apartMinutes * logCases.length) * 60_000;
    const judge = new RuleJudge(pipeline, begin);
    try {
      await judge.feed();
    } catch (error) {
      await pipeline.remove();
      throw error;
    }
    return judge;
  }

  private async feed(): Promise<void> {
    const lines = logCases.flatMap(test =>
      test.lines.map((line, index) => ({ ...line, millis: this.at(test, line.minute) + 1000 + index })),
    );
    lines.sort((a, b) => a.millis - b.millis);
    for (const { by, millis, text, attributes } of lines) {
      if (attributes === undefined) this.pipeline.logs.raw(by, `${new Date(millis).toISOString()} stdout F ${text}\n`);
    }
    await this.pipeline.store.send(
      lines.flatMap(({ by, attributes, ...rest }) =>
        attributes === undefined ? [] : { ...rest, attributes, service: by.container, namespace: by.namespace },
      ),
    );
    await this.pipeline.arrived(lines.length, undefined, { hours: 96 });
  }

  remove = () => this.pipeline.remove();

  private at(test: LogCase, minute: number): number {
    return this.begin + (logCases.indexOf(test) * apartMinutes + minute) * 60_000;
  }

  /** What a condition is about at a time: it has held, minute by minute, for as long as it must. */
  private async firing({ forMinutes }: Alert, expr: string, millis: number): Promise<Firing[]> {
    const minutes = Array.from({ length: forMinutes + 1 }, (_, minute) => millis - minute * 60_000);
    const found = await Promise.all(minutes.map(at => this.pipeline.store.value(expr, at)));
    const [now = [], ...before] = found.map(results =>
      results.map(({ metric, value }) => ({
        labels: metric,
        value,
        key: JSON.stringify(Object.entries(metric).sort()),
      })),
    );
    return now.filter(({ key }) => before.every(then => then.some(other => other.key === key)));
  }

  /** What an alert does of what it should not, or not of what it should, with this condition. */
  async wrong(test: LogCase, alert: Alert, expr: string): Promise<string | undefined> {
    const fired = await this.firing(alert, expr, this.at(test, test.fires.minute));
    if (fired.length !== 1) return `it fires for ${JSON.stringify(fired)}`;
    const { labels = {}, value = 0 } = fired[0] ?? {};
    const { error_fingerprint: fingerprint, ...rest } = labels;
    if (!isDeepStrictEqual(rest, test.fires.labels)) return `its labels are ${JSON.stringify(rest)}`;
    if (test.alert.includes("Error") && !/^[0-9a-f]{16}$/.test(fingerprint ?? "")) return "it names no error";
    const says = rendered(alert.description, labels, value);
    if (says !== test.says) return `it says ${says}`;
    const summary = rendered(alert.summary, labels, value);
    if (summary.includes("{{")) return `it says ${summary}`;
    const at = (minute: number) => this.firing(alert, expr, this.at(test, minute));
    if ((await at(test.fires.minute - 2)).length > 0) return "it fires too early";
    if ((await at(test.quiet - 1)).length !== 1) return "it is quiet too early";
    if ((await at(test.quiet + 1)).length > 0) return "it goes on";
    return undefined;
  }

  /** Whether it fires before there are any lines. */
  async firesWithout(alert: Alert, expr: string): Promise<boolean> {
    return (await this.firing(alert, expr, this.begin - 60 * 3_600_000)).length > 0;
  }
}

/** The alert of a case. */
export function alertOf(alerts: ReadonlyMap<string, Alert>, test: LogCase): Alert {
  const alert = alerts.get(test.alert);
  assert.ok(alert, `there is no alert ${test.alert}`);
  return alert;
}
