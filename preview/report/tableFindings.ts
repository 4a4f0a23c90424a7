import { groupBy } from "./group.js";
import type { ReportFinding, ReportRule } from "./report.js";
import { hang, harmless, type Style } from "./style.js";
import { count } from "./verdict.js";

/** Objects listed under one rule; the rest are counted, and stand in the other formats. */
const longestList = 12;

/** Findings by severity, then by rule: what to do is said once, then where. */
export function findingLines(
  findings: readonly ReportFinding[],
  rules: readonly ReportRule[],
  style: Style,
  width: number,
): string[] {
  const byRule = groupBy(findings, finding =>
    [finding.blocking, finding.severity, finding.rule, finding.verdict].join("\0"),
  );
  const infos = new Map(rules.map(rule => [rule.id, rule]));
  return [...byRule.values()].flatMap(same => ruleLines(same, infos.get(same[0]?.rule ?? ""), style, width)).slice(1);
}

function ruleLines(
  same: readonly ReportFinding[],
  rule: ReportRule | undefined,
  style: Style,
  width: number,
): string[] {
  const [first] = same;
  if (!first) return [];
  return [
    "",
    `  ${headline(first, style)}  ${style.bold(harmless(first.rule))}${style.dim(rule ? `  ${harmless(rule.title)}` : "")}`,
    ...[...groupBy(same.slice(0, longestList), whereOf).values()].flatMap(group => itemLines(group, style, width)),
    ...(same.length > longestList ? [`    … and ${count(same.length - longestList, "object")} more`] : []),
    ...(rule?.remediation === undefined ? [] : hang("    → ", harmless(rule.remediation), width - 2)),
    ...(rule?.docs === undefined ? [] : [style.dim(`      ${harmless(rule.docs)}`)]),
  ];
}

function headline({ blocking, severity, verdict, level }: ReportFinding, style: Style): string {
  const paint = blocking ? style.red : style.yellow;
  const mark = blocking ? "✗" : verdict === "undetermined" ? "?" : "!";
  const what = verdict === "undetermined" ? `undetermined, ${level}` : level;
  return paint(`${mark} ${severity.toUpperCase()} (${what})`);
}

function whereOf({ source, constructedAt, urn }: ReportFinding): string {
  const where = source ? `${source.file}:${source.line}:${source.column}` : urn;
  return constructedAt ? `${where}  (made at ${constructedAt.file}:${constructedAt.line})` : where;
}

/** One place, said once, with everything that the rule finds there. */
function itemLines(group: readonly ReportFinding[], style: Style, width: number): string[] {
  const [first] = group;
  if (!first) return [];
  return [
    `    ${style.cyan(harmless(whereOf(first)))}`,
    ...group.flatMap(({ message }) => hang("      ", harmless(message), width - 2)),
  ];
}
