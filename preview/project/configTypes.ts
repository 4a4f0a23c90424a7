import { isObject } from "../value.js";

/** One entry of Pulumi.yaml's `config`. */
export interface ConfigDeclaration {
  type: string | undefined;
  /** Of an array: the type of its elements. */
  items: unknown;
  default: unknown;
  secret: boolean;
}

/** Whether a value of a stack file has the type that Pulumi.yaml declares. Text that spells a number or a boolean counts as one. */
export function hasType(value: unknown, type: string | undefined, items: unknown): boolean {
  switch (type) {
    case "string":
      return !isObject(value) && !Array.isArray(value);
    case "integer":
      return Number.isInteger(typeof value === "string" && value.trim() !== "" ? Number(value) : value);
    case "number":
      return Number.isFinite(typeof value === "string" && value.trim() !== "" ? Number(value) : value);
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false";
    case "array": {
      if (!Array.isArray(value)) return false;
      if (!isObject(items)) return true;
      const { type: elementType, items: inner } = items;
      return value.every(element => hasType(element, typeof elementType === "string" ? elementType : undefined, inner));
    }
    case "object":
      return isObject(value);
    default:
      return true;
  }
}

/** What a program reads: text as it is, scalars as text, structures as JSON. */
export function configText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}
