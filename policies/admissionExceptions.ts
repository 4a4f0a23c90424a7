import { literal, variableOf } from "./admissionCel.js";
import type { Exception } from "./finding.js";

/** An exception as the API server is told it: for one object. */
export interface AdmissionException extends Exception {
  kind: string;
  /** "" for what is in none. */
  namespace: string;
  /** One that ends with `*` means every name that begins so: objects that get the rest of their name when they are made. */
  name: string;
}

/** More exceptions than an API server can be told. */
export class TooManyExceptionsError extends RangeError {}

/** Characters of one expression that CEL's parser takes. */
const expressionLength = 100_000;

/** CEL for what an object is known by, `namespace/Kind/name`: what the request says, never an annotation, which any author may write. */
const identity =
  'object.metadata.?namespace.orValue("") + "/" + request.kind.kind + "/" + object.metadata.?name.orValue("")';

/**
 * Rule id → the objects that are excused from it, each once and in one order, as `identity` has them. CEL has no clock: what has expired
 * is left out, and so ends with the next deployment.
 */
export function excusedObjects(exceptions: readonly AdmissionException[], now: Date): Map<string, string[]> {
  const today = now.toISOString().slice(0, "2026-11-22".length);
  const byRule = new Map<string, Set<string>>();
  for (const { rule, namespace, kind, name, expires } of exceptions) {
    if (expires < today) continue;
    // Half a character reaches the API server as this; CEL would refuse it.
    const object = `${namespace}/${kind}/${name}`.replaceAll(/\p{Surrogate}/gu, "\ufffd");
    byRule.set(rule, (byRule.get(rule) ?? new Set()).add(object));
  }
  return new Map([...byRule].map(([rule, objects]) => [rule, [...objects].sort()]));
}

/** CEL for whether the object is one of these. */
function isAmong(objects: readonly string[]): string {
  const whole = objects.filter(object => !object.endsWith("*"));
  const beginnings = objects.filter(object => object.endsWith("*")).map(object => object.slice(0, -1));
  return [
    ...(whole.length === 0 ? [] : [`variables.identity in ${literal(whole)}`]),
    ...(beginnings.length === 0
      ? []
      : [`${literal(beginnings)}.exists(beginning, variables.identity.startsWith(beginning))`]),
  ].join(" || ");
}

/** Variables of a policy, and for each rule with exceptions the CEL for whether the object has one. */
interface Excuses {
  variables: { name: string; expression: string }[];
  conditions: ReadonlyMap<string, string>;
}

/**
 * What a policy says of the exceptions from its rules; nothing where there are none.
 *
 * @throws TooManyExceptionsError when one rule has more than CEL's parser takes
 */
export function excusesIn(excused: ReadonlyMap<string, readonly string[]>, rules: readonly { id: string }[]): Excuses {
  const found = rules.flatMap(({ id }) => {
    const objects = excused.get(id);
    return objects === undefined
      ? []
      : [{ id, objects, name: `excused_${variableOf(id)}`, expression: isAmong(objects) }];
  });
  for (const { id, objects, expression } of found) {
    if (expression.length <= expressionLength) continue;
    throw new TooManyExceptionsError(
      `${id}: exceptions must be a CEL expression of at most ${expressionLength} characters, got ${expression.length} of ${objects.length} exceptions`,
    );
  }
  return {
    variables: [
      ...(found.length === 0 ? [] : [{ name: "identity", expression: identity }]),
      ...found.map(({ name, expression }) => ({ name, expression })),
    ],
    conditions: new Map(found.map(({ id, name }) => [id, `variables.${name}`])),
  };
}
