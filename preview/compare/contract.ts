import { isObject, isSecret, isUnknown, lower } from "../value.js";
import type { Comparison } from "./comparison.js";

type Outputs = Record<string, unknown>;

/** Outputs that other teams read and that are gone, or have become something else; and new ones, which break nobody. */
export function contractChanges(before: Outputs, after: Outputs): Pick<Comparison, "contract" | "addedOutputs"> {
  const [from, to] = [typesOf(lower(before)), typesOf(lower(after))];
  const contract: Comparison["contract"] = [];
  for (const [path, type] of from) {
    const now = to.get(path);
    if (now === undefined) {
      // What hangs below a place that is gone, not known or of another type is told by that place.
      if (!isTold(path, from, to)) contract.push({ path, change: "removed", from: type });
    } else if (now !== type && now !== "unknown" && type !== "unknown") {
      contract.push({ path, change: "retyped", from: type, to: now });
    }
  }
  return { contract, addedOutputs: Object.keys(after).filter(name => !Object.hasOwn(before, name)) };
}

function isTold(path: string, from: Map<string, string>, to: Map<string, string>): boolean {
  for (let parent = parentOf(path); parent !== ""; parent = parentOf(parent)) {
    if (!to.has(parent) || to.get(parent) === "unknown" || to.get(parent) !== from.get(parent)) return true;
  }
  return false;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

/** By path (`services.api.port`): `string`, `number`, `secret string`, `list`, `object`, `unknown`. Lists are not looked into. */
function typesOf(outputs: unknown): Map<string, string> {
  const types = new Map<string, string>();
  const visit = (value: unknown, path: string, secret: string): void => {
    if (isSecret(value)) {
      visit(value.value, path, "secret ");
      return;
    }
    if (path !== "") types.set(path, typeOf(value, secret));
    if (isObject(value))
      for (const [key, inner] of Object.entries(value)) visit(inner, path === "" ? key : `${path}.${key}`, secret);
  };
  visit(outputs, "", "");
  return types;
}

function typeOf(value: unknown, secret: string): string {
  if (isUnknown(value)) return "unknown";
  if (Array.isArray(value)) return `${secret}list`;
  if (value === null) return `${secret}null`;
  return `${secret}${typeof value}`;
}
