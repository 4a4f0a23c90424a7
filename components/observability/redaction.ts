import { headerSigns, secretField, secretHeader, secretSetting, secretSigns } from "./secretNames";

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

/** Tokens that are known by how they begin, and one of their signs. */
const tokens: readonly [name: string, pattern: string, ...signs: string[]][] = [
  ["slack-token", "\\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}", "xox", "xapp-"],
  ["slack-webhook", "hooks\\.slack\\.com/services/[A-Za-z0-9/]+", "hooks.slack"],
  ["aws-key", "\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b", "akia", "asia"],
  ["github-token", "\\bgh[pousr]_[A-Za-z0-9]{20,}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
  ["github-token", "\\bgithub_pat_[A-Za-z0-9_]{20,}", "github_pat_"],
  ["gitlab-token", "\\bglpat-[A-Za-z0-9_-]{16,}", "glpat-"],
  ["stripe-key", "\\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}", "k_live_", "k_test_"],
  ["stripe-key", "\\bwhsec_[A-Za-z0-9+/=]{16,}", "whsec_"],
  ["google-key", "\\bAIza[A-Za-z0-9_-]{30,}", "aiza"],
  ["pulumi-token", "\\bpul-[0-9a-f]{40}", "pul-"],
  ["grafana-token", "\\bglsa_[A-Za-z0-9_]{20,}", "glsa_"],
  ["vault-token", "\\bhv[sbr]\\.[A-Za-z0-9_-]{20,}", "hvs.", "hvb.", "hvr."],
];

/** Ends of what is passed to `identified` and `password` in SQL. */
const identified = "\\bidentified\\s+(?:by|(?:via|with)\\s+\\w+\\s+(?:using|as|by))(?:\\s+password)?";

/** A text between quotes, with whatever is escaped in it; and one that is itself in a JSON text, where the quotes are escaped. */
const quotedText =
  '\'(?:\\\\.|[^\'\\\\])*\'|"(?:\\\\.|[^"\\\\])*"|\\x60[^\\x60]*\\x60|\\\\"(?:[^"\\\\]|\\\\\\\\.)*\\\\"';

/** A word, which a backslash ends that only escapes the quote behind it. */
const word = (without: string) => `(?:\\\\[^"']|[^\\\\"'${without}])+`;

export const redactions: readonly Redaction[] = [
  // Whole blocks first: the others would only find pieces of them. A block may have been cut off on either side.
  {
    name: "private-key",
    signs: ["private key"],
    pattern: "-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)",
  },
  {
    name: "private-key",
    signs: ["private key"],
    pattern: "^[a-z0-9+/=\\s]+-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----",
  },
  // The same in base64, as a Secret has it: certificates begin alike, and go too.
  { name: "pem", signs: ["ls0tls1crudjti"], pattern: "LS0tLS1CRUdJTi[A-Za-z0-9+/]*={0,2}" },
  { name: "base64", pattern: "^[a-z0-9+/]{40,}={0,2}$" },
  // Signed or encrypted; and JSON in base64 without a signature, as registries' credentials.
  { name: "jwt", signs: ["eyj"], pattern: "\\beyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*){1,4}" },
  { name: "base64", signs: ["eyj"], pattern: "\\beyJ[A-Za-z0-9+/_-]{40,}={0,2}" },
  // The content of a Kubernetes Secret, under whatever names, as kubectl writes it and as others do.
  {
    name: "data",
    signs: ["apiversion"],
    pattern: '(\\{\\s*"apiVersion"\\s*:\\s*"v1"\\s*,\\s*"data"\\s*:\\s*)\\{[^{}]*\\}',
    keep: 1,
    quoted: true,
  },
  {
    name: "data",
    signs: secretSigns,
    pattern: '("kind"\\s*:\\s*"Secret".*?"(?:string)?data"\\s*:\\s*)\\{[^{}]*\\}',
    keep: 1,
    quoted: true,
  },
  {
    name: "bearer",
    signs: ["bearer", "basic"],
    pattern: "(\\b(?:bearer|basic)\\s+)[A-Za-z0-9+/._~=-]{8,}",
    keep: 1,
  },
  // A password may have slashes and more signs of at; digits before a slash are a port.
  {
    name: "url-password",
    signs: ["@"],
    pattern: "([a-z][a-z0-9+.-]*://[^\\s:/@\"']*:)(?:\\d*[^\\s\\d/@\"'?#][^\\s@\"']*|\\d+)@(?:[^\\s@/\"']*@)*",
    keep: 1,
  },
  ...tokens.map(([name, pattern, ...signs]): Redaction => ({ name, pattern, signs })),
  {
    name: "header",
    signs: headerSigns,
    pattern: `(\\b${secretHeader}\\s*:\\s*)[^\\s"'\\[{](?:="[^"\\r\\n]*"|[^\\r\\n"'])*`,
    keep: 1,
  },
  // A list of names and values, as Node's `rawHeaders`.
  { name: "header", signs: headerSigns, pattern: `(["']${secretHeader}["']\\s*,\\s*["'])[^"'\\r\\n]+`, keep: 1 },
  // SQL that sets a password: PASSWORD 'x', PASSWORD('x'), IDENTIFIED BY 'x', IDENTIFIED VIA plugin USING 'x'.
  {
    name: "sql",
    signs: ["password", "identified"],
    pattern: `((?:\\bpassword(?:\\s+password)?|${identified})(?:\\s*[=(]\\s*|\\s+)(?:password\\s*\\(\\s*)?)E?'(?:[^'\\\\]|\\\\.|'')*'`,
    keep: 1,
  },
  { name: "sql", signs: ["identified"], pattern: `(${identified}\\s+)"(?:[^"\\\\]|\\\\.)*"`, keep: 1 },
  // PostgreSQL on a row that is there already: Key (token)=(…).
  {
    name: "sql",
    signs: secretSigns,
    pattern: `(\\((?:[^()]*,\\s*)?${secretField}(?:,[^()]*)?\\)=\\()[^()]*`,
    keep: 1,
  },
  // Variables of a container: a name beside its value.
  {
    name: "value",
    signs: secretSigns,
    pattern: `(\\bname\\\\?["']?\\s*:\\s*\\\\?["']?${secretField}\\\\?["']?\\s*,?\\s*\\\\?["']?value\\\\?["']?\\s*:\\s*\\\\?["']?)[^"'\\\\\\r\\n]+`,
    keep: 1,
  },
  { name: "value", signs: secretSigns, pattern: `(<(?:[a-z0-9]+:)?${secretField}(?:\\s[^<>]*)?>)[^<]+`, keep: 1 },
  // JSON and its like: "password":"…" and 'password': '…', with whatever is escaped in the value.
  { name: "field", signs: secretSigns, pattern: `("${secretField}"\\s*:\\s*")(?:\\\\.|[^"\\\\])+`, keep: 1 },
  { name: "field", signs: secretSigns, pattern: `('${secretField}'\\s*:\\s*')(?:\\\\.|[^'\\\\])+`, keep: 1 },
  {
    name: "field",
    signs: secretSigns,
    pattern: `(["']${secretField}["']\\s*:\\s*)(?:-?\\d[\\d.]*|\\[[^\\[\\]]*\\]|\\{(?:[^{}]|\\{[^{}]*\\})*\\})`,
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
  // Objects as Node prints them and YAML, password: '…'; and key="…" with blanks.
  { name: "field", signs: secretSigns, pattern: `(\\b${secretField}(?:\\s*:\\s*|=|%3D))(?:${quotedText})`, keep: 1 },
  // Query strings, forms, command lines, key=value logs, settings as a program prints them, Go's structs.
  { name: "value", signs: secretSigns, pattern: `(\\b${secretField}(?:=|%3D))${word("\\s&,;")}`, keep: 1 },
  { name: "value", signs: secretSigns, pattern: `(--${secretField}\\s+)[^\\s"'-][^\\s"']*`, keep: 1 },
  { name: "value", signs: secretSigns, pattern: `(\\b${secretSetting}\\s*[:=]\\s*)${word("\\s,;\\[{(")}`, keep: 1 },
  { name: "value", signs: secretSigns, pattern: `([{ ]${secretField}:)${word("\\s,;\\[{(/")}`, keep: 1 },
  { name: "value", signs: ["requirepass", "masterauth"], pattern: "(\\b(?:requirepass|masterauth)\\s+)\\S+", keep: 1 },
  // Who has such a link may do what it says: a signed one, or the code of a login.
  {
    name: "value",
    signs: ["code=", "sig=", "signature="],
    pattern: "([?&](?:code|sig|(?:x-amz-)?signature)=)[^\\s&\"'#\\\\]+",
    keep: 1,
  },
  // curl -u user:password; digits only are a user's and a group's number.
  {
    name: "value",
    signs: ["-u", "--user"],
    pattern: "(\\s(?:-u|--user)[= ][\"']?[^\\s:\"'/]+:)\\d*[^\\s\"'\\d][^\\s\"']*",
    keep: 1,
  },
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
