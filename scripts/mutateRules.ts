// node --import tsx scripts/mutateRules.ts [RULE…]: changes each rule in one place at a time, and asks whether the tests' facts notice:
// the rules' examples, cases.ts, the parameters' effects, the corpora, unknown values and fixes. Prints what nobody noticed.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import ts from "typescript";
import type { Configured } from "../policies/config.js";
import { applyPatch, type Finding, type JudgedResource, readConfig, rules } from "../policies/findings.js";
import { judgeWith } from "../policies/judge.js";
import type { Rule } from "../policies/rule.js";
import { compliantProgram, edit, exampleOf, resourcesOf } from "../policies/samples.js";
import { unknownString } from "../policies/value.js";
import { cases } from "../tests/policies/cases.js";
import { corpora, type Expectation, expectationsOf, verdictOf } from "../tests/policies/corpora/corpus.js";
import { effects } from "../tests/policies/effects.js";
import { unknowns } from "../tests/policies/unknowns.js";
import { type Mutant, mutantsOf } from "./mutants.js";

const folder = join(__dirname, "../policies/rules");
const allOn = { all: "mandatory" };
const now = new Date("2026-11-22T12:00:00Z");

/** The rule that this source exports, its imports resolved as those of the file it stands in. */
function load(source: string, file: string): Rule | undefined {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const exports: Record<string, Rule> = {};
  const require = createRequire(file);
  // tsx resolves .js to the TypeScript beside it.
  const run = compileFunction(outputText, ["exports", "require"]) as (exports: object, require: NodeJS.Require) => void;
  run(exports, require);
  return Object.values(exports)[0];
}

/** All rules with this one in place of its original, and what was read of each configuration. To read one takes longer than to judge by it. */
interface Pack {
  rules: readonly Rule[];
  read: Map<string, Configured>;
}
const packs = new WeakMap<Rule, Pack>();

function packOf(rule: Rule): Pack {
  const known = packs.get(rule);
  if (known !== undefined) return known;
  const pack = { rules: rules.map(one => (one.id === rule.id ? rule : one)), read: new Map<string, Configured>() };
  packs.set(rule, pack);
  return pack;
}

function findingsOf(
  rule: Rule,
  resources: readonly JudgedResource[],
  config: Record<string, unknown> = allOn,
): Finding[] {
  const pack = packOf(rule);
  const key = JSON.stringify(config);
  const configured = pack.read.get(key) ?? readConfig(config, pack.rules);
  pack.read.set(key, configured);
  const run = rule.scope === "exceptions" ? pack.rules : [rule];
  return judgeWith({ rules: pack.rules, configured, run, now }, resources).filter(one => one.rule === rule.id);
}

const allExamples = rules.flatMap(({ id, examples: { pass, fail }, overlaps = [], ...rule }) => [
  ...Object.values(pass).map(edits => ({
    of: id,
    resources: exampleOf({ id, ...rule } as Rule, edits),
    broken: [] as string[],
  })),
  ...Object.values(fail).map(edits => ({
    of: id,
    resources: exampleOf({ id, ...rule } as Rule, edits),
    broken: [id, ...overlaps],
  })),
]);

/** What the corpora expect of each rule and the rule itself holds: differences are listed, and show nothing here. */
const expected = new Map<string, Expectation[]>();
for (const one of corpora.flatMap(expectationsOf).filter(one => verdictOf(one) === one.expect)) {
  expected.set(one.rule, [...(expected.get(one.rule) ?? []), one]);
}

/** A rule's own examples, which show most, and the other rules', which it must accept. */
const examplesOf = (rule: Rule, isOwn: boolean) => allExamples.filter(({ of }) => (of === rule.id) === isOwn);

function failsExamples(rule: Rule, isOwn: boolean): boolean {
  return examplesOf(rule, isOwn).some(({ resources, broken }) => {
    const found = findingsOf(rule, resources);
    return broken.includes(rule.id) ? found.length === 0 : found.length > 0;
  });
}

