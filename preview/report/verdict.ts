import type { BlockingChange } from "../compare/comparison.js";
import type { RunReport, Verdict } from "./report.js";

/** What must be known to judge what the runs found. */
export interface VerdictOptions {
  strict: boolean;
  failOn: readonly BlockingChange[];
}

/** The first that occurs decides: the less can be trusted, the earlier. */
const failureCodes = [
  ["internal", 1],
  ["usage", 2],
  ["program", 4],
] as const;

export function judgeRuns(runs: readonly RunReport[], options: VerdictOptions): Verdict {
  const findings = runs.flatMap(run => run.findings);
  const open = findings.filter(finding => !finding.exception && finding.baseline !== "known");
  const known = findings.filter(finding => finding.baseline === "known").length;
  const fixed = runs.flatMap(run => run.fixed ?? []).length;
  const hasBaseline = runs.some(run => run.fixed !== undefined);
  const violations = open.filter(finding => finding.verdict === "violation");
  const mandatory = violations.filter(finding => finding.blocking).length;
  const undeterminedBlocking = open.filter(finding => finding.verdict === "undetermined" && finding.blocking).length;

  const otherBlocking = [
    ...(undeterminedBlocking > 0 ? [`${count(undeterminedBlocking, "mandatory rule")} undetermined`] : []),
    ...(options.strict ? runs.flatMap(unseen) : []),
    ...runs.flatMap(run =>
      options.failOn.filter(change => blocks(run, change)).map(change => `${run.title}: ${change}`),
    ),
  ];
  const failures = runs.flatMap(run => (run.failure ? [run.failure.kind] : []));
  const failureCode = failureCodes.find(([kind]) => failures.includes(kind))?.[1];

  const counts: Omit<Verdict, "sentence"> = {
    exitCode: failureCode ?? (mandatory > 0 || otherBlocking.length > 0 ? 5 : 0),
    strict: options.strict,
    failedRuns: failures.length,
    mandatory,
    advisory: violations.length - mandatory,
    undetermined: open.length - violations.length,
    excused: findings.filter(finding => finding.exception).length,
    ...(hasBaseline && { baseline: { known, fixed } }),
    otherBlocking,
  };
  return { ...counts, sentence: sentenceOf(runs, counts) };
}

function unseen({ title, coverage }: RunReport): string[] {
  const { unhandledInvokes, unexpandedComponents } = coverage;
  return [
    ...(unhandledInvokes.length > 0 ? [`${title}: ${count(unhandledInvokes.length, "unhandled invoke")}`] : []),
    ...(unexpandedComponents.length > 0
      ? [`${title}: ${count(unexpandedComponents.length, "unexpanded component")}`]
      : []),
  ];
}

function blocks({ comparison }: RunReport, change: BlockingChange): boolean {
  return (comparison?.[change].length ?? 0) > 0;
}

function sentenceOf(runs: readonly RunReport[], verdict: Omit<Verdict, "sentence">): string {
  const { failedRuns, mandatory, advisory, undetermined, excused, baseline, otherBlocking } = verdict;
  const failed = failedRuns > 0 ? [`${failedRuns} of ${runs.length} could not be evaluated`] : [];
  if (failedRuns === runs.length && runs.length > 0) return failed.join();
  // Green must never mean "not looked at".
  const judged = runs.some(run => run.rules.length > 0);
  const nothing = judged ? `no ${baseline ? "new " : ""}mandatory violation` : "no policy pack, so nothing was judged,";
  const found = [
    ...failed,
    mandatory > 0 ? count(mandatory, `${baseline ? "new " : ""}mandatory violation`) : nothing,
    ...otherBlocking,
    ...(advisory > 0 ? [`${advisory} advisory`] : []),
    ...(undetermined > 0 ? [`${undetermined} undetermined`] : []),
    ...(excused > 0 ? [`${excused} excused`] : []),
    ...(baseline && baseline.known > 0 ? [`${baseline.known} known from the baseline`] : []),
  ];
  const resources = runs.reduce((sum, run) => sum + run.resources.length, 0);
  const tighten = baseline && baseline.fixed > 0 ? `; ${baseline.fixed} fixed: run --write-baseline to tighten` : "";
  return `${found.join(", ")} in ${count(resources, "resource")}${tighten}`;
}

/** `1 rule`, `2 rules` */
export function count(amount: number, thing: string): string {
  return `${amount.toLocaleString("en-US")} ${amount === 1 ? thing : `${thing}s`}`;
}
