// npm run mutate-alerts [-- ALERT…]: changes each alert's and recording's PromQL in one place at a time, and asks promtool whether the cases
// of tests/observability/cases notice. Prints what nobody noticed; exit code 1 below 95 %.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { AlertGroup } from "../components/observability/alerts/alert";
import { availability } from "../components/observability/alerts/availability";
import { alertGroups } from "../components/observability/alerts/index";
import { type Rule, ruleFile } from "../components/observability/alerts/rules";
import { equivalent } from "../tests/observability/cases/equivalentMutants";
import { cases } from "../tests/observability/cases/index";
import { quietCases } from "../tests/observability/cases/quiet";
import { recordingTests } from "../tests/observability/cases/recordings";
import { ruleTests } from "../tests/observability/support/ruleTests";
import { findProgram } from "../tests/support/programs";
import { mutantsOf } from "./promqlMutants";

const bar = 95;
/** Test files for one promtool: its start costs as much as a few of them. */
const batch = 40;

interface Mutant {
  rule: string;
  change: string;
  expr: string;
  group: AlertGroup;
  /** The group's rules with the changed one among them, no more than its tests need. */
  rules: Rule[];
  /** Alerts that can notice. */
  alerts: readonly string[];
}

/** What it prints; that it fails is what is hoped for. */
const run = (program: string, args: readonly string[]): Promise<string> =>
  new Promise(resolve => {
    execFile(program, [...args], { maxBuffer: 2 ** 28 }, (_, stdout, stderr) => resolve(`${stdout}\n${stderr}`));
  });

const groups: readonly AlertGroup[] = [...alertGroups, availability([])];
const nameOf = ({ alert, record }: Rule): string => alert ?? record ?? "";

function mutantsIn(group: AlertGroup): Mutant[] {
  const rules = ruleFile(group).groups.flatMap(({ rules: all }) => all);
  return rules.flatMap(rule => {
    const readers = rules.filter(
      other => other === rule || (rule.record !== undefined && other.expr.includes(rule.record)),
    );
    const alerts = readers.flatMap(({ alert }) => alert ?? []);
    return mutantsOf(rule.expr).map(({ expr, change }) => ({
      rule: nameOf(rule),
      change,
      expr,
      group,
      alerts,
      rules: rules
        .filter(({ record, ...other }) =>
          record === undefined
            ? alerts.includes(other.alert ?? "")
            : readers.some(({ expr: read }) => read.includes(record)) || record === rule.record,
        )
        .map(other => (other === rule ? { ...other, expr } : other)),
    }));
  });
}

/** Of these mutants, those that PromQL allows: the others, such as the difference of a word and a number, are no rules at all. */
async function valid(promtool: string, folder: string, mutants: readonly Mutant[]): Promise<Mutant[]> {
  const file = join(folder, "all.yml");
  const rules = mutants.map(({ expr }, index) => ({ record: `m${index}`, expr }));
  writeFileSync(file, JSON.stringify({ groups: [{ name: "all", rules }] }));
  const printed = await run(promtool, ["check", "rules", "--lint=none", file]);
  const refused = new Set([...printed.matchAll(/rule \d+, "m(\d+)"/g)].map(([, index]) => Number(index)));
  return mutants.filter((_, index) => !refused.has(index));
}

/** Which of the mutants nobody notices. */
async function survivors(
  promtool: string,
  folder: string,
  mutants: readonly Mutant[],
  from: number,
): Promise<Mutant[]> {
  const byFile = new Map<string, Mutant>();
  mutants.forEach((mutant, index) => {
    const name = `${from + index}`;
    const { alerts, group, rules } = mutant;
    const rulesFile = join(folder, `${name}.rules.yml`);
    writeFileSync(rulesFile, JSON.stringify({ groups: [{ name: group.name, rules }] }));
    const own = (cases[group.name] ?? []).filter(({ alert }) => alerts.includes(alert));
    for (const { name: test, tests } of ruleTests(
      group,
      own,
      quietCases.filter(({ alert }) => alerts.includes(alert)),
      rulesFile,
    )) {
      const file = join(folder, `${name}.${test}`);
      writeFileSync(file, JSON.stringify(tests));
      byFile.set(file, mutant);
    }
    for (const { record, test } of recordingTests(rulesFile).filter(one => one.record === mutant.rule)) {
      const file = join(folder, `${name}.${record.replaceAll(":", "-")}.test.yml`);
      writeFileSync(file, JSON.stringify(test));
      byFile.set(file, mutant);
    }
  });
  const report = join(folder, `${from}.xml`);
  await run(promtool, ["test", "rules", `--junit=${report}`, ...byFile.keys()]);
  const suites = [
    ...readFileSync(report, "utf8").matchAll(/<testsuite name="([^"]+)"[^>]* failures="(\d+)" errors="(\d+)"/g),
  ];
  if (suites.length !== byFile.size) throw new Error(`promtool judged ${suites.length} of ${byFile.size} files`);
  const noticed = new Set(
    suites.flatMap(([, file = "", ...counts]) => (counts.some(n => n !== "0") ? byFile.get(file) : [])),
  );
  return mutants.filter(mutant => !noticed.has(mutant));
}

async function main(wanted: readonly string[]): Promise<void> {
  const promtool = findProgram("promtool");
  if (promtool === undefined) throw new Error("promtool is not installed: scripts/install-tools.sh promtool");
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-mutants-"));
  try {
    const asked = groups.flatMap(mutantsIn).filter(({ rule }) => wanted.length === 0 || wanted.includes(rule));
    const excused = ({ rule, change }: Mutant) => equivalent.some(one => one.rule === rule && one.change === change);
    const mutants = (await valid(promtool, folder, asked)).filter(mutant => !excused(mutant));
    const queue = Array.from({ length: Math.ceil(mutants.length / batch) }, (_, index) => index * batch);
    const left: Mutant[] = [];
    const worker = async () => {
      for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
        left.push(...(await survivors(promtool, folder, mutants.slice(from, from + batch), from)));
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
    for (const { rule, change, expr } of left) console.log(`${rule}: ${change}\n    ${expr}`);
    const noticed = mutants.length - left.length;
    const share = (100 * noticed) / mutants.length;
    console.log(
      `${noticed} of ${mutants.length} changes noticed: ${share.toFixed(1)} % (${asked.length - mutants.length} are no PromQL or change nothing)`,
    );
    process.exitCode = share >= bar ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main(process.argv.slice(2));
