// node --import tsx scripts/mutateCel.ts [RULE…]: changes each rule's CEL in one place at a time, and asks the API server's own library whether
// an object of the tests would then be judged otherwise: the rules' examples, cases.ts, the parameters' effects, the corpora and generated
// workloads, on all of which the tests hold the CEL to the TypeScript. Prints what nobody noticed; exit code 1 below 90 %.
import fc from "fast-check";
import { isAdmitted } from "../policies/admission.js";
import { variableOf } from "../policies/admissionCel.js";
import { readConfig, rules } from "../policies/findings.js";
import { holdsFor } from "../policies/judge.js";
import {
  caseFacts,
  distinct,
  examples,
  type Facts,
  objectsOf,
  parameterFacts,
  policyOf,
} from "../tests/policies/admission/facts.js";
import { otherObjects } from "../tests/policies/admission/generatedObjects.js";
import { workloads } from "../tests/policies/admission/generatedPods.js";
import { ask, oldestKubernetes } from "../tests/policies/admission/oracle.js";
import { admitted, type Json, rulesFor } from "../tests/policies/admission/verdicts.js";
import { corpora, expectationsOf } from "../tests/policies/corpora/corpus.js";
import { celMutants } from "./celMutants.js";

/** Of all changes, those that must be noticed. */
const bar = 0.9;
/** Workloads for each configuration of each rule of pods. */
const generated = 200;
const versions = ["v1.34", "v1.24", "v1.21", "v1.7"];

const ofCorpora = distinct(
  corpora.flatMap(corpus => expectationsOf(corpus).flatMap(({ resources }) => objectsOf(resources))),
);

/** What the tests judge by a rule, by the configuration that they judge with. */
function factsOf(id: string): Facts[] {
  const pods = admitted.some(rule => rule.id === id && rule.admission.of === "pods");
  const workloadsFor = (seed: number) =>
    pods
      ? fc.sample(workloads, { numRuns: generated, seed })
      : fc.sample(otherObjects, { numRuns: 15 * generated, seed });
  return [
    ...caseFacts().map(({ config, objects }) => ({ config, objects: [...objects, ...workloadsFor(1)] })),
    { config: {}, objects: [...examples, ...workloadsFor(2), ...ofCorpora] },
    ...parameterFacts(id).map(({ config, objects }) => ({ config, objects: [...objects, ...workloadsFor(3)] })),
    ...versions.map((podSecurityVersion, seed) => ({
      config: { bulkhead: { podSecurityVersion } },
      objects: [...examples, ...workloadsFor(4 + seed)],
    })),
  ];
}

/** The rule's policy with this in place of its CEL. */
function changedPolicy(id: string, config: Json, name: string, expression: string): object {
  const policy = policyOf(id, config, name);
  const spec = policy?.spec as { variables: { name: string; expression: string }[] };
  const variables = spec.variables.map(one => (one.name === variableOf(id) ? { ...one, expression } : one));
  return { ...policy, metadata: { name }, spec: { ...spec, variables } };
}

/** A change, and whether it was noticed. */
type Verdicts = Map<string, boolean>;

/** Most changes are noticed by the first objects; only the others are tried on all. */
const rounds = [100, 500];

/** Names of the policies that judge any of these objects otherwise than the one called `original`. */
function differing(policies: readonly object[], objects: readonly Json[]): { invalid: string[]; noticed: Set<string> } {
  const [compiled, ...answers] = ask([
    { policies, version: oldestKubernetes },
    ...objects.map(object => ({ object, operation: "CREATE" })),
  ]);
  // The tests compare verdicts, not messages: which of a map's entries is named is chance.
  const shown = (decision?: { isError?: boolean }) =>
    decision === undefined ? "passes" : decision.isError === true ? "fails" : "breaks";
  const noticed = new Set<string>();
  for (const { decisions = {} } of answers) {
    const right = shown(decisions["original"]);
    for (const { metadata } of policies as { metadata: { name: string } }[])
      if (shown(decisions[metadata.name]) !== right) noticed.add(metadata.name);
  }
  return { invalid: (compiled?.errors ?? []).map(error => error.slice(0, error.indexOf(":"))), noticed };
}

/** What becomes of each change of a rule's CEL under one configuration; changes that do not compile are none. */
function judge(
  id: string,
  { config, objects }: Facts,
  expression: string,
  isKnown: (change: string) => boolean,
): Verdicts {
  const original = changedPolicy(id, config, "original", expression);
  let left = celMutants(expression)
    .filter(({ change }) => !isKnown(change))
    .map((one, i) => ({ ...one, name: `m${i}`, policy: changedPolicy(id, config, `m${i}`, one.expression) }));
  const verdicts: Verdicts = new Map();
  let from = 0;
  for (const to of [...rounds, objects.length].filter((_, i) => i === 0 || objects.length > (rounds[i - 1] ?? 0))) {
    if (left.length === 0) break;
    const { invalid, noticed } = differing([original, ...left.map(({ policy }) => policy)], objects.slice(from, to));
    if (invalid.includes("original")) throw new Error(`${id}: its own CEL does not compile`);
    for (const { name, change } of left) if (noticed.has(name) && !invalid.includes(name)) verdicts.set(change, true);
    left = left.filter(({ name }) => !invalid.includes(name) && !noticed.has(name));
    from = to;
  }
  for (const { change } of left) if (!verdicts.has(change)) verdicts.set(change, false);
  return verdicts;
}

/** The texts that a rule's CEL has under the configurations of its facts; those that say the same share what they judge. */
function textsOf(id: string): Map<string, Facts & { objects: Json[] }> {
  const texts = new Map<string, Facts & { objects: Json[] }>();
  const rule = rules.find(one => one.id === id);
  for (const { config, objects } of factsOf(id)) {
    const configured = readConfig(config, rules);
    const { standard } = configured;
    if (rule === undefined || !isAdmitted(rule) || configured.levelOf(rule) === "disabled") continue;
    if (rule.scope === "pod" && !holdsFor(rule, standard)) continue;
    const text = rule.admission.problems({ settings: configured.settingsOf(rule), standard });
    const entry = texts.get(text) ?? { config, objects: [] };
    entry.objects.push(...objects.filter(object => rulesFor(object).includes(id)));
    texts.set(text, entry);
  }
  return texts;
}

function main(): void {
  const wanted = process.argv.slice(2);
  let [all, noticed] = [0, 0];
  for (const { id } of admitted) {
    if (wanted.length > 0 && !wanted.includes(id)) continue;
    // What two configurations' texts have in common is one change: it is noticed when it is noticed under one of them.
    const verdicts: Verdicts = new Map();
    const isKnown = (change: string) => verdicts.get(change) === true;
    for (const [text, { config, objects }] of textsOf(id))
      for (const [change, isNoticed] of judge(id, { config, objects: distinct(objects) }, text, isKnown))
        verdicts.set(change, isNoticed || verdicts.get(change) === true);
    const left = [...verdicts].filter(([, isNoticed]) => !isNoticed);
    all += verdicts.size;
    noticed += verdicts.size - left.length;
    console.log(`${id}: ${verdicts.size - left.length} of ${verdicts.size}`);
    for (const [change] of left) console.log(`    ${change}`);
  }
  console.log(`${noticed} of ${all} changes noticed: ${((100 * noticed) / all).toFixed(1)} %`);
  process.exitCode = noticed / all >= bar ? 0 : 1;
}

main();
