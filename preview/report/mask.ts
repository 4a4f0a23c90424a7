import { MASK } from "../mask.js";

/** Shorter values (`on`, `80`) occur everywhere by chance: masking them would hide a report, not a secret. */
const shortestSecret = 4;
/** From this length on, a line of a multi-line secret or a piece of base64 is unlikely to occur by chance. */
const shortestPiece = 8;
/** Values that are no secret even where somebody marked them as one; every report is full of them. */
const commonWords = new Set(["true", "false", "null", "none", "default", "admin", "root", "local", "high"]);

/** Replaces secret values, in every form in which they can travel, by `[secret]`. */
export interface Mask {
  text(text: string): string;
  /** A deep copy of plain JSON with every string masked, keys too. */
  value<T>(value: T): T;
  /** The same without touching keys, nor the values of the `fixed` ones: for records whose shape is ours. */
  fields<T>(value: T, fixed: ReadonlySet<string>): T;
}

/** The only way to a report, a manifest or a log: whatever leaves the preview goes through one of these. */
export function createMask(secrets: Iterable<string>): Mask {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < shortestSecret || commonWords.has(secret)) continue;
    for (const form of formsOf(secret)) forms.add(form);
  }
  forms.delete(MASK);
  if (forms.size === 0) return { text: text => text, value: value => value, fields: value => value };

  // The longest first, so that a secret that holds another one vanishes whole.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(escapeRegExp).join("|"), "g");
  const text = (plain: string): string => plain.replace(pattern, MASK);
  const all = (entry: [string, unknown]): [string, unknown] => [text(entry[0]), maskStrings(entry[1], text, all)];
  return {
    text,
    value: <T>(value: T) => maskStrings(value, text, all) as T,
    fields: <T>(value: T, fixed: ReadonlySet<string>) => {
      const ours = ([key, item]: [string, unknown]): [string, unknown] =>
        fixed.has(key) ? [key, item] : [key, maskStrings(item, text, ours)];
      return maskStrings(value, text, ours) as T;
    },
  };
}

type Entry = (entry: [string, unknown]) => [string, unknown];

function maskStrings(value: unknown, text: (plain: string) => string, entry: Entry): unknown {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.map(item => maskStrings(item, text, entry));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(entry));
}

/** The value as it is, and as JSON, URLs, XML, HTML, base64 and hex carry it; each line of a longer text (a PEM block) by itself. */
function formsOf(secret: string): string[] {
  const bare = secret.trim();
  const lines = bare.split(/\r?\n/).map(line => line.trim());
  const plain = [secret, bare, ...(lines.length > 1 ? lines.filter(isTelling) : [])];
  return [...plain.flatMap(encodingsOf), ...[secret, bare].flatMap(base64Forms)].filter(
    form => form.length >= shortestSecret,
  );
}

/** `-----BEGIN PRIVATE KEY-----` is the same in every key. */
function isTelling(line: string): boolean {
  return line.length >= shortestPiece && !/^-{3,}[A-Z ]*-{3,}$/.test(line);
}

function encodingsOf(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeUri(text);
  const html = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return [
    text,
    json,
    JSON.stringify(json).slice(1, -1),
    url,
    url.replace(/%20/g, "+"),
    url.replace(/%[0-9A-F]{2}/g, escape => escape.toLowerCase()),
    html,
    html.replace(/"/g, "&quot;"),
    html.replace(/"/g, "&quot;").replace(/'/g, "&apos;"),
    html.replace(/"/g, "&quot;").replace(/'/g, "&#39;"),
    text.replace(/'/g, "''"),
  ];
}

/** Percent-encoding, `!'()*` too. Half a surrogate pair has none. */
function encodeUri(text: string): string {
  const pairs = text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
  return encodeURIComponent(pairs).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Base64 and hex of the value. Inside a longer encoded text (`user:password` in a basic-auth header) the value starts at any of three
 * offsets in a base64 quantum: what it looks like there, without the characters that its neighbours change.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const forms = [bytes.toString("base64"), bytes.toString("base64").replace(/=+$/, ""), bytes.toString("hex")];
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const lastWhole = Math.floor(((offset + bytes.length) * 8) / 6);
    const inner = encoded.slice(Math.ceil((offset * 8) / 6), lastWhole);
    if (inner.length >= shortestPiece) forms.push(inner);
  }
  return forms.flatMap(form => [form, form.replace(/\+/g, "-").replace(/\//g, "_")]);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
