import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AlertGroup } from "../components/observability/alerts/alert";
import { type Rule, ruleFile } from "../components/observability/alerts/rules";
import { cases } from "../tests/observability/cases/index";
import { quietCases } from "../tests/observability/cases/quiet";
import { recordingTests } from "../tests/observability/cases/recordings";
import { type RuleTest, ruleTests } from "../tests/observability/support/ruleTests";
import { mutantsOf } from "./promqlMutants";

/**
 * Judges changes of alerts and recordings with promtool. All changes of a rule are rules of one file, each under a name of its own, and are
 * tried with the same series: loading those, and starting promtool, costs more than evaluating a rule.
 */

/** A rule with one change. */
export interface RuleMutant {
  /** Unique among all: part of the names of its rules. */
  id: number;
  rule: string;
  change: string;
  expr: string;
}

/** An alert or a recording, with its changes. */
export interface Subject {
  group: AlertGroup;
  rule: Rule;
  mutants: readonly RuleMutant[];
}

/** Says that a mutant is the rule as it is: were it noticed, the cases would be wrong. */
export const unchanged = "nothing";

const nameOf = ({ alert, record }: Rule): string => alert ?? record ?? "";
const marked = (name: string, { id }: RuleMutant): string => `${name}__m${id}`;
const rulesOf = (group: AlertGroup): Rule[] => ruleFile(group).groups.flatMap(({ rules }) => rules);

/** Every alert and recording of these groups; each has its unchanged self among its mutants. */
export function subjectsOf(groups: readonly AlertGroup[]): Subject[] {
  let id = 0;
  return groups.flatMap(group =>
    rulesOf(group).map(rule => {
      const all = [{ expr: rule.expr, change: unchanged }, ...mutantsOf(rule.expr)];
      return { group, rule, mutants: all.map(one => ({ ...one, id: id++, rule: nameOf(rule) })) };
    }),
  );
}

/** What it prints; that it fails is what is hoped for. */
export const run = (program: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(program, [...args], { maxBuffer: 2 ** 30 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(new Error(error.message));
      else resolve(`${stdout}\n${stderr}`);
    });
  });

/** Of these mutants, those that PromQL allows: the others, such as the difference of a word and a number, are no rules at all. */
export async function valid(promtool: string, folder: string, mutants: readonly RuleMutant[]): Promise<Set<number>> {
  const file = join(folder, "all.yml");
  const rules = mutants.map(({ id, expr }) => ({ record: `m${id}`, expr }));
  writeFileSync(file, JSON.stringify({ groups: [{ name: "all", rules }] }));
  const printed = await run(promtool, ["check", "rules", "--lint=none", file]);
  const refused = new Set([...printed.matchAll(/rule \d+, "m(\d+)"/g)].map(([, id]) => Number(id)));
  return new Set(mutants.flatMap(({ id }) => (refused.has(id) ? [] : id)));
}

/** The alerts that can notice a change of the subject: itself, or those that read what it records. */
const readers = ({ group, rule }: Subject): Rule[] =>
  rule.record === undefined ? [rule] : rulesOf(group).filter(({ alert, expr }) => alert && reads(expr, rule));
const reads = (expr: string, { record }: Rule): boolean => record !== undefined && expr.includes(record);

/** The recordings that are needed as they are, then every mutant with the alerts that show it. */
function rulesWith(subject: Subject, mutants: readonly RuleMutant[]): Rule[] {
  const alerts = readers(subject);
  const { record } = subject.rule;
  const others = rulesOf(subject.group).filter(rule => rule.record !== record && alerts.some(a => reads(a.expr, rule)));
  return [
    ...others,
    ...mutants.flatMap(mutant =>
      record === undefined
        ? [{ ...subject.rule, alert: marked(mutant.rule, mutant), expr: mutant.expr }]
        : [
            { ...subject.rule, record: marked(record, mutant), expr: mutant.expr },
            ...alerts.map(({ alert = "", ...rest }) => ({
              ...rest,
              alert: marked(alert, mutant),
              expr: rest.expr.replaceAll(record, marked(record, mutant)),
            })),
          ],
    ),
  ];
}

/** The same questions about each mutant, under its name. */
const askedOf = (test: RuleTest, names: readonly string[], mutants: readonly RuleMutant[]): RuleTest => {
  const renamed = (text: string, mutant: RuleMutant): string =>
    names.reduce((result, name) => result.replaceAll(name, marked(name, mutant)), text);
  return {
    ...test,
    alert_rule_test: mutants.flatMap(mutant =>
      test.alert_rule_test.map(asked => ({ ...asked, alertname: renamed(asked.alertname, mutant) })),
    ),
    promql_expr_test: mutants.flatMap(mutant =>
      (test.promql_expr_test ?? []).map(asked => ({ ...asked, expr: renamed(asked.expr, mutant) })),
    ),
  };
};

/** Writes the rules of these mutants, and the files of their tests. @returns the tests' */
function write(folder: string, subject: Subject, mutants: readonly RuleMutant[]): string[] {
  const id = mutants[0]?.id ?? 0;
  const rulesFile = join(folder, `${id}.rules.yml`);
  const rules = rulesWith(subject, mutants);
  writeFileSync(rulesFile, JSON.stringify({ groups: [{ name: subject.group.name, rules }] }));
  const alerts = readers(subject).map(nameOf);
  const own = (cases[subject.group.name] ?? []).filter(({ alert }) => alerts.includes(alert));
  const quiet = quietCases.filter(({ alert }) => alerts.includes(alert));
  const recorded = recordingTests(rulesFile).filter(({ record }) => record === subject.rule.record);
  const files = [...ruleTests(subject.group, own, quiet, rulesFile), ...recorded.map(({ test }) => ({ tests: test }))];
  const names = [...alerts, subject.rule.record ?? []].flat();
  return files.map(({ tests }, index) => {
    const file = join(folder, `${id}.${index}.test.yml`);
    writeFileSync(file, JSON.stringify({ ...tests, tests: tests.tests.map(test => askedOf(test, names, mutants)) }));
    return file;
  });
}

/**
 * Which of the subjects' mutants some test notices, by id.
 *
 * @throws Error when a test fails for a rule that is not changed
 */
export async function noticed(promtool: string, folder: string, subjects: readonly Subject[]): Promise<Set<number>> {
  const found = new Set<number>();
  for (let left = subjects; left.length > 0; ) {
    const files = new Map(
      left.flatMap(subject => {
        const mutants = subject.mutants.filter(({ id }) => !found.has(id));
        return write(folder, subject, mutants).map(file => [file, subject] as const);
      }),
    );
    const printed = await run(promtool, ["test", "rules", ...files.keys()]);
    for (const [, id] of printed.matchAll(/__m(\d+)\b/g)) found.add(Number(id));
    const wrong = subjects.find(({ mutants: [first] }) => first !== undefined && found.has(first.id));
    if (wrong !== undefined)
      throw new Error(`the cases of ${nameOf(wrong.rule)} fail without a change:\n${printed.slice(0, 3000)}`);
    // A rule that cannot be evaluated ends its test: what the others do is not known yet.
    const ended = new Set([...printed.matchAll(/rule: \S+__m(\d+), time: [^\n]+ err:/g)].map(([, id]) => Number(id)));
    left = left.filter(({ mutants }) => mutants.some(({ id }) => ended.has(id)));
  }
  return found;
}
