import type { BlockingChange, Comparison } from "../compare/comparison.js";
import type { Finding } from "../finding.js";
import { masker, maskFields, maskValue } from "../mask.js";
import type { PreviewResult, ResourceRecord, RuleInfo } from "../result.js";
import { againstBaseline, type Baseline, baselineOf } from "./baseline.js";
import { fingerprintOf } from "./fingerprint.js";
import { type Locate, locator } from "./paths.js";
import { printable } from "./printable.js";
import type { Failure, Report, ReportFinding, ReportResource, RunReport } from "./report.js";
import { judgeRuns } from "./verdict.js";

/** What a command hands to the reports for one stack, or for one set of files. */
export interface RunInput {
  title: string;
  /** Folder that relative source files count from. */
  baseDir: string;
  /** Pulumi.yaml, relative to `baseDir`; absent for files that are checked. */
  definedIn?: string;
  result?: PreviewResult;
  failure?: Failure;
  comparison?: Comparison;
}

export interface ReportOptions {
  command: Report["command"];
  version: string;
  /** The repository's root: reported paths are relative to it. */
  root: string;
  strict: boolean;
  failOn: readonly BlockingChange[];
  /** What is known and does not block; "make" takes all that is found for known. */
  baseline?: Baseline | "make" | undefined;
}

/** Fields whose values are words of this model, never the program's. */
const ourWords = new Set([
  "severity",
  "level",
  "verdict",
  "mode",
  "kind",
  "op",
  "fingerprint",
  "change",
  "lost",
  "expires",
]);

const severityOrder = ["critical", "high", "medium", "low"];

/** Turns results into the one model that every format prints. Everything in it is masked; nothing after it needs to be. */
export function buildReport(runs: readonly RunInput[], options: ReportOptions): Report {
  const mask = masker(runs.flatMap(run => run.result?.secrets ?? []));
  const reports = runs.map(run => {
    const { outputs, ...rest } = runReportOf(run, options);
    const report = { ...maskFields(rest, mask, ourWords), outputs: maskValue(outputs, mask) };
    const baseline = options.baseline === "make" ? baselineOf([report], {}) : options.baseline;
    if (baseline === undefined) return report;
    const compared = againstBaseline(report, baseline);
    return { ...compared, findings: compared.findings.sort(byImportance) };
  });
  return {
    schemaVersion: 1,
    tool: { name: "bulkhead", version: options.version },
    command: options.command,
    runs: reports,
    verdict: judgeRuns(reports, options),
  };
}

function runReportOf(run: RunInput, options: ReportOptions): RunReport {
  const { result, failure, comparison } = run;
  const locate = locator(options.root, run.baseDir);
  return {
    title: run.title,
    ...(options.command === "preview" && result && { project: result.project, stack: result.stack, mode: result.mode }),
    ...(run.definedIn !== undefined && { definedIn: locate({ file: run.definedIn, line: 1, column: 1 }).file }),
    ...(failure && { failure: { ...failure, ...(failure.source && { source: locate(failure.source) }) } }),
    resources: result?.resources.map(resource => resourceOf(resource, locate)) ?? [],
    outputs: printable(result?.outputs ?? {}),
    findings: result ? findingsOf(result, options, locate) : [],
    rules: result?.rules ?? [],
    coverage: result ? coverageOf(result, locate) : emptyCoverage,
    toBeSet: result?.toBeSet ?? [],
    logs: result?.logs ?? [],
    ...(result && options.command === "preview" && { timings: result.timings }),
    ...(comparison && { comparison }),
  };
}

const emptyCoverage = {
  unhandledInvokes: [],
  unexpandedComponents: [],
  missingStackReferences: [],
  unhandledReads: [],
  ignored: [],
};

function coverageOf(result: PreviewResult, locate: Locate): RunReport["coverage"] {
  return {
    ...result.coverage,
    unhandledInvokes: result.coverage.unhandledInvokes.map(({ token, source }) => ({
      token,
      ...(source && { source: locate(source) }),
    })),
  };
}

function resourceOf(resource: ResourceRecord, locate: Locate): ReportResource {
  const source = resource.programSource ?? resource.source;
  return {
    urn: resource.urn,
    type: resource.type,
    name: resource.name,
    ...(resource.parent !== undefined && { parent: resource.parent }),
    component: !resource.custom,
    protect: resource.protect,
    ...(source && { source: locate(source) }),
  };
}

function findingsOf(result: PreviewResult, options: ReportOptions, locate: Locate): ReportFinding[] {
  const resources = new Map(result.resources.map(resource => [resource.urn, resource]));
  const rules = new Map(result.rules.map(rule => [rule.id, rule]));
  return result.findings
    .filter(finding => finding.level !== "disabled")
    .map(finding => findingOf(finding, resources.get(finding.urn), rules.get(finding.rule), options, locate))
    .sort(byImportance);
}

function findingOf(
  finding: Finding,
  resource: ResourceRecord | undefined,
  rule: RuleInfo | undefined,
  options: ReportOptions,
  locate: Locate,
): ReportFinding {
  const { source: constructed, blocks, ...rest } = finding;
  // A line of the program that its author can change, where there is one; the line inside the component is told beside it.
  const program = resource?.programSource;
  const inside = resource?.source ?? constructed;
  const source = program ?? constructed ?? inside;
  const elsewhere = program && inside && (inside.file !== program.file || inside.line !== program.line);
  return {
    ...rest,
    ...(source && { source: locate(source) }),
    ...(elsewhere && { constructedAt: locate(inside) }),
    pack: rule?.pack ?? "unknown",
    blocking: isBlocking(rest, blocks === true || options.strict),
    fingerprint: fingerprintOf(finding),
  };
}

/** The engine treats what `remediate` did not repair as mandatory; so does this. */
function isBlocking({ level, verdict, exception }: Omit<Finding, "source">, strict: boolean): boolean {
  if (exception || (level !== "mandatory" && level !== "remediate")) return false;
  return verdict === "violation" || strict;
}

function byImportance(a: ReportFinding, b: ReportFinding): number {
  return (
    Number(b.blocking) - Number(a.blocking) ||
    severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity) ||
    compare(a.rule, b.rule) ||
    compare(a.source?.file ?? "", b.source?.file ?? "") ||
    (a.source?.line ?? 0) - (b.source?.line ?? 0) ||
    compare(a.urn, b.urn) ||
    compare(a.path, b.path)
  );
}

/** By code unit: the same order on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
