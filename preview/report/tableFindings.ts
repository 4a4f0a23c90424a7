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
  return [...byRule.values()].flatMap(same => ruleLines(same, infos.get(same[0]?.rule ?? ""), style, width));
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
    ...same.slice(0, longestList).flatMap(finding => itemLines(finding, style, width)),
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

function itemLines(finding: ReportFinding, style: Style, width: number): string[] {
  const { source, constructedAt, message, component } = finding;
  const where = source ? `${source.file}:${source.line}:${source.column}` : finding.urn;
  const inside = constructedAt ? style.dim(`  (made at ${harmless(constructedAt.file)}:${constructedAt.line})`) : "";
  // Messages begin with the component where the pack knows it; only a pack without that knowledge needs it said here.
  const subject = component !== undefined && !message.includes(component) ? `${component}: ` : "";
  return [`    ${style.cyan(harmless(where))}${inside}`, ...hang("      ", harmless(subject + message), width - 2)];
}
