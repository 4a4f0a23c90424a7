import type { PatchOperation } from "./finding.js";
import { type Field, secretSignature, signatureKey } from "./value.js";

/** The patch that puts a value there, with the objects on the way to it; undefined where one of those is unknown or of another type. */
export function set(field: Field, value: unknown): PatchOperation[] | undefined {
  if (field.isUnknown) return undefined;
  let at = field;
  let put = value;
  while (at.holder?.isAbsent === true) {
    put = { [at.name]: put };
    at = at.holder;
  }
  if (at.holder !== undefined && (at.holder.value === null || typeof at.holder.value !== "object")) return undefined;
  // "add" replaces an existing member of an object, but inserts into a list.
  return [{ op: Array.isArray(at.holder?.value) ? "replace" : "add", path: at.path, value: put }];
}

export function remove(field: Field): PatchOperation[] | undefined {
  return field.isUnknown || field.isAbsent ? undefined : [{ op: "remove", path: field.path }];
}

function isWrapper(value: object): value is { value: unknown } {
  return Object.hasOwn(value, signatureKey) && (value as Record<string, unknown>)[signatureKey] === secretSignature;
}

function changed(target: unknown, keys: readonly string[], { op, value }: PatchOperation): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (typeof target !== "object" || target === null) return target;
  // A pointer does not see the wrapper of a secret; what is written inside one stays secret.
  if (isWrapper(target)) return { ...target, value: changed(target.value, keys, { op, value, path: "" }) };
  if (Array.isArray(target)) {
    const items: unknown[] = [...(target as unknown[])];
    const index = key === "-" ? items.length : Number(key);
    if (rest.length > 0) items[index] = changed(items[index], rest, { op, value, path: "" });
    else items.splice(index, op === "add" ? 0 : 1, ...(op === "remove" ? [] : [value]));
    return items;
  }
  const members = Object.entries(target).filter(([name]) => name !== key);
  if (rest.length === 0 && op === "remove") return Object.fromEntries(members);
  const own = Object.hasOwn(target, key) ? (target as Record<string, unknown>)[key] : undefined;
  return { ...target, [key]: changed(own, rest, { op, value, path: "" }) };
}

/** A copy of the inputs with an RFC 6902 patch applied. Steps that lead nowhere change nothing. */
export function applyPatch(
  properties: Record<string, unknown>,
  patch: readonly PatchOperation[],
): Record<string, unknown> {
  return patch.reduce<unknown>((target, operation) => {
    const keys = operation.path
      .slice(1)
      .split("/")
      .map(key => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    return changed(target, keys, operation);
  }, properties) as Record<string, unknown>;
}
