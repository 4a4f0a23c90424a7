import { load, YAMLException } from "js-yaml";
import type { PreviewError } from "../errors.js";
import { isObject } from "../value.js";
import { readIndented } from "./indentation.js";
import { parseJson } from "./json.js";
import { kubernetesSchema } from "./kubernetesYaml.js";
import { splitList } from "./list.js";
import { type SourceText, splitYaml, unreadable } from "./text.js";

export interface Parsed {
  source: SourceText;
  value: unknown;
}

/** Deeper nesting is an attack or a mistake; the API server's own limit is far beyond what any object needs, too. */
const deepest = 100;
/** Values that a document may grow to when its aliases are written out; "billion laughs" is more. */
const mostValues = 1_000_000;

/**
 * All documents of a file's text, read as Kubernetes does.
 *
 * @throws PreviewError naming file, line and column of the first fault
 */
export function parseDocuments(file: string, text: string): Parsed[] {
  return (parseJson(file, text) ?? splitYaml(file, text).flatMap(parseYaml)).filter(({ value }) => value !== null);
}

function parseYaml(source: SourceText): Parsed[] {
  const list = splitList(source);
  if (list === undefined) return [parseOne(source)];
  // What stands around the items must be valid too.
  parseOne({ ...source, text: list.rest });
  return list.items.map(parseOne);
}

function parseOne(source: SourceText): Parsed {
  let found: { text: string; value: unknown };
  try {
    found = readIndented(source.text, text => load(text, { schema: kubernetesSchema, maxDepth: deepest }));
  } catch (error) {
    throw faultOf(source, error);
  }
  // Only aliases can make values that are large, deep or cyclic beyond their text.
  if (source.text.includes("*")) measure(found.value, source);
  return { source: found.text === source.text ? source : { ...source, text: found.text }, value: found.value };
}

function faultOf(source: SourceText, error: unknown): PreviewError {
  if (!(error instanceof YAMLException)) return unreadable(source, 0, "cannot be read as YAML");
  const reason = error.reason === "" ? "cannot be read as YAML" : `no valid YAML: ${error.reason}`;
  return unreadable(source, error.mark?.position ?? 0, reason);
}

/** Counts what a value holds with its aliases written out, each shared part once. */
function measure(root: unknown, source: SourceText): void {
  const sizes = new Map<object, number>();
  const visit = (value: unknown, depth: number): number => {
    if (typeof value !== "object" || value === null) return 1;
    const known = sizes.get(value);
    if (known === Number.POSITIVE_INFINITY) throw unreadable(source, 0, "an alias stands inside its own anchor");
    if (known !== undefined) return known;
    if (depth > deepest * 2) throw unreadable(source, 0, `nested more than ${deepest * 2} levels deep`);
    sizes.set(value, Number.POSITIVE_INFINITY);
    let size = 1;
    for (const child of Array.isArray(value) ? (value as unknown[]) : Object.values(value))
      size += visit(child, depth + 1);
    if (size > mostValues)
      throw unreadable(source, 0, `its aliases make more than ${mostValues.toLocaleString("en-US")} values`);
    sizes.set(value, size);
    return size;
  };
  visit(root, 0);
}

/** Whether a document can be a Kubernetes object or a list of them. */
export function hasKind(value: unknown): value is { apiVersion: string; kind: string; [field: string]: unknown } {
  return (
    isObject(value) &&
    typeof value["apiVersion"] === "string" &&
    typeof value["kind"] === "string" &&
    value["kind"] !== ""
  );
}
