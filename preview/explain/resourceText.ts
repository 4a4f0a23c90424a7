import { groupBy } from "../report/group.js";
import type { ReportFinding } from "../report/report.js";
import { hang, harmless, type Style } from "../report/style.js";
import { nameOf } from "../report/table.js";
import { count } from "../report/verdict.js";
import type { ResourceExplanation, Verdict } from "./resource.js";
import { section } from "./ruleText.js";

const marks: Record<Verdict, string> = { pass: "✓", violation: "✗", undetermined: "?", excused: "–" };

const hint = ": change it by an argument there or by its transform, or give it an exception";

/** One resource for a person at a terminal: where it comes from, what was found, what would fix it, and what else judged it. */
export function resourceText(told: ResourceExplanation, style: Style, width: number): string {
  const { stack, resource, component, rules, findings, patch } = told;
  const place = resource.source && `${resource.source.file}:${resource.source.line}`;
  const origin = [component, place].filter(Boolean).join(", ");
  const passed = rules.filter(({ verdict }) => verdict === "pass");
  return [
    `${style.bold(harmless(nameOf(resource.urn)))}  in ${harmless(stack)}`,
    ...hang("", style.dim(harmless(resource.urn)), width),
    ...(origin === "" ? [] : hang("", `made by ${harmless(origin)}${component === undefined ? "" : hint}`, width)),
    ...section(
      findings.length === 0 ? "No findings" : count(findings.length, "finding"),
      findings.flatMap(finding => findingLines(finding, style, width)),
      style,
    ),
    ...section(
      "JSON patch of its inputs that would fix what has one way to be fixed",
      patch.map(step => `  ${harmless(JSON.stringify(step))}`),
      style,
    ),
    ...section(
      `${count(rules.length, "rule")} judged it, ${passed.length} passed`,
      [...groupBy(rules, ({ verdict, scope }) => [verdict, scope].join("\0")).values()].flatMap(same => {
        const { verdict = "pass", scope = "resource" } = same[0] ?? {};
        const names = same.map(({ id }) => id).join(", ");
        return hang(
          `  ${marks[verdict]} `,
          `${verdict}${scope === "stack" ? ", by the whole stack" : ""}: ${harmless(names)}`,
          width,
        );
      }),
      style,
    ),
    "",
  ].join("\n");
}

function findingLines(finding: ReportFinding, style: Style, width: number): string[] {
  const { rule, severity, level, verdict, message, path, argument, component, source, fix, exception } = finding;
  const paint = finding.blocking ? style.red : style.yellow;
  const state = exception ? "excused" : verdict;
  const mark = exception ? marks.excused : marks[verdict];
  const file = source?.file ?? "";
  return [
    `  ${paint(`${mark} ${harmless(rule)}`)}  ${severity}, ${level}, ${state}`,
    ...hang("      ", harmless(message), width),
    ...(path === "" ? [] : [`      at ${harmless(path)}`]),
    ...(argument && component !== undefined
      ? hang("      → ", harmless(`argument ${argument.name} of ${component}, ${file}:${argument.line}`), width)
      : []),
    ...(exception
      ? hang("      ", harmless(`excused until ${exception.expires} by ${exception.owner}: ${exception.reason}`), width)
      : []),
    ...(fix ?? []).map(step => `      → ${harmless(JSON.stringify(step))}`),
  ];
}
