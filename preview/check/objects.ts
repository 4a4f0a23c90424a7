import { isObject } from "../value.js";
import type { Parsed } from "./parse.js";
import { hasKind } from "./parse.js";
import { positionAt, type SourceText, unreadable } from "./text.js";

/** A Kubernetes object and where it stands. */
export interface KubernetesObject {
  object: { apiVersion: string; kind: string; [field: string]: unknown };
  source: SourceText;
  /** JSON pointer of the object in its document: "" or `/items/3`. */
  pointer: string;
}

/** Documents that are no Kubernetes objects: a chart's values, a CI file. */
export interface Stranger {
  source: SourceText;
  reason: string;
}

/** The objects of a document: itself, or the items of a list (of lists). */
export function objectsOf(
  { source, value }: Parsed,
  pointer = "",
): { objects: KubernetesObject[]; strangers: Stranger[] } {
  if (Array.isArray(value)) return itemsOf(value, source, pointer);
  if (!hasKind(value)) {
    const reason = isObject(value) ? "has no apiVersion and kind" : `is ${describe(value)}`;
    return {
      objects: [],
      strangers: [{ source, reason: `no Kubernetes object: ${pointer === "" ? "it" : pointer} ${reason}` }],
    };
  }
  if (value.kind.endsWith("List") && "items" in value) {
    const items = value["items"] ?? [];
    if (!Array.isArray(items))
      throw unreadable(source, 0, `${value.kind}: items must be a list, got ${describe(items)}`);
    return itemsOf(items, source, `${pointer}/items`, { kind: value.kind, apiVersion: value.apiVersion });
  }
  return { objects: [{ object: value, source, pointer }], strangers: [] };
}

/** `kubectl get deployments -o yaml` gives a `List`; the API itself a `DeploymentList`, whose items may leave out kind and apiVersion. */
function itemsOf(
  items: readonly unknown[],
  source: SourceText,
  pointer: string,
  list?: { kind: string; apiVersion: string },
): ReturnType<typeof objectsOf> {
  const itemKind = list?.kind.slice(0, -"List".length) ?? "";
  const inherited = list && itemKind !== "" ? { apiVersion: list.apiVersion, kind: itemKind } : {};
  const parts = items.map((item, index) =>
    objectsOf(
      { source, value: isObject(item) && !hasKind(item) ? { ...inherited, ...item } : item },
      `${pointer}/${index}`,
    ),
  );
  return { objects: parts.flatMap(part => part.objects), strangers: parts.flatMap(part => part.strangers) };
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : isObject(value) ? "an object" : `a ${typeof value}`;
}

/** `file:line` of a document's first content. */
export function startOf(source: SourceText): ReturnType<typeof positionAt> {
  const offset = /^(?:---(?=\s)|\s+|#.*|%.*)*/.exec(source.text)?.[0].length ?? 0;
  return positionAt(source, offset);
}
