import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { SourcePosition } from "../finding.js";
import type { Report, ReportFinding, ReportRule, RunReport } from "./report.js";

/** GitHub rejects a run with more results than this. */
const mostResults = 25_000;
/** GitHub's limit of tags for one rule. */
const mostTags = 20;

/** GitHub reads these as a CVSS score: above 9.0 critical, 7.0 high, 4.0 medium, else low. */
const securitySeverity = { critical: "9.5", high: "8.0", medium: "5.0", low: "2.0" } as const;

/** One finding of one run. */
interface Located {
  run: RunReport;
  finding: ReportFinding;
}

/**
 * SARIF 2.1.0 in one run: GitHub's code scanning refuses several runs of one tool and category. A finding's fingerprint does not depend
 * on its line, so that an alert survives edits above it.
 */
export function renderSarif(report: Report): string {
  const all = report.runs.flatMap(run => run.findings.map(finding => ({ run, finding })));
  const results = all.slice(0, mostResults);
  const rules = rulesOf(report, results);
  const index = new Map(rules.map((rule, position) => [rule.id, position]));
  const ordinal = ordinals();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: report.tool.name, semanticVersion: report.tool.version, rules: rules.map(ruleObject) },
        },
        automationDetails: { id: `bulkhead/${report.command}/` },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: report.verdict.failedRuns === 0,
            exitCode: report.verdict.exitCode,
            toolExecutionNotifications: notifications(report, all.length - results.length),
          },
        ],
        results: results.map(({ run, finding }) => resultObject(run, finding, index, ordinal(finding.fingerprint))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
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
    shortDescription: { text: title },
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

function resultObject(run: RunReport, finding: ReportFinding, index: Map<string, number>, ordinal: number): object {
  const { rule, verdict, blocking, message, urn, path, source, constructedAt, fingerprint, exception, component } =
    finding;
  const undetermined = verdict === "undetermined";
  const place = source ?? { file: run.definedIn ?? "Pulumi.yaml", line: 1, column: 1 };
  return {
    ruleId: rule,
    ruleIndex: index.get(rule) ?? -1,
    level: blocking ? "error" : undetermined ? "note" : "warning",
    message: { text: noLinks(undetermined ? `Undetermined: ${message}` : message) },
    locations: [
      {
        physicalLocation: physical(place),
        logicalLocations: [{ fullyQualifiedName: path === "" ? urn : `${urn}#${path}`, kind: "resource" }],
      },
    ],
    ...(constructedAt && {
      relatedLocations: [{ id: 1, message: { text: "made here" }, physicalLocation: physical(constructedAt) }],
    }),
    // GitHub tracks alerts by the first of these alone.
    partialFingerprints: {
      primaryLocationLineHash: `${fingerprint}:${ordinal}`,
      "bulkheadFinding/v1": `${fingerprint}:${ordinal}`,
    },
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

function physical({ file, line, column }: SourcePosition): object {
  const artifactLocation = isAbsolute(file)
    ? { uri: pathToFileURL(file).href }
    : { uri: file.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
  return { artifactLocation, region: { startLine: line, startColumn: column } };
}

/** In a SARIF message `[text](1)` is a link; in ours nothing is. */
function noLinks(text: string): string {
  return text.replace(/\[([^[\]]*)\](?=\()/g, "\\[$1\\]");
}

/** Two findings of one rule on one path need fingerprints of their own. */
function ordinals(): (fingerprint: string) => number {
  const seen = new Map<string, number>();
  return fingerprint => {
    const next = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, next);
    return next;
  };
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
      ? [note("warning", `${leftOut} less severe findings are left out: a run may hold ${mostResults}`)]
      : []),
  ];
}
