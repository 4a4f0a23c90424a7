import type { PatchOperation } from "./finding.js";
import type { Field } from "./value.js";

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
