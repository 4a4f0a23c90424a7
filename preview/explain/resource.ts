import type { AppliedRule } from "../policy/explainEntry.js";
import type { ReportFinding, ReportResource, RunReport } from "../report/report.js";

export type Verdict = "pass" | "violation" | "undetermined" | "excused";

/** One resource of one stack: what every rule says of it. */
export interface ResourceExplanation {
  stack: string;
  resource: ReportResource;
  /** `WebService "api"`, where a component made it. */
  component?: string;
  rules: (AppliedRule & { verdict: Verdict })[];
  findings: ReportFinding[];
  /** All fixes that the rules know, as one JSON Patch of the resource's inputs. */
  patch: NonNullable<ReportFinding["fix"]>;
}

/** The worst first: what one rule finds several times is one verdict. */
const worst: readonly Verdict[] = ["violation", "undetermined", "excused", "pass"];

export function resourceExplanation(
  { title, findings: all, rules: known }: RunReport,
  resource: ReportResource,
  applied: readonly AppliedRule[],
): ResourceExplanation {
  const findings = all.filter(({ urn }) => urn === resource.urn);
  const verdictOf = (id: string): Verdict => {
    const own = findings
      .filter(({ rule }) => rule === id)
      .map(({ exception, verdict }) => (exception ? "excused" : verdict));
    return worst.find(verdict => own.some(each => each === verdict)) ?? "pass";
  };
  const missing = [...new Set(findings.map(({ rule }) => rule))].filter(id => !applied.some(rule => rule.id === id));
  const rules = [
    ...applied,
    ...missing.map((id): AppliedRule => {
      const info = known.find(rule => rule.id === id);
      const level = info?.level ?? findings.find(({ rule }) => rule === id)?.level ?? "mandatory";
      return { id, title: info?.title ?? id, level, scope: "stack" };
    }),
  ].map(rule => ({ ...rule, verdict: verdictOf(rule.id) }));
  const component = findings.find(each => each.component !== undefined)?.component;
  const steps = findings.filter(({ exception }) => !exception).flatMap(({ fix }) => fix ?? []);
  return {
    stack: title,
    resource,
    ...(component !== undefined && { component }),
    rules: rules.sort((a, b) => worst.indexOf(a.verdict) - worst.indexOf(b.verdict)),
    findings,
    // Two containers without a profile ask for the same one on their pod.
    patch: [...new Map(steps.map(step => [JSON.stringify(step), step])).values()],
  };
}
