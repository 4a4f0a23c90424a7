import type { Wanted } from "./pointers.js";

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** The offset of a JSON string's closing quote. */
export function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === backslash) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** The offset after the value that starts at `from`; balanced brackets outside of strings are all it looks at. */
export function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfString(text, index);
    else if (code === openBrace || code === openBracket) depth++;
    else if (code === closeBrace || code === closeBracket) {
      if (depth === 0) return index;
      depth--;
    } else if (depth === 0 && (code === 0x2c || isSpace(code))) return index;
    if (depth === 0 && (code === quote || code === closeBrace || code === closeBracket)) return index + 1;
  }
  return text.length;
}

export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Finds the wanted places in valid JSON of any size without building anything: of a field its key, of a list its item. */
export function findJsonOffsets(text: string, wanted: Wanted): void {
  wanted.offset = skip(text, 0);
  visit(text, wanted.offset, wanted);
}

/** The offset of the next character that is neither space, comma nor colon. */
function skip(text: string, from: number): number {
  let index = from;
  for (
    let code = text.charCodeAt(index);
    isSpace(code) || code === 0x2c || code === 0x3a;
    code = text.charCodeAt(index)
  )
    index++;
  return index;
}

function visit(text: string, start: number, wanted: Wanted): void {
  if (wanted.children.size === 0) return;
  const isObject = text.charCodeAt(start) === openBrace;
  if (!isObject && text.charCodeAt(start) !== openBracket) return;
  let at = skip(text, start + 1);
  for (let index = 0; at < text.length && !isClosing(text.charCodeAt(at)); index++) {
    const place = at;
    let step = String(index);
    if (isObject) {
      const keyEnd = endOfString(text, at);
      step = JSON.parse(text.slice(at, keyEnd + 1)) as string;
      at = skip(text, keyEnd + 1);
    }
    const child = wanted.children.get(step);
    if (child) {
      child.offset = place;
      visit(text, at, child);
    }
    at = skip(text, endOfValue(text, at));
  }
}

function isClosing(code: number): boolean {
  return code === closeBrace || code === closeBracket;
}
