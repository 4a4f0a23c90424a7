import { MASK } from "../mask.js";
import { isObject, isSecret, isUnknown, PLACEHOLDER, RESOURCE, SIGNATURE } from "../value.js";

/** What stands where a value is not known before the update. */
export const KNOWN_AFTER_UP = "[known after up]";
/** What stands where a setting has no value yet. */
export const TO_BE_SET = "[to be set before up]";

/** Wire values as a person reads them: secrets, unknowns and placeholders by name, a resource reference by its URN. */
export function printable(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, printableValue(value)]));
}

function printableValue(value: unknown): unknown {
  if (isUnknown(value)) return KNOWN_AFTER_UP;
  if (isSecret(value)) return MASK;
  if (typeof value === "string") return value.includes(PLACEHOLDER) ? TO_BE_SET : value;
  if (Array.isArray(value)) return value.map(printableValue);
  if (!isObject(value)) return value;
  if (value[SIGNATURE] === RESOURCE) return value["urn"];
  if (SIGNATURE in value) return "value" in value ? printableValue(value["value"]) : KNOWN_AFTER_UP;
  return printable(value);
}
