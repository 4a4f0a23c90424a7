import { type Emitter, emitters, metrics } from "../metrics";
import { metricsOf } from "../promql";
import type { Alert, AlertGroup } from "./alert";
import { conditionOf } from "./rules";

const list = (items: readonly string[], ordered: boolean): string =>
  items.map((item, index) => `${ordered ? `${index + 1}.` : "-"} ${item}`).join("\n");

/** What an alert's labels stand for is left open in a page about all of its cases. */
export const general = (text: string): string =>
  text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => `‹${label}›`);

/** What it does when there is nothing to judge, as a row of the table. */
function absent({ language }: AlertGroup, alert: Alert): string {
  const [what, silent] =
    language === "logql" ? ["lines", "it is silent"] : ["metrics", "it is silent; TargetDown or TargetAbsent tell"];
  return `| Without its ${what} | ${alert.absent === "fires" ? "it fires" : silent} |`;
}

/** Who gives what the condition reads; of logs nobody in particular. */
export function emittersOf({ language, recordings = [] }: AlertGroup, alert: Alert): Emitter[] {
  if (language === "logql") return [];
  const recorded = new Map(recordings.map(({ record, expr }) => [record, expr]));
  const read = metricsOf(conditionOf(alert)).flatMap(name => metricsOf(recorded.get(name) ?? name));
  return [...new Set(read.flatMap(name => metrics[name]?.emitter ?? []))].map(name => emitters[name]);
}

/** The same, and why it is not there yet, as a row of the table. */
function sources(group: AlertGroup, alert: Alert): string {
  if (group.language === "logql") return "| Read from | the log store |";
  const titles = emittersOf(group, alert).map(
    ({ title, notYet }) => title + (notYet === undefined ? "" : ` (no emitter yet: ${notYet})`),
  );
  return `| Read from | ${titles.join(", ") || "nothing"} |`;
}

/** The page of an alert in Markdown, for whoever is woken by it. */
export function runbookPage(group: AlertGroup, alert: Alert): string {
  const { meaning, impact, checks, fix } = alert.runbook;
  const limits = Object.entries(alert.thresholds).map(([name, { value, unit }]) => `${name} ${value} (${unit})`);
  return `# ${alert.name}

${general(alert.summary)}.

| | |
|---|---|
| Severity | ${alert.severity} |
| Owner | ${alert.owner} |
| Group | ${group.name} |
| Must hold for | ${alert.forMinutes} min |
| Thresholds | ${limits.join(", ") || "none"} |
${sources(group, alert)}
${absent(group, alert)}

**Meaning.** ${meaning}

**Impact.** ${impact}

## First checks

${list(checks, true)}

## Fix

${list(fix, false)}

## Condition

\`\`\`${group.language ?? "promql"}
${conditionOf(alert)}
\`\`\`
`;
}
