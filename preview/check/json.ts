import { endOfValue, isSpace } from "./jsonText.js";
import type { Parsed } from "./parse.js";

/** Deeper nesting is an attack or a mistake. */
const deepest = 100;

/**
 * The documents of a JSON text: one, or several one after the other as `kubectl` and `jq` write them.
 *
 * @returns undefined when it is not plain JSON: it may still be YAML, whose parser then names the fault
 */
export function parseJson(file: string, text: string): Parsed[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const parsed: Parsed[] = [];
  let line = 1;
  let lineStart = 0;
  for (let start = nextValue(text, 0); start < text.length; ) {
    const end = endOfValue(text, start);
    for (let next = text.indexOf("\n", lineStart); next !== -1 && next < start; next = text.indexOf("\n", lineStart)) {
      line++;
      lineStart = next + 1;
    }
    const source = {
      file,
      text: text.slice(start, end),
      firstLine: line,
      firstColumn: start - lineStart + 1,
      isJson: true,
    };
    try {
      const value: unknown = JSON.parse(source.text);
      if (depthOf(value) > deepest) return undefined;
      parsed.push({ source, value });
    } catch {
      return undefined;
    }
    start = nextValue(text, end);
  }
  return parsed;
}

function nextValue(text: string, from: number): number {
  let index = from;
  while (index < text.length && isSpace(text.charCodeAt(index))) index++;
  return index;
}

/** Counted without recursion, and no further than needed. */
function depthOf(root: unknown): number {
  let level: unknown[] = [root];
  for (let depth = 0; ; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) next.push(inner);
    }
    if (next.length === 0 || depth > deepest) return depth;
    level = next;
  }
}
