import { groupBy } from "./group.js";
import type { Report, ReportFinding, RunReport } from "./report.js";
import { element, escapeXml } from "./xml.js";

/**
 * JUnit XML: a suite for every stack and pack, a case for every rule. A rule fails when it blocks, is skipped when it could not decide;
 * what is advisory or excused passes and is told in the case's output.
 */
export function renderJunit(report: Report): string {
  const suites = report.runs.flatMap(run => (run.failure ? [failedSuite(run)] : suitesOf(run)));
  const sum = (of: (suite: Suite) => number): number => suites.reduce((total, suite) => total + of(suite), 0);
  const root = element(
    "testsuites",
    {
      name: `bulkhead ${report.command}`,
      tests: sum(suite => suite.cases.length),
      failures: sum(suite => total(suite, "failure")),
      errors: sum(suite => total(suite, "error")),
    },
    [...suites.map(suiteElement), "\n"],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

interface Suite {
  name: string;
  seconds: number;
  cases: Case[];
}

interface Case {
  name: string;
  outcome: "passed" | "failure" | "skipped" | "error";
  xml: string[];
}

function total(suite: Suite, outcome: Case["outcome"]): number {
  return suite.cases.filter(each => each.outcome === outcome).length;
}

function suiteElement(suite: Suite): string {
  const { name, seconds, cases } = suite;
  const counts = {
    tests: cases.length,
    failures: total(suite, "failure"),
    errors: total(suite, "error"),
    skipped: total(suite, "skipped"),
  };
  const inner = cases.map(
    each => `\n    ${element("testcase", { classname: name, name: each.name, time: "0" }, each.xml)}`,
  );
  return `\n  ${element("testsuite", { name, ...counts, time: seconds.toFixed(3) }, [...inner, "\n  "])}`;
}

function failedSuite({ title, failure }: RunReport): Suite {
  const message = failure?.message ?? "not evaluated";
  const xml = [element("error", { message, type: failure?.kind ?? "internal" }, [escapeXml(failure?.hint ?? message)])];
  return { name: title, seconds: 0, cases: [{ name: "evaluation", outcome: "error", xml }] };
}

function suitesOf(run: RunReport): Suite[] {
  const findings = groupBy(run.findings, finding => finding.rule);
  const packOf = new Map(run.rules.map(rule => [rule.id, rule.pack]));
  for (const { rule, pack } of run.findings) if (!packOf.has(rule)) packOf.set(rule, pack);
  const packs = groupBy([...packOf], ([, pack]) => pack);
  const policySeconds = (run.timings?.policy ?? 0) / 1000;
  return [...packs].map(([pack, rules], index) => ({
    name: `${run.title} · ${pack}`,
    // Packs are timed together; the first stands for them all.
    seconds: index === 0 ? policySeconds : 0,
    cases: rules.map(([rule]) => caseOf(rule, findings.get(rule) ?? [])),
  }));
}

function caseOf(name: string, findings: readonly ReportFinding[]): Case {
  const blocking = findings.filter(finding => finding.blocking);
  const undetermined = findings.filter(
    finding => finding.verdict === "undetermined" && !finding.blocking && !finding.exception,
  );
  const others = findings.filter(finding => !blocking.includes(finding) && !undetermined.includes(finding));
  const told = others.length > 0 ? [element("system-out", {}, [escapeXml(others.map(line).join("\n"))])] : [];

  const [first] = blocking;
  if (first) {
    const attributes = { message: first.message, type: `${first.severity} ${first.verdict}` };
    return {
      name,
      outcome: "failure",
      xml: [element("failure", attributes, [escapeXml(blocking.map(line).join("\n"))]), ...told],
    };
  }
  if (undetermined.length > 0) {
    return {
      name,
      outcome: "skipped",
      xml: [element("skipped", {}, [escapeXml(undetermined.map(line).join("\n"))]), ...told],
    };
  }
  return { name, outcome: "passed", xml: told };
}

function line({ source, message, urn, level, verdict, exception, baseline }: ReportFinding): string {
  const where = source ? `${source.file}:${source.line}:${source.column}` : urn;
  const excuse = exception ? ` [excused by ${exception.owner} until ${exception.expires}: ${exception.reason}]` : "";
  return `${where}: ${message} (${[level, verdict, ...(baseline === undefined ? [] : [baseline])].join(", ")})${excuse}`;
}
