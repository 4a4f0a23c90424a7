/**
 * What never gets into the log store, wherever it came from. Each pattern is RE2 (and JavaScript, with the i flag); what it captures stays,
 * the rest of the match is replaced.
 */
export interface Redaction {
  /** What it finds; part of the replacement, so that a reader knows what was there. */
  name: string;
  pattern: string;
  /** How many groups, from the left, are kept in front of the replacement. @default 0 */
  keep?: 1;
}

/** Names of fields whose values are secret, in whatever spelling: `apiKey`, `api_key`, `api-key`. */
const secretNames =
  "pass(?:word|wd|phrase)?|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|client[_-]?secret|" +
  "(?:access|refresh|id|session|csrf|auth)[_-]?token|session[_-]?id|cookie|set-cookie|authorization|credentials?|jwt";

/** Such a name, with or without something before it: `db_password`. */
const secretField = `(?:[a-z0-9]+[_-])*(?:${secretNames})`;

export const redactions: readonly Redaction[] = [
  // Whole blocks first: the others would only find pieces of them.
  { name: "private-key", pattern: "-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)" },
  { name: "jwt", pattern: "\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*)?" },
  { name: "bearer", pattern: "(\\b(?:bearer|basic|digest)\\s+)[A-Za-z0-9+/._~=-]{8,}", keep: 1 },
  { name: "url-password", pattern: "([a-z][a-z0-9+.-]*://[^\\s:/@\"']*:)[^\\s@/\"']+@", keep: 1 },
  { name: "slack-webhook", pattern: "hooks\\.slack\\.com/services/[A-Za-z0-9/]+" },
  { name: "aws-key", pattern: "\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b" },
  { name: "github-token", pattern: "\\bgh[pousr]_[A-Za-z0-9]{20,}" },
  {
    name: "header",
    pattern: "(\\b(?:set-cookie|cookie|authorization|x-api-key|x-auth-token)\\s*:\\s*)[^\\s\"'][^\\r\\n\"']*",
    keep: 1,
  },
  // JSON and its like: "password":"…" and 'password': '…', with whatever is escaped in the value.
  { name: "field", pattern: `("${secretField}"\\s*:\\s*")(?:\\\\.|[^"\\\\])+`, keep: 1 },
  { name: "field", pattern: `('${secretField}'\\s*:\\s*')(?:\\\\.|[^'\\\\])+`, keep: 1 },
  { name: "field", pattern: `(["']${secretField}["']\\s*:\\s*)-?\\d[\\d.]*`, keep: 1 },
  // JSON as a text inside JSON, \"password\":\"…\", where a quote in the value has three backslashes.
  {
    name: "field",
    pattern: `(\\\\"${secretField}\\\\"\\s*:\\s*\\\\")(?:[^"\\\\]|\\\\\\\\(?:\\\\["\\\\]|[^"\\\\]))+`,
    keep: 1,
  },
  // Query strings, forms, command lines, key=value logs.
  { name: "value", pattern: `(\\b${secretField}=)(?:"[^"]*"|[^\\s&,;"']+)`, keep: 1 },
  // Payment cards, in groups of four or in one piece.
  { name: "card", pattern: "\\b(?:4\\d{3}|5[1-5]\\d{2}|2[2-7]\\d{2}|6011)(?:[ -]?\\d{4}){3}\\b" },
];

/** What stands for a secret. */
export const replacementOf = ({ name, keep }: Redaction): string => `${keep === 1 ? "$1" : ""}[REDACTED:${name}]`;
