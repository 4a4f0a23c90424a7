import { groupBy } from "./group.js";
import { type Block, fit } from "./markdownBlocks.js";
import { comparisonBlocks } from "./markdownComparison.js";
import { code, escapeHtml, escapeMarkdown, link } from "./markdownText.js";
import type { Report, ReportFinding, ReportRule, RunReport } from "./report.js";
import { nameOf } from "./table.js";
import { count } from "./verdict.js";

/** By this line a later run finds its own comment again. */
export const marker = "<!-- bulkhead -->";
/** GitHub refuses a longer comment. */
export const longestComment = 65_536;

/** One comment for a pull request, never too long. */
export function renderMarkdown(report: Report): string {
  return `${marker}\n${markdownBody(report, { title: "", limit: longestComment - marker.length - 1 })}`;
}

/**
 * The verdict and a table of stacks first, details folded.
 *
 * @param options.title what tells several reports on one pull request apart; may be empty
 * @param options.limit most characters
 */
export function markdownBody(report: Report, { title, limit }: { title: string; limit: number }): string {
  const { verdict, runs } = report;
  const name = title === "" ? "Bulkhead" : `Bulkhead, ${escapeMarkdown(title)}`;
  const head = [
    `## ${verdict.exitCode === 0 ? "✅" : "❌"} ${name}: ${escapeMarkdown(verdict.sentence)}`,
    "",
    ...summaryTable(runs),
    "",
  ].join("\n");
  const rules = new Map(runs.flatMap(run => run.rules).map(rule => [rule.id, rule]));
  const titleOf = ({ title }: RunReport): string => (runs.length > 1 ? title : "");
  const located = runs.flatMap(run => run.findings.map(finding => ({ title: titleOf(run), finding })));
  const open = located.filter(({ finding }) => !finding.exception && finding.baseline !== "known");
  const blocks: Block[] = [
    ...runs.flatMap(failureBlock),
    ...findingBlocks(
      open.filter(({ finding }) => finding.blocking),
      rules,
      true,
    ),
    ...runs.flatMap(run => (run.comparison ? comparisonBlocks(run.title, run.comparison) : [])),
    ...findingBlocks(
      open.filter(({ finding }) => !finding.blocking),
      rules,
      false,
    ),
    ...listBlock("Known from the baseline, not blocking", known(located)),
    ...listBlock(
      "Fixed since the baseline: run --write-baseline to tighten",
      runs.flatMap(run =>
        (run.fixed ?? []).map(
          ({ rule, urn }) => `${code(rule)} on ${code(nameOf(urn))} (${escapeMarkdown(run.title)})`,
        ),
      ),
    ),
    ...listBlock("Exceptions in force", excuses(located)),
    ...listBlock("Not looked at", runs.flatMap(unseen)),
    ...listBlock(
      "To be set before up",
      runs.flatMap(run => run.toBeSet.map(key => `${code(key)} (${escapeMarkdown(run.title)})`)),
    ),
    ...runs.flatMap(outputBlock),
  ];
  return fit(head, blocks, limit);
}

function summaryTable(runs: readonly RunReport[]): string[] {
  const hasBaseline = runs.some(run => run.fixed !== undefined);
  const more = (cell: string): string => (hasBaseline ? cell : "");
  return [
    `| stack | resources | mandatory | advisory | undetermined | excused |${more(" known |")}`,
    `| :-- | --: | --: | --: | --: | --: |${more(" --: |")}`,
    ...runs.map(run => {
      if (run.failure) return `| ${code(run.title)} | not evaluated | | | | |${more(" |")}`;
      const open = run.findings.filter(finding => !finding.exception && finding.baseline !== "known");
      const undetermined = open.filter(finding => finding.verdict === "undetermined").length;
      const mandatory = open.filter(finding => finding.blocking && finding.verdict === "violation").length;
      const cells = [
        run.resources.length,
        mandatory,
        open.length - undetermined - mandatory,
        undetermined,
        run.findings.filter(finding => finding.exception).length,
        ...(hasBaseline ? [run.findings.filter(finding => finding.baseline === "known").length] : []),
      ];
      return `| ${code(run.title)} | ${cells.join(" | ")} |`;
    }),
  ];
}

