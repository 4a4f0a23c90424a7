import { literal } from "./admissionCel.js";
import type { Exception } from "./finding.js";

/** An exception as the API server is told it: for one object. */
export interface AdmissionException extends Exception {
  kind: string;
  /** "" for what is in none. */
  namespace: string;
  /** One that ends with `*` means every name that begins so: objects that get the rest of their name when they are made. */
  name: string;
}

/**
 * Rule id → its exceptions, one a line: `namespace/Kind/name`, a space, and for people who it is from, until when, and why. CEL has no
 * clock: what has expired is left out, and so ends with the next deployment.
 */
export function exceptionLines(exceptions: readonly AdmissionException[], now: Date): Record<string, string> {
  const today = now.toISOString().slice(0, "2026-11-22".length);
  const byRule = new Map<string, Set<string>>();
  for (const { rule, namespace, kind, name, owner, expires, reason } of exceptions) {
    if (expires < today) continue;
    // A line break in a reason would begin another exception.
    const line = `${namespace}/${kind}/${name} ${owner} until ${expires}: ${reason}`.replaceAll(/\s+/g, " ");
    byRule.set(rule, (byRule.get(rule) ?? new Set()).add(line));
  }
  return Object.fromEntries(
    [...byRule].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rule, lines]) => [rule, [...lines].sort().join("\n")]),
  );
}

/** CEL for whether the object has an exception from a rule: the parameters say so, never the object. */
export function isExcusedIn(rule: string): string {
  const own =
    '[object.metadata.?namespace.orValue("") + "/" + request.kind.kind + "/" + object.metadata.?name.orValue("")]';
  const given = `params.?data[?${literal(rule)}].orValue("").split("\\n").map(line, line.split(" ")[0])`;
  return `${own}.exists(own, ${given}.exists(given,
    given == own || given.endsWith("*") && own.startsWith(given.substring(0, given.size() - 1))))`;
}
