import { admissionObjects } from "../../../policies/admission.js";
import { rules } from "../../../policies/findings.js";
import { compliantProgram, edit, exampleOf, resourcesOf } from "../../../policies/samples.js";
import { unknownString } from "../../../policies/value.js";
import { cases } from "../cases.js";
import { effects } from "../effects.js";
import { policiesOf } from "./oracle.js";
import { type Json, objectOf, place, rulesFor } from "./verdicts.js";

/** Objects to judge, and the pack's configuration to judge them with. */
export interface Facts {
  config: Json;
  objects: readonly Json[];
}

export function distinct(objects: readonly Json[]): Json[] {
  return [...new Map(objects.map(object => [JSON.stringify(object), object])).values()];
}

/** Those of the resources' objects that a rule judges at admission. */
export function objectsOf(resources: readonly Parameters<typeof objectOf>[0][]): Json[] {
  return resources
    .map(objectOf)
    .filter(object => object !== undefined)
    .filter(object => rulesFor(object).length > 0);
}

/** The API server is told everything. */
function isKnown(object: Json): boolean {
  return !JSON.stringify(object).includes(unknownString);
}

/** The objects of all examples of all rules. */
export const examples: readonly Json[] = distinct(
  rules.flatMap(rule =>
    [...Object.values(rule.examples.pass), ...Object.values(rule.examples.fail)].flatMap(edits =>
      objectsOf(exampleOf(rule, edits)),
    ),
  ),
).filter(isKnown);

/** The cases written by hand, by the pack's parameters that they are judged with. */
export function caseFacts(): Facts[] {
  const byConfig = new Map<string, Json[]>();
  for (const [, edits, , pack = {}] of cases) {
    const key = JSON.stringify(pack);
    const objects = objectsOf(resourcesOf(edit(compliantProgram(), edits)));
    byConfig.set(key, [...(byConfig.get(key) ?? []), ...objects]);
  }
  return [...byConfig].map(([pack, objects]) => ({
    config: { bulkhead: JSON.parse(pack) as Json },
    objects: distinct(objects),
  }));
}

/** The parameters that tests name for a rule, but for some, each with everything that any test judges by that rule. */
export function parameterFacts(rule: string, without: readonly string[] = []): Facts[] {
  const own = effects.filter(([id]) => id === rule);
  const edited = [...own.map(([, , edits]) => edits), ...cases.filter(([id]) => id === rule).map(([, edits]) => edits)];
  const objects = distinct([
    ...edited.flatMap(edits => objectsOf(resourcesOf(edit(compliantProgram(), edits)))),
    ...examples,
  ]).filter(object => rulesFor(object).includes(rule) && isKnown(object));
  const configs = new Set(
    own
      .filter(([, parameters]) => !without.some(name => name in parameters))
      .map(([, parameters]) => JSON.stringify(parameters)),
  );
  return [...configs].map(parameters => ({ config: { [rule]: JSON.parse(parameters) as Json }, objects }));
}

/** The policy of one rule alone, at `mandatory`; undefined where it does not hold under the configuration. */
export function policyOf(rule: string, config: Json, name = rule): ReturnType<typeof policiesOf>[number] | undefined {
  const alone = { ...config, all: "disabled", [rule]: { ...(config[rule] ?? {}), enforcementLevel: "mandatory" } };
  return policiesOf(admissionObjects({ ...place, name, config: alone }))[0];
}
