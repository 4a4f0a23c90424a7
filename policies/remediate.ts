import type { JudgedResource, PatchOperation } from "./finding.js";
import { type Judgement, judgeWith } from "./judge.js";
import { applyPatch } from "./patch.js";

/** A repair may uncover a place that another rule repairs; more rounds than this would be two rules that undo each other. */
const roundLimit = 5;

function distinctSteps(steps: readonly PatchOperation[]): PatchOperation[] {
  // Two containers without a profile ask for the same one on their pod.
  return [...new Map(steps.map(step => [JSON.stringify(step), step])).values()];
}

/** The resource after the fixes of these rules; the same object where they change nothing. What is excused stays as it is. */
export function remediate(judgement: Judgement, resource: JudgedResource): JudgedResource {
  let current = resource;
  for (let round = 0; round < roundLimit; round++) {
    const findings = judgeWith(judgement, [current]);
    const steps = distinctSteps(findings.flatMap(({ fix, exception }) => (exception === undefined ? (fix ?? []) : [])));
    if (steps.length === 0) return current;
    current = { ...current, properties: applyPatch(current.properties, steps) };
  }
  return current;
}