function failureBlock({ title, failure }: RunReport): Block[] {
  if (!failure) return [];
  const where = failure.source ? ` at ${code(`${failure.source.file}:${failure.source.line}`)}` : "";
  const hint = failure.hint === undefined ? [] : [`- ${escapeMarkdown(failure.hint)}`];
  return [
    {
      title: `${escapeHtml(title)} could not be evaluated`,
      open: true,
      items: [`- ${escapeMarkdown(failure.message)}${where}`, ...hint],
    },
  ];
}

interface Located {
  /** Empty where there is one run only. */
  title: string;
  finding: ReportFinding;
}

/** One block for a rule; what several stacks share is said once. */
function findingBlocks(located: readonly Located[], rules: Map<string, ReportRule>, open: boolean): Block[] {
  const byRule = groupBy(located, ({ finding }) =>
    [finding.rule, finding.severity, finding.verdict, finding.level].join("\0"),
  );
  return [...byRule.values()].flatMap(same => {
    const finding = same[0]?.finding;
    if (!finding) return [];
    const rule = rules.get(finding.rule);
    const items = [...groupBy(same, key).values()].map(findingItem);
    const kind = finding.verdict === "undetermined" ? `undetermined, ${finding.level}` : finding.level;
    const advice = [
      ...(rule?.remediation === undefined ? [] : [escapeMarkdown(rule.remediation)]),
      ...(rule?.docs === undefined ? [] : [link("Documentation", rule.docs)]),
    ];
    return [
      {
        title: `<code>${escapeHtml(finding.rule)}</code> ${escapeHtml(rule?.title ?? "")} (${finding.severity}, ${kind}): ${count(items.length, "object")}`,
        open,
        items,
        ...(advice.length > 0 && { foot: advice.join(" ") }),
      },
    ];
  });
}

function key({ finding: { message, source, path } }: Located): string {
  return [message, source?.file, source?.line, path].join("\0");
}

function findingItem(same: readonly Located[]): string {
  const finding = same[0]?.finding;
  if (!finding) return "";
  const where = finding.source ? `${code(`${finding.source.file}:${finding.source.line}`)} ` : "";
  const stacks = [...new Set(same.map(({ title }) => title))].filter(title => title !== "");
  const shared = stacks.length === 0 ? "" : ` (${stacks.map(escapeMarkdown).join(", ")})`;
  return `- ${where}${escapeMarkdown(finding.message)}${shared}`;
}

/** A line a rule and object: enough to find it in the baseline. */
function known(located: readonly Located[]): string[] {
  const same = groupBy(
    located.filter(({ finding }) => finding.baseline === "known"),
    ({ title, finding: { rule, urn } }) =>
      `${code(rule)} on ${code(nameOf(urn))}${title === "" ? "" : ` (${escapeMarkdown(title)})`}`,
  );
  return [...same].map(([line, { length }]) => (length === 1 ? line : `${line} ×${length}`));
}

function excuses(located: readonly Located[]): string[] {
  return located.flatMap(({ title, finding: { exception, rule, urn } }) =>
    exception
      ? [
          `${code(rule)} on ${code(nameOf(urn))}${title === "" ? "" : ` (${escapeMarkdown(title)})`}: ` +
            `${escapeMarkdown(exception.reason)}; ` +
            `${escapeMarkdown(exception.owner)}, until ${escapeMarkdown(exception.expires)}`,
        ]
      : [],
  );
}

function unseen({ title, coverage }: RunReport): string[] {
  const inRun = `(${escapeMarkdown(title)})`;
  return [
    ...coverage.unhandledInvokes.map(({ token }) => `no fixture answers the function ${code(token)} ${inRun}`),
    ...coverage.unexpandedComponents.map(
      ({ urn, reason }) => `${code(nameOf(urn))}: ${escapeMarkdown(reason)} ${inRun}`,
    ),
    ...coverage.missingStackReferences.map(name => `no fixture answers the stack reference ${code(name)} ${inRun}`),
    ...coverage.unhandledReads.map(urn => `no fixture answers the read of ${code(nameOf(urn))} ${inRun}`),
    ...coverage.ignored.map(text => `${escapeMarkdown(text)} ${inRun}`),
  ];
}

function outputBlock({ title, outputs }: RunReport): Block[] {
  const lines = Object.entries(outputs).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `${code(name)}: ${code(text.length > 300 ? `${text.slice(0, 300)}…` : text)}`;
  });
  return listBlock(`Outputs of ${escapeHtml(title)}`, lines);
}

function listBlock(title: string, lines: readonly string[]): Block[] {
  return lines.length === 0 ? [] : [{ title, open: false, items: lines.map(line => `- ${line}`) }];
}