function failsEffects(rule: Rule): boolean {
  return effects.some(
    ([id, parameters, edits, isBroken]) =>
      id === rule.id &&
      findingsOf(rule, resourcesOf(edit(compliantProgram(), edits)), { [id]: parameters }).length > 0 !== isBroken,
  );
}

function failsCases(rule: Rule): boolean {
  return cases
    .filter(([id]) => id === rule.id)
    .some(([, edits, isBroken, bulkhead = {}, says = ""]) => {
      const found = findingsOf(rule, resourcesOf(edit(compliantProgram(), edits)), { ...allOn, bulkhead });
      const isFound = found.some(({ verdict, message }) => verdict === "violation" && message.includes(says));
      return isFound !== isBroken;
    });
}

function failsUnknowns(rule: Rule): boolean {
  return unknowns
    .filter(([id]) => id === rule.id)
    .some(([, edits, verdicts]) => {
      const found = findingsOf(rule, resourcesOf(edit(compliantProgram(), edits))).map(({ verdict }) => verdict);
      return [...new Set(found)].sort().join() !== verdicts.join();
    });
}

function failsCorpora(rule: Rule): boolean {
  return (expected.get(rule.id) ?? []).some(({ resources, config, expect }) => {
    const isBroken = findingsOf(rule, resources, config).some(
      one => one.verdict === "violation" && one.exception === undefined,
    );
    return (isBroken ? "fail" : "pass") !== expect;
  });
}

/** An unknown value in place of what each finding points at, and the fix of each finding, change the finding as they should. */
function failsProperties(rule: Rule, original: Rule): boolean {
  return examplesOf(rule, true)
    .filter(({ broken }) => broken.length > 0)
    .some(({ resources }) =>
      findingsOf(original, resources).some(({ urn, path, fix }) => {
        const verdicts = (one: Rule, changed: (properties: Record<string, unknown>) => Record<string, unknown>) =>
          findingsOf(
            one,
            resources.map(r => (r.urn === urn ? { ...r, properties: changed(r.properties) } : r)),
          )
            .map(found => `${found.verdict} ${found.path}`)
            .join();
        const changes = [
          (properties: Record<string, unknown>) =>
            edit(structuredClone(properties), path === "" ? {} : { [path]: unknownString }),
          (properties: Record<string, unknown>) => applyPatch(properties, fix ?? []),
        ];
        const own = findingsOf(rule, resources).find(one => one.urn === urn && one.path === path);
        const isSame = JSON.stringify(own?.fix) === JSON.stringify(fix);
        return !isSame || changes.some(change => verdicts(rule, change) !== verdicts(original, change));
      }),
    );
}

function isNoticed({ source }: Mutant, file: string, original: Rule): boolean {
  try {
    const rule = load(source, file);
    if (rule === undefined) return true;
    return (
      failsExamples(rule, true) ||
      failsCases(rule) ||
      failsUnknowns(rule) ||
      failsEffects(rule) ||
      failsProperties(rule, original) ||
      failsExamples(rule, false) ||
      failsCorpora(rule)
    );
  } catch {
    return true;
  }
}

const wanted = process.argv.slice(2);
let [all, noticed] = [0, 0];
for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter(one => one.endsWith(".ts") && one !== "index.ts")
  .sort()) {
  const file = join(folder, name);
  const text = readFileSync(file, "utf8");
  const original = load(text, file);
  if (original === undefined || (wanted.length > 0 && !wanted.includes(original.id))) continue;
  const mutants = mutantsOf(text);
  const left = mutants.filter(mutant => !isNoticed(mutant, file, original));
  all += mutants.length;
  noticed += mutants.length - left.length;
  console.log(`${original.id}: ${mutants.length - left.length} of ${mutants.length}`);
  for (const { line, change } of left) console.log(`    ${name}:${line}  ${change}`);
}
console.log(`${noticed} of ${all} changes noticed: ${((100 * noticed) / all).toFixed(1)} %`);
process.exitCode = noticed / all >= 0.9 ? 0 : 1;
