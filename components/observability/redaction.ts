/**
 * What never gets into the log store, wherever it came from. Each pattern is RE2 (and JavaScript, with the flags i and s); what it captures
 * stays, the rest of the match is replaced.
 */
export interface Redaction {
  /** What it finds; part of the replacement, so that a reader knows what was there. */
  name: string;
  pattern: string;
  /**
   * Texts in small letters, of which every match has one. They are looked for first, because that takes next to no time and hardly a record
   * has one; without them the pattern is tried on every record.
   */
  signs?: readonly string[];
  /** How many groups, from the left, are kept in front of the replacement. @default 0 */
  keep?: 1;
  /** The replacement is a JSON text where the match was no text: the line stays JSON. @default false */
  quoted?: true;
  /** It tells who somebody is, which an audit log has to say: there it stays. @default false */
  personal?: true;
}

/** Names of fields whose values are secret, in whatever spelling: `apiKey`, `api_key`, `api-key`. */
const secretNames =
  "pass(?:word|wd|phrase)?|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|client[_-]?secret|" +
  "(?:access|refresh|id|session|csrf|auth)[_-]?token|session[_-]?id|cookie|set-cookie|authorization|credentials?|jwt";

/** Such a name, with or without something before it: `db_password`, `dbPassword`. */
const secretField = `(?:[a-z0-9]+[_-])*(?:[a-z0-9]+(?:password|secret)|${secretNames})`;

/** Those that no sentence has before a colon. */
const secretSetting = "(?:[a-z0-9]+[_-])*(?:passw(?:or)?d|passphrase|client[_-]?secret|(?:api|access|private)[_-]?key)";

const spelled = (first: string, second: string) => ["", "_", "-"].map(between => `${first}${between}${second}`);

/** One of these is in each of those names. */
const secretSigns = [
  ...["pass", "secret", "token", "cookie", "authorization", "credential", "jwt"],
  ...["api", "access", "private"].flatMap(kind => spelled(kind, "key")),
  ...spelled("session", "id"),
];

/** A whole attribute of a record with such a name: its value goes. */
export const secretAttribute = `^(?:.*[._-])?(?:${secretField})$`;

export const redactions: readonly Redaction[] = [
  // Whole blocks first: the others would only find pieces of them. A block may have been cut off on either side.
  {
    name: "private-key",
    signs: ["private key"],
    pattern: "-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
  },
  { name: "private-key", signs: ["private key"], pattern: "^[a-z0-9+/=\\s]+-----END [A-Z ]*PRIVATE KEY-----" },
  { name: "base64", pattern: "^[a-z0-9+/]{40,}={0,2}$" },
  { name: "jwt", signs: ["eyj"], pattern: "\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*)?" },
  {
    name: "bearer",
    signs: ["bearer", "basic", "digest"],
    pattern: "(\\b(?:bearer|basic|digest)\\s+)[A-Za-z0-9+/._~=-]{8,}",
    keep: 1,
  },
  { name: "url-password", signs: ["@"], pattern: "([a-z][a-z0-9+.-]*://[^\\s:/@\"']*:)[^\\s@/\"']+@", keep: 1 },
  { name: "slack-webhook", signs: ["hooks.slack"], pattern: "hooks\\.slack\\.com/services/[A-Za-z0-9/]+" },
  { name: "aws-key", signs: ["akia", "asia"], pattern: "\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b" },
  { name: "github-token", signs: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], pattern: "\\bgh[pousr]_[A-Za-z0-9]{20,}" },
  {
    name: "header",
    signs: ["cookie", "authorization", "x-api-key", "x-auth-token"],
    pattern: "(\\b(?:set-cookie|cookie|authorization|x-api-key|x-auth-token)\\s*:\\s*)[^\\s\"'\\[{][^\\r\\n\"']*",
    keep: 1,
  },
  // SQL that sets a password: PASSWORD 'x', PASSWORD('x'), IDENTIFIED BY 'x', IDENTIFIED VIA plugin USING 'x'.
  {
    name: "sql",
    signs: ["password", "identified"],
    pattern:
      "(\\b(?:password|identified\\s+(?:by|(?:via|with)\\s+\\w+\\s+(?:using|as|by)))(?:\\s+password)?\\s*[=(]?\\s*(?:password\\s*\\(\\s*)?)" +
      "'(?:[^'\\\\]|\\\\.|'')*'",
    keep: 1,
  },
  // JSON and its like: "password":"…" and 'password': '…', with whatever is escaped in the value.
  { name: "field", signs: secretSigns, pattern: `("${secretField}"\\s*:\\s*")(?:\\\\.|[^"\\\\])+`, keep: 1 },
  { name: "field", signs: secretSigns, pattern: `('${secretField}'\\s*:\\s*')(?:\\\\.|[^'\\\\])+`, keep: 1 },
  {
    name: "field",
    signs: secretSigns,
    pattern: `(["']${secretField}["']\\s*:\\s*)(?:-?\\d[\\d.]*|\\[[^\\[\\]]*\\]|\\{[^{}]*\\})`,
    keep: 1,
    quoted: true,
  },
  // JSON as a text inside JSON, \"password\":\"…\", where a quote in the value has three backslashes.
  {
    name: "field",
    signs: secretSigns,
    pattern: `(\\\\"${secretField}\\\\"\\s*:\\s*\\\\")(?:[^"\\\\]|\\\\\\\\(?:\\\\["\\\\]|[^"\\\\]))+`,
    keep: 1,
  },
  // Query strings, forms, command lines, key=value logs, settings as a program prints them.
  { name: "value", signs: secretSigns, pattern: `(\\b${secretField}(?:=|%3D))(?:"[^"]*"|[^\\s&,;"']+)`, keep: 1 },
  { name: "value", signs: secretSigns, pattern: `(--${secretField}\\s+)[^\\s"'-][^\\s"']*`, keep: 1 },
  { name: "value", signs: secretSigns, pattern: `(\\b${secretSetting}:\\s*)[^\\s"',;\\[{(]+`, keep: 1 },
  // Payment cards, in groups of four or in one piece; American Express 4-6-5.
  { name: "card", pattern: "\\b(?:4\\d{3}|5[1-5]\\d{2}|2[2-7]\\d{2}|6011)(?:[ -]?\\d{4}){3}\\b" },
  { name: "card", pattern: "\\b3[47]\\d{2}[ -]?\\d{6}[ -]?\\d{5}\\b" },
  {
    name: "email",
    signs: ["@"],
    pattern: "\\b[a-z0-9._%+-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9-]+)*\\.[a-z]{2,}\\b",
    personal: true,
  },
];

/** What stands for a secret. */
export const replacementOf = ({ name, keep, quoted }: Redaction): string => {
  const text = `[REDACTED:${name}]`;
  return `${keep === 1 ? "$1" : ""}${quoted === true ? `"${text}"` : text}`;
};

/** A text without any of these matters only to the redactions without signs. */
export const signs = [...new Set(redactions.flatMap(redaction => redaction.signs ?? []))];
