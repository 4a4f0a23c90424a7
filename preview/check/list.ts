import type { SourceText } from "./text.js";

/** Shorter lists are parsed as they are. */
const shortest = 500_000;

/**
 * Takes a long YAML `List`, as `kubectl get -o yaml` writes it, apart into its items, so that thousands of objects need no more memory than
 * they do one by one. A line that starts with `- ` at the items' own column begins an item: everything inside of one stands further right.
 *
 * @returns undefined when it is no such list, or when anchors could tie its items together
 */
export function splitList(source: SourceText): { items: SourceText[]; rest: string } | undefined {
  const { text } = source;
  if (text.length < shortest || !/^kind: List\s*$/m.test(text) || /[&*][\w-]/.test(text)) return undefined;
  const head = /^items:[^\S\n]*\n( *)- /m.exec(text);
  if (!head) return undefined;
  const indent = head[1] ?? "";
  const first = head.index + head[0].length - 2 - indent.length;
  const boundary = new RegExp(`^(?:${indent}- |(?! |${indent}-|#|\\s*$))`, "gm");
  boundary.lastIndex = first;

  const items: SourceText[] = [];
  let start = first;
  let line = source.firstLine + countLines(text.slice(0, first));
  let end = text.length;
  boundary.lastIndex = first + 1;
  for (let match = boundary.exec(text); match; match = boundary.exec(text)) {
    const part = text.slice(start, match.index);
    items.push({ file: source.file, text: part, firstLine: line, firstColumn: 1, isJson: false });
    line += countLines(part);
    start = match.index;
    // A key of the list itself: the items are over.
    if (!match[0].endsWith("- ")) {
      end = match.index;
      break;
    }
    boundary.lastIndex = match.index + match[0].length;
  }
  if (end === text.length)
    items.push({ file: source.file, text: text.slice(start), firstLine: line, firstColumn: 1, isJson: false });
  return { items, rest: `${text.slice(0, head.index)}items: []\n${text.slice(end)}` };
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
