/** A name in an object literal, and its line (from 1). */
export interface Argument {
  name: string;
  line: number;
}

/** Longer calls are read up to here only: a scan of a broken file must end. */
const longestCall = 50_000;

const closing: Record<string, string> = { "{": "}", "[": "]", "(": ")" };

/** Where the string, template or comment that begins at `at` ends; `at` itself where none begins. */
function skipped(text: string, at: number): number {
  const first = text[at] ?? "";
  const pair = text.slice(at, at + 2);
  if (pair === "//") return endAfter(text, "\n", at);
  if (pair === "/*") return endAfter(text, "*/", at + 2);
  if (!`"'\``.includes(first)) return at;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === first) return i + 1;
    else if (first === "`" && text.startsWith("${", i)) i = endOfGroup(text, i + 1) - 1;
  }
  return text.length;
}

function endAfter(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found === -1 ? text.length : found + what.length;
}

/** Just after the bracket that closes the one at `open`. */
function endOfGroup(text: string, open: number): number {
  const waiting: string[] = [];
  for (let i = open; i < text.length; ) {
    const next = skipped(text, i);
    if (next > i) {
      i = next;
      continue;
    }
    const close = closing[text[i] ?? ""];
    if (close !== undefined) waiting.push(close);
    else if (text[i] === waiting.at(-1)) waiting.pop();
    i += 1;
    if (waiting.length === 0) return i;
  }
  return text.length;
}

/** The members of the object literal that opens at `open`: own ones, and those of literals in the same file that it spreads. */
function membersAt(text: string, open: number, depth: number): Argument[] {
  const end = endOfGroup(text, open);
  const members: Argument[] = [];
  let isStart = true;
  for (let i = open + 1; i < end; ) {
    const rest = text.slice(i, i + 100);
    const spread = isStart ? /^\.\.\.([A-Za-z_$][\w$]*)\s*[,}]/.exec(rest)?.[1] : undefined;
    const [match = "", name] = (isStart && /^["']?([A-Za-z_$][\w$]*)["']?\s*[:,}(]/.exec(rest)) || [];
    if (spread !== undefined && depth > 0) members.push(...declaredAs(text, spread, depth - 1));
    if (name !== undefined) members.push({ name, line: text.slice(0, i).split("\n").length });
    const next = skipped(text, i);
    if (name !== undefined) {
      isStart = false;
      i += match.length - 1;
    } else if (next > i) {
      isStart = isStart && /^\/[/*]/.test(text.slice(i, i + 2));
      i = next;
    } else if (closing[text[i] ?? ""] !== undefined) {
      isStart = false;
      i = endOfGroup(text, i);
    } else {
      if (text[i] === ",") isStart = true;
      else if (!/\s/.test(text[i] ?? "")) isStart = false;
      i += 1;
    }
  }
  return members;
}

function declaredAs(text: string, name: string, depth: number): Argument[] {
  const found = new RegExp(`\\b(?:const|let|var)\\s+${name.replaceAll("$", "\\$")}\\s*(?::[^=;]{0,200})?=\\s*\\{`).exec(
    text,
  );
  return found === null ? [] : membersAt(text, found.index + found[0].length - 1, depth);
}

/** The arguments that the call at this place gives by name: those of its object literals, as the text of the file has them. */
export function argumentsAt(text: string, line: number, column: number): Argument[] {
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  const open = text.indexOf("(", start);
  if (open === -1 || open - start > 200) return [];
  const end = Math.min(endOfGroup(text, open), open + longestCall);
  const found: Argument[] = [];
  for (let i = open + 1; i < end; ) {
    const next = skipped(text, i);
    if (next > i) i = next;
    else if (text[i] === "{") {
      found.push(...membersAt(text, i, 1));
      i = endOfGroup(text, i);
    } else i = closing[text[i] ?? ""] === undefined ? i + 1 : endOfGroup(text, i);
  }
  return found;
}

/** `memoryMiB` → `memory`: arguments carry their unit. */
function withoutUnit(name: string): string {
  return name.replace(/(?:MiB|GiB|KiB|Millis|Seconds|Minutes|Days)$/, "");
}

/**
 * The argument that a place in a child's inputs comes from, as far as its name tells: the last key of the path, with or without a unit.
 * Nothing for places in other containers than the first, which are seldom the caller's.
 */
export function argumentFor(path: string, given: readonly Argument[]): Argument | undefined {
  if (/\/(?:initContainers|ephemeralContainers)\/|\/containers\/[1-9]/.test(path)) return undefined;
  const last = path
    .split("/")
    .filter(key => key !== "" && !/^\d+$/.test(key))
    .at(-1);
  return given.find(({ name }) => name === last || (last !== undefined && withoutUnit(name) === last));
}
