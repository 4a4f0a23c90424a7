import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { SourcePosition } from "../finding.js";
import { numbered } from "./fingerprint.js";
import type { Report, ReportFinding, ReportRule, RunReport } from "./report.js";

/** GitHub rejects a run with more results than this. */
const mostResults = 25_000;
/** Of so many results GitHub stores this many. */
const mostShown = 5000;
/** Characters of a message, and of a rule's description, of which GitHub keeps 1,024. One finding must not push out all others. */
const longestText = 1024;
/** GitHub takes 20 tags of a rule and shows 10. */
const mostTags = 10;
/** GitHub rejects a file whose gzip is above 10 MB. */
const mostCompressedBytes = 10_000_000;

/** GitHub reads these as a CVSS score: above 9.0 critical, 7.0 high, 4.0 medium, else low. */
const securitySeverity = { critical: "9.5", high: "8.0", medium: "5.0", low: "2.0" } as const;

/** One finding of one run. */
interface Located {
  run: RunReport;
  finding: ReportFinding;
}

/**
 * SARIF 2.1.0 in one run: GitHub's code scanning refuses several runs of one tool and category. A finding's fingerprint does not depend
 * on its line, so that an alert survives edits above it. What is too much for GitHub is left out, the least severe first.
 */
export function renderSarif(report: Report): string {
  const all = report.runs.flatMap(run => run.findings.map(finding => ({ run, finding })));
  if (report.runs.length > 1 && all.length > mostShown) all.sort(byWeight);
  for (let count = Math.min(all.length, mostResults); ; count = Math.floor(count / 2)) {
    const text = sarifOf(report, all.slice(0, count), all.length - count);
    if (text.length < mostCompressedBytes || count === 0 || gzipSync(text).length <= mostCompressedBytes) return text;
  }
}

/** Sorting is stable: what is alike stays in the order of its stack. */
function byWeight(a: Located, b: Located): number {
  const weight = ({ finding: { blocking, severity } }: Located): number =>
    Number(securitySeverity[severity]) + (blocking ? 10 : 0);
  return weight(b) - weight(a);
}

