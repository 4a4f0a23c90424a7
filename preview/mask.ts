import { isObject, isSecret, PLACEHOLDER, reveal, UNKNOWN } from "./value.js";

/** What stands where a secret was. */
export const MASK = "[secret]";

/** Shorter secrets are hidden as values but not inside text: replacing every "on" or "5" would destroy it and reveal what was replaced. */
const shortestInText = 4;
/** A line of a longer secret (a key, a kubeconfig) is itself secret from this length on. */
const shortestLine = 20;

/** Words too common to be replaced inside text. */
const ordinary = new Set(["true", "false", "null", "none", "default", "admin", "root"]);

/** Every text within a secret value, its own wrappers included. Placeholders and unknowns are no secrets. */
export function secretTexts(value: unknown, into: Set<string> = new Set()): Set<string> {
  if (isSecret(value)) collectTexts(reveal(value), into);
  else if (Array.isArray(value)) for (const element of value) secretTexts(element, into);
  else if (isObject(value)) for (const inner of Object.values(value)) secretTexts(inner, into);
  return into;
}

function collectTexts(value: unknown, into: Set<string>): void {
  if (typeof value === "string") {
    if (value !== "" && value !== UNKNOWN && !value.includes(PLACEHOLDER)) into.add(value);
  } else if (typeof value === "number") into.add(String(value));
  else if (Array.isArray(value)) for (const element of value) collectTexts(element, into);
  else if (isObject(value)) for (const inner of Object.values(value)) collectTexts(inner, into);
}

/** The forms in which a secret may stand in a text: itself, its long lines, base64, percent-encoded, within a JSON string. */
function forms(text: string): string[] {
  const lines = text.split("\n").map(line => line.trim());
  return [
    text,
    text.trim(),
    ...(lines.length > 1 ? lines.filter(line => line.length >= shortestLine) : []),
    Buffer.from(text).toString("base64"),
    encode(text),
    JSON.stringify(text).slice(1, -1),
  ];
}

/** Percent-encoding; a text with half a surrogate pair has none. */
function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

export type Masker = (text: string) => string;

/** A function that replaces every known secret in a text by `[secret]`. */
export function masker(secrets: Iterable<string>): Masker {
  const known = new Set<string>();
  for (const text of secrets) {
    for (const form of forms(text)) {
      if (form.length >= shortestInText && !ordinary.has(form)) known.add(form);
    }
  }
  if (known.size === 0) return text => text;
  // The longest first, so that a secret that contains another one goes as a whole.
  const alternatives = [...known]
    .sort((a, b) => b.length - a.length)
    .map(form => form.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&"));
  const pattern = new RegExp(alternatives.join("|"), "g");
  return text => text.replace(pattern, MASK);
}

/** The value with secrets replaced by `[secret]`: by their wrapper whatever their length, and by their text wherever it turns up. */
export function maskValue(value: unknown, mask: Masker): unknown {
  if (isSecret(value)) return MASK;
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map(element => maskValue(element, mask));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [mask(key), maskValue(inner, mask)]));
}
