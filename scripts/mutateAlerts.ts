// npm run mutate-alerts [-- ALERT|GROUP…]: changes each alert's and recording's PromQL in one place at a time, and asks promtool whether the cases
// of tests/observability/cases notice. Prints what nobody noticed; exit code 1 below 95 %.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { availability } from "../components/observability/alerts/availability";
import { alertGroups } from "../components/observability/alerts/index";
import { type Equivalent, equivalent } from "../tests/observability/cases/equivalentMutants";
import { findProgram } from "../tests/support/programs";
import { noticed, type RuleMutant, type Subject, subjectsOf, unchanged, valid } from "./alertMutants";

const bar = 95;
/** Rules for one promtool: few enough for both cores to have work to the end. */
const batch = 6;

const excuses = (one: Equivalent, { rule, change, expr }: RuleMutant): boolean =>
  rule === one.rule && change === one.change && expr.includes(one.where ?? "");

/** @throws Error for an excuse of nothing, or of more than one change: it may hide a test that is missing */
function checkExcuses(mutants: readonly RuleMutant[]): void {
  for (const one of equivalent) {
    const excused = mutants.filter(mutant => excuses(one, mutant)).length;
    if (excused !== 1) throw new Error(`equivalentMutants.ts excuses ${excused} changes of ${one.rule}: ${one.change}`);
  }
}

async function judge(
  promtool: string,
  folder: string,
  all: readonly Subject[],
  wanted: readonly string[],
): Promise<void> {
  const every = all.flatMap(({ mutants }) => mutants);
  checkExcuses(every);
  const allowed = await valid(promtool, folder, every);
  const excused = (mutant: RuleMutant) => equivalent.some(one => excuses(one, mutant));
  const subjects = all
    .filter(
      ({ group, rule: { alert, record } }) =>
        wanted.length === 0 || [group.name, alert ?? record ?? ""].some(name => wanted.includes(name)),
    )
    .map(subject => ({ ...subject, mutants: subject.mutants.filter(one => allowed.has(one.id) && !excused(one)) }));
  const queue = Array.from({ length: Math.ceil(subjects.length / batch) }, (_, i) =>
    subjects.slice(i * batch, (i + 1) * batch),
  );
  const seen = new Set<number>();
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      for (const id of await noticed(promtool, folder, next)) seen.add(id);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const mutants = subjects.flatMap(subject => subject.mutants).filter(({ change }) => change !== unchanged);
  const left = mutants.filter(({ id }) => !seen.has(id));
  for (const { rule, change, expr } of left) console.log(`${rule}: ${change}\n    ${expr}`);
  const share = (100 * (mutants.length - left.length)) / mutants.length;
  console.log(
    `${mutants.length - left.length} of ${mutants.length} changes of ${subjects.length} rules noticed: ${share.toFixed(1)} %` +
      ` (of all changes, ${every.length - allowed.size} are no PromQL and ${equivalent.length} change nothing)`,
  );
  process.exitCode = share >= bar ? 0 : 1;
}

async function main(wanted: readonly string[]): Promise<void> {
  const promtool = findProgram("promtool");
  if (promtool === undefined) throw new Error("promtool is not installed: scripts/install-tools.sh promtool");
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-mutants-"));
  try {
    await judge(promtool, folder, subjectsOf([...alertGroups, availability([])]), wanted);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
});
