import { groupBy } from "./group.js";
import type { Report, ReportFinding, RunReport } from "./report.js";
import { createStyle, hang, harmless, type Style } from "./style.js";
import { comparisonLines } from "./tableComparison.js";
import { findingLines } from "./tableFindings.js";
import { kindOf, resourceTree, type TreeNode } from "./tree.js";
import { count } from "./verdict.js";

export interface TableOptions {
  /** Columns of the terminal. @default 100 */
  width?: number;
  /** @default false */
  colour?: boolean;
  /** Only what needs attention: no tree, no outputs, no timings. @default false */
  quiet?: boolean;
}

/** Components below the first level are shown down to this depth; deeper ones are counted. */
const deepestLevel = 3;
/** A component list longer than this is cut. */
const longestList = 60;

/** For a person at a terminal: first what there is, then what is wrong, one verdict last. */
export function renderTable(report: Report, options: TableOptions = {}): string {
  const { width = 100, colour = false, quiet = false } = options;
  const style = createStyle(colour);
  const evaluated = report.runs.filter(run => !run.failure);
  const sections = evaluated.flatMap(run => [...runLines(report, run, style, width, quiet), ""]);
  return `${[...sections, ...verdictLines(report, style, width)].join("\n")}\n`;
}

function runLines(report: Report, run: RunReport, style: Style, width: number, quiet: boolean): string[] {
  const found = findingLines(run.findings.filter(isOpen), run.rules, style, width);
  const excused = run.findings.filter(finding => finding.exception !== undefined);
  const known = run.findings.filter(finding => finding.baseline === "known");
  const inFull = !quiet && report.command === "preview";
  return [
    style.bold(harmless(run.title)) + style.dim(`  ${headline(run)}`),
    ...(inFull ? section("Resources", treeLines(resourceTree(run.resources), style, width), style) : []),
    ...(inFull ? section("Outputs", outputLines(run.outputs), style) : []),
    ...section("Findings", found, style),
    ...section("Known from the baseline", knownLines(known, run.fixed ?? [], width), style),
    ...section("Exceptions in force", exceptionLines(excused, width), style),
    ...section(
      "To be set before up (npx bulkhead init STACK makes the values)",
      run.toBeSet.map(key => `  ${harmless(key)}`),
      style,
    ),
    ...section("Not looked at", coverageLines(run, width), style),
    ...section("Program's warnings", logLines(run, width), style),
    ...(run.comparison
      ? section(`Against ${harmless(run.comparison.base)}`, comparisonLines(run.comparison, style, width), style)
      : []),
  ];
}

function isOpen(finding: ReportFinding): boolean {
  return finding.exception === undefined && finding.baseline !== "known";
}

/** A line a rule: what is known was looked at before; what is gone is told by name. */
function knownLines(known: readonly ReportFinding[], fixed: NonNullable<RunReport["fixed"]>, width: number): string[] {
  const counted = [...groupBy(known, ({ rule }) => rule)].map(
    ([rule, same]) => `${rule}: ${count(same.length, "finding")}`,
  );
  const gone = [...groupBy(fixed, ({ rule, urn }) => `${rule} on ${nameOf(urn)}`)];
  return [
    ...counted,
    ...gone.slice(0, longestList).map(([what]) => `fixed: ${what}`),
    ...(gone.length > longestList ? [`… and ${gone.length - longestList} more fixed`] : []),
  ].flatMap(line => hang("  ", harmless(line), width - 2));
}

function headline(run: RunReport): string {
  const { timings } = run;
  const parts = [count(run.resources.length, "resource"), count(run.rules.length, "rule")];
  if (!timings) return parts.join(" · ");
  const seconds = (milliseconds: number): string => `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;
  const shares = `load ${seconds(timings.load)}, import ${seconds(timings.import)}, program ${seconds(timings.program)}, policy ${seconds(timings.policy)}`;
  return [...parts, `${seconds(timings.total)} (${shares})`].join(" · ");
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0
    ? []
    : ["", `  ${style.bold(title)}`, ...lines.map(line => (line === "" ? "" : `  ${line}`))];
}

function treeLines(root: TreeNode, style: Style, width: number): string[] {
  const lines: string[] = [];
  const show = (node: TreeNode, depth: number): void => {
    const indent = "  ".repeat(depth);
    if (node !== root) lines.push(`${indent}${style.cyan(harmless(node.name))} ${style.dim(harmless(node.type))}`);
    if (node.leaves.length > 0) lines.push(...hang(`${indent}  `, harmless(node.leaves.join(" · ")), width - 2));
    if (depth >= deepestLevel && node.children.length > 0) {
      lines.push(`${indent}  ${count(node.children.length, "component")} with ${count(node.size, "resource")}`);
      return;
    }
    for (const child of node.children.slice(0, longestList)) show(child, depth + 1);
    const left = node.children.length - longestList;
    if (left > 0) lines.push(`${indent}  … and ${count(left, "component")} more`);
  };
  show(root, 0);
  return lines;
}

function outputLines(outputs: Record<string, unknown>): string[] {
  const names = Object.keys(outputs);
  const column = Math.min(30, Math.max(0, ...names.map(name => name.length)));
  return names.map(name => `  ${harmless(name).padEnd(column)}  ${shorten(harmless(plain(outputs[name])))}`);
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Long values are for the JSON report. */
function shorten(text: string): string {
  const oneLine = text.replaceAll("\n", "⏎");
  return oneLine.length > 160 ? `${oneLine.slice(0, 160)}… (${count(oneLine.length, "character")})` : oneLine;
}

function exceptionLines(excused: readonly ReportFinding[], width: number): string[] {
  return excused.flatMap(({ rule, urn, exception }) =>
    exception
      ? hang(
          "  ",
          harmless(`${rule} on ${nameOf(urn)}: ${exception.reason} (${exception.owner}, until ${exception.expires})`),
          width - 2,
        )
      : [],
  );
}

/** `DaemonSet logs` of a URN that ends in `…$kubernetes:apps/v1:DaemonSet::logs`. */
export function nameOf(urn: string): string {
  const [qualified, ...name] = urn.split("::").slice(2);
  return qualified === undefined ? urn : `${kindOf(qualified)} ${name.join("::")}`;
}

function coverageLines({ coverage }: RunReport, width: number): string[] {
  const at = (source?: { file: string; line: number }): string => (source ? ` (${source.file}:${source.line})` : "");
  const lines = [
    ...coverage.unhandledInvokes.map(({ token, source }) => `function ${token}: no fixture answers it${at(source)}`),
    ...coverage.unexpandedComponents.map(({ urn, reason }) => `${nameOf(urn)}: ${reason}`),
    ...coverage.missingStackReferences.map(name => `stack reference ${name}: no fixture answers it`),
    ...coverage.unhandledReads.map(urn => `${nameOf(urn)}: read from the provider, no fixture answers it`),
    ...coverage.ignored,
  ];
  return lines.flatMap(line => hang("  ", harmless(line), width - 2));
}

function logLines({ logs }: RunReport, width: number): string[] {
  return logs
    .filter(({ severity }) => severity === "warning" || severity === "error")
    .flatMap(({ severity, message }) => hang("  ", harmless(`${severity}: ${message.trim()}`), width - 2));
}

function verdictLines({ runs, verdict }: Report, style: Style, width: number): string[] {
  const failed = runs
    .filter(run => run.failure)
    .map(run => `${style.red("✗")} ${harmless(run.title)} could not be evaluated`);
  const mark = verdict.exitCode === 0 ? style.green("✓") : style.red("✗");
  return [...failed, ...hang("", `${mark} ${verdict.sentence}`, width)];
}