function sarifOf(report: Report, results: readonly Located[], leftOut: number): string {
  const rules = rulesOf(report, results);
  const index = new Map(rules.map((rule, position) => [rule.id, position]));
  const next = numbered();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: report.tool.name, semanticVersion: report.tool.version, rules: rules.map(ruleObject) },
        },
        automationDetails: { id: category(report) },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: report.verdict.failedRuns === 0,
            exitCode: report.verdict.exitCode,
            toolExecutionNotifications: notifications(report, leftOut),
          },
        ],
        results: results.map(({ run, finding }) => resultObject(run, finding, index, next(finding.fingerprint))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/**
 * Up to the last slash GitHub reads it as the category: within one, a later upload replaces an earlier, and a job may upload one only. So
 * each project has its own.
 */
function category({ command, runs }: Report): string {
  // A stack that could not be evaluated has its project's name in its title only; the category must stay the same.
  const projects = runs.map(({ project, title }) => project ?? title.split("/")[0] ?? "");
  const names = command === "check" ? [] : [...new Set(projects)].map(encodeURIComponent);
  return ["bulkhead", command, ...names, ""].join("/");
}

/** Every rule that judged, and those that only a finding names. */
function rulesOf(report: Report, results: readonly Located[]): ReportRule[] {
  const rules = new Map<string, ReportRule>();
  for (const rule of report.runs.flatMap(run => run.rules)) if (!rules.has(rule.id)) rules.set(rule.id, rule);
  for (const { finding } of results) {
    const { rule: id, pack, severity, level } = finding;
    if (!rules.has(id)) rules.set(id, { id, pack, title: id, severity, level });
  }
  return [...rules.values()];
}

function ruleObject({ id, pack, title, severity, level, docs, remediation, tags = [] }: ReportRule): object {
  const help = remediation ?? title;
  return {
    id,
    shortDescription: { text: clip(title) },
    fullDescription: { text: clip(help) },
    ...(docs !== undefined && /^https?:\/\//.test(docs) && { helpUri: docs }),
    help: { text: help, markdown: docs === undefined ? help : `${help}\n\n[Documentation](${docs})` },
    defaultConfiguration: { level: level === "mandatory" || level === "remediate" ? "error" : "warning" },
    properties: {
      tags: [...new Set(["security", pack, ...tags])].slice(0, mostTags),
      "security-severity": securitySeverity[severity],
      precision: "very-high",
    },
  };
}

function resultObject(run: RunReport, finding: ReportFinding, index: Map<string, number>, id: string): object {
  const { rule, verdict, blocking, message, urn, path, source, constructedAt, baseline, exception, component } =
    finding;
  const undetermined = verdict === "undetermined";
  const place = source && !(run.definedIn !== undefined && isAbsolute(source.file)) ? source : wholeRun(run);
  return {
    ruleId: rule,
    ruleIndex: index.get(rule) ?? -1,
    level: blocking ? "error" : undetermined ? "note" : "warning",
    message: { text: noLinks(clip(undetermined ? `Undetermined: ${message}` : message)) },
    locations: [
      {
        physicalLocation: physical(place),
        logicalLocations: [{ fullyQualifiedName: path === "" ? urn : `${urn}#${path}`, kind: "resource" }],
      },
    ],
    ...(constructedAt &&
      !isAbsolute(constructedAt.file) && {
        relatedLocations: [{ id: 1, message: { text: "made here" }, physicalLocation: physical(constructedAt) }],
      }),
    // GitHub tracks alerts by the first of these alone.
    partialFingerprints: {
      primaryLocationLineHash: id,
      "bulkheadFinding/v1": id,
    },
    ...(baseline && { baselineState: baseline === "known" ? "unchanged" : "new" }),
    ...(exception && {
      suppressions: [
        {
          kind: "inSource",
          status: "accepted",
          justification: `${exception.reason} (${exception.owner}, until ${exception.expires})`,
        },
      ],
    }),
    properties: { run: run.title, verdict, ...(component !== undefined && { component }) },
  };
}

/** GitHub refuses a result without a place, and shows none outside of the repository. */
function wholeRun({ definedIn = "Pulumi.yaml" }: RunReport): SourcePosition {
  return { file: definedIn, line: 1, column: 1 };
}

function physical({ file, line, column }: SourcePosition): object {
  const artifactLocation = isAbsolute(file)
    ? { uri: pathToFileURL(file).href }
    : { uri: file.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
  return { artifactLocation, region: { startLine: line, startColumn: column } };
}

function clip(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
}

/** In a SARIF message `[text](1)` is a link; in ours nothing is. */
function noLinks(text: string): string {
  return text.replace(/\[([^[\]]*)\](?=\()/g, "\\[$1\\]");
}

function notifications(report: Report, leftOut: number): object[] {
  const note = (level: string, text: string, source?: SourcePosition): object => ({
    level,
    message: { text: noLinks(text) },
    ...(source && { locations: [{ physicalLocation: physical(source) }] }),
  });
  return [
    ...report.runs.flatMap(({ title, failure, coverage }) => [
      ...(failure ? [note("error", `${title}: ${failure.message}`, failure.source)] : []),
      ...coverage.unhandledInvokes.map(({ token, source }) =>
        note("warning", `${title}: no fixture answers ${token}`, source),
      ),
      ...coverage.unexpandedComponents.map(({ urn, reason }) =>
        note("warning", `${title}: ${urn} was not looked into: ${reason}`),
      ),
    ]),
    ...(leftOut > 0
      ? [
          note(
            "warning",
            `${leftOut} less severe findings are left out: GitHub takes ${mostResults}, and 10 MB compressed`,
          ),
        ]
      : []),
  ];
}
