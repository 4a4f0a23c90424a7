// What reads a baseline's file is loaded where there is one: its schema would be a fifth of a small check's start.
import type { Baseline, BaselineEntry } from "./baselineFile.js";
import { numbered } from "./fingerprint.js";
import type { Report, ReportFinding, RunReport } from "./report.js";

export type { Baseline } from "./baselineFile.js";

/** The open findings of every run, as a baseline of their own. */
export function baselineOf(runs: readonly RunReport[], packs: Baseline["packs"]): Baseline {
  return {
    bulkheadBaseline: 1,
    packs,
    runs: Object.fromEntries(runs.map(({ title, findings }) => [title, entriesOf(findings)])),
  };
}

function entriesOf(findings: readonly ReportFinding[]): BaselineEntry[] {
  const next = numbered();
  return findings
    .filter(({ exception }) => exception === undefined)
    .map(({ fingerprint, rule, urn, path }) => ({ fingerprint: next(fingerprint), rule, urn, path }))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ urn, rule, path, fingerprint }: BaselineEntry): string {
  return [urn, rule, path, fingerprint].join("\0");
}

/** The run with each open finding said to be new or known, and what of the baseline is gone. What is known does not block. */
export function againstBaseline(run: RunReport, baseline: Baseline): RunReport {
  if (run.failure) return run;
  const accepted = Object.hasOwn(baseline.runs, run.title) ? (baseline.runs[run.title] ?? []) : [];
  const gone = new Map(accepted.map(each => [each.fingerprint, each]));
  const next = numbered();
  const findings = run.findings.map((finding): ReportFinding => {
    if (finding.exception) return finding;
    const known = gone.delete(next(finding.fingerprint));
    return known ? { ...finding, blocking: false, baseline: "known" } : { ...finding, baseline: "new" };
  });
  return { ...run, findings, fixed: [...gone.values()] };
}

/** What a file holds after these runs: runs of other stacks stay, where the same packs made them. */
export function updatedBaseline(before: Baseline | undefined, { runs }: Report, packs: Baseline["packs"]): Baseline {
  const made = baselineOf(runs, packs);
  const all = { ...before?.runs, ...made.runs };
  return { ...made, runs: Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))) };
}
