import { checkDay, checkText, shown } from "./check";

/** An owned, expiring permission for one object to break one policy rule. There is no other way to switch a rule off for a resource. */
export interface Exception {
  /** Id of the rule that may be broken, such as `k8s-host-path`. */
  rule: string;
  /** Why, for the reader of a report. */
  reason: string;
  /** Who answers for it: a team or a person. */
  owner: string;
  /** Last day it holds, `YYYY-MM-DD`, UTC. */
  expires: string;
}

/**
 * Whether the rules exist is for the pack to say.
 *
 * @throws RangeError naming the first field that is missing or wrong
 */
export function checkExceptions(exceptions: readonly Exception[]): void {
  if (!Array.isArray(exceptions)) throw new RangeError(`exceptions must be a list, got ${shown(exceptions)}`);
  exceptions.forEach((exception: unknown, index) => {
    const given = (exception ?? {}) as Record<string, unknown>;
    for (const field of ["rule", "reason", "owner"]) {
      checkText(`exceptions[${index}].${field}`, given[field], "a text that is not blank", /\S/);
    }
    checkDay(`exceptions[${index}].expires`, given["expires"]);
  });
}

/** Where an object carries its exceptions, so that pack and preview see the same ones: a JSON array. */
export const exceptionsAnnotation = "policy.bulkhead.dev/exceptions";

/** The annotation for these exceptions; none for an empty list. */
export function exceptionAnnotations(exceptions: readonly Exception[] = []): Record<string, string> {
  return exceptions.length === 0 ? {} : { [exceptionsAnnotation]: JSON.stringify(exceptions) };
}
