/** Escapes one step of a JSON pointer. */
function step(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** JSON pointers to every place where two values differ: the highest place that was added, removed or has another type, else the leaf. */
export function differences(before: unknown, after: unknown, path = ""): string[] {
  if (Object.is(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) =>
      differences(before[index], after[index], `${path}/${index}`),
    ).flat();
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap(key => differences(own(before, key), own(after, key), `${path}/${step(key)}`));
  }
  return [path];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(value: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Every leaf of a value as `path=value`; what two values have in common is how alike they are. */
export function leaves(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, `${path}/${index}`));
  if (isRecord(value)) return Object.entries(value).flatMap(([key, item]) => leaves(item, `${path}/${step(key)}`));
  return [`${path}=${JSON.stringify(value)}`];
}
