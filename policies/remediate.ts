import type { JudgedResource, PatchOperation } from "./finding.js";
import { applies, type Judgement, judgeWith } from "./judge.js";
import { applyPatch } from "./patch.js";
import type { Rule } from "./rule.js";
import { StackSubject } from "./subject.js";
import { Field, secretSignature, signatureKey } from "./value.js";

/** A repair may uncover a place that another rule repairs; more rounds than this would be two rules that undo each other. */
const roundLimit = 5;

function distinctSteps(steps: readonly PatchOperation[]): PatchOperation[] {
  // Two containers without a profile ask for the same one on their pod.
  return [...new Map(steps.map(step => [JSON.stringify(step), step])).values()];
}

/** Marks what stands there as a secret. Made here and not offered as a finding's fix, which would show the value. */
function marking({ properties }: JudgedResource, path: string): PatchOperation {
  const { value } = Field.root(properties).follow(path);
  return { op: "replace", path, value: { [signatureKey]: secretSignature, value } };
}

/** Whether one of the rules looks at such a resource at all: a host asks for every resource, and most hold nothing to repair. */
function mayChange({ configured, rules, run = rules }: Judgement, resource: JudgedResource): boolean {
  const { resources } = new StackSubject([resource]);
  const looks = (rule: Rule): boolean =>
    rule.scope === "stack" ||
    (rule.scope !== "exceptions" && resources.some(subject => applies(rule, subject, configured)));
  try {
    return run.some(looks);
  } catch {
    // Whose error it is, judging tells.
    return true;
  }
}

/** The resource after the fixes of these rules; the same object where they change nothing. What is excused stays as it is. */
export function remediate(judgement: Judgement, resource: JudgedResource): JudgedResource {
  if (!mayChange(judgement, resource)) return resource;
  const wrapping = new Set(judgement.rules.filter(({ needs }) => needs === "secretness").map(({ id }) => id));
  let current = resource;
  for (let round = 0; round < roundLimit; round++) {
    const findings = judgeWith(judgement, [current]).filter(({ exception }) => exception === undefined);
    const marked = findings.filter(({ rule }) => wrapping.has(rule)).map(({ path }) => marking(current, path));
    const steps = distinctSteps([...findings.flatMap(({ fix }) => fix ?? []), ...marked]);
    if (steps.length === 0) return current;
    current = { ...current, properties: applyPatch(current.properties, steps) };
  }
  return current;
}
