/** A value with one member or element left out, at whatever depth: each way to do so. What shrinks a counterexample tries them in turn. */
export function without(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  const rebuilt = (kept: [string, unknown][]) =>
    Array.isArray(value) ? kept.map(([, item]) => item) : Object.fromEntries(kept);
  return entries.flatMap(([key, member], at) => [
    rebuilt(entries.filter((_, other) => other !== at)),
    ...without(member).map(smaller => rebuilt(entries.map(entry => (entry[0] === key ? [key, smaller] : entry)))),
  ]);
}
