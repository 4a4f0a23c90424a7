import { z } from "zod";
import { PreviewError } from "../errors.js";
import { numbered } from "./fingerprint.js";
import type { Report, ReportFinding, RunReport } from "./report.js";

const entry = z.strictObject({
  /** As in SARIF's partialFingerprints: the finding's, and which of several alike. */
  fingerprint: z.string().regex(/^[0-9a-f]{32}:[1-9][0-9]*$/),
  // What follows is for its readers: a review sees what was accepted, and a report names what is gone.
  rule: z.string(),
  urn: z.string(),
  path: z.string(),
});
export type BaselineEntry = z.infer<typeof entry>;

/** What was found once and is accepted for now. A file that is committed: sorted, one finding a few lines. */
export const baselineFile = z.strictObject({
  bulkheadBaseline: z.literal(1),
  /** Version by name of each pack that judged: another version has other rules. */
  packs: z.record(z.string(), z.string()),
  /** By the run's title: `flowmarine/production`, or `check`. */
  runs: z.record(z.string(), z.array(entry)),
});
export type Baseline = z.infer<typeof baselineFile>;

/**
 * @param name of the file, for messages
 * @throws PreviewError (usage): no JSON, not a baseline, or made by other packs
 */
export function parseBaseline(text: string, name: string, packs: Baseline["packs"]): Baseline {
  const again = { hint: `Make it anew: --write-baseline ${name}.` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PreviewError(
      "usage",
      `baseline ${name} is no JSON: ${(error as Error).message.split("\n")[0] ?? ""}`,
      again,
    );
  }
  const parsed = baselineFile.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
    throw new PreviewError("usage", `baseline ${name} is broken: ${where}${issue?.message ?? "unreadable"}`, again);
  }
  const [made, now] = [describe(parsed.data.packs), describe(packs)];
  if (made !== now) throw new PreviewError("usage", `baseline ${name} was made by ${made}, this is ${now}`, again);
  return parsed.data;
}

function describe(packs: Baseline["packs"]): string {
  const named = Object.entries(packs).map(([name, version]) => `${name} ${version}`);
  return named.length === 0 ? "no policy pack" : named.sort().join(", ");
}

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
