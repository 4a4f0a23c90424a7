/**
 * Names of what holds a credential, as words: PASSWORD, DB_PASS, apiKey, aws-secret-access-key. A word ends at a separator, at a capital,
 * or at the end, so that COMPASS and TOKENIZER are none.
 */
const credentialWords =
  /(^|_)(password|passwd|pwd|passphrase|pass|secret|secrets|token|apikey|api_key|private_key|secret_key|access_key|(account|batch|hmac|jwt|shared|storage|subscription)_key|key_content|encryption_key|signing_key|master_key|credential|credentials|auth_key|dsn|plaintext_value)(_|$)/;

/** Words after which a name speaks of a credential without holding it. */
const aboutCredentials = new RegExp(
  `_(${[
    "file|path|dir|name|names|id|ids|url|uri|endpoint|host|ttl|expiry|expires|expiration|lifetime|age|length|size|min",
    "max|count|enabled|required|type|policy|issuer|algorithm|header|field|version|ref|key_name|location|mount|arn",
    "limit|timeout|seconds|rotation|hash|hasher|digest|checksum|fingerprint|thumbprint|sha256|namespace|provider",
    "store|backend|manager|region|prefix|suffix|audience|scope|scopes|realm|method|mode|strategy|regex|pattern",
    "template",
  ].join("|")})$|${[
    // Names of Secrets, and of keys in one, as charts take them.
    "(^|_)(existing|pull|credentials?)_secrets?(_|$)",
    "[a-z0-9]_password_key$",
    "(password|username|name|address)_secret_key$",
  ].join("|")}`,
);

function wordsOf(name: string): string {
  return name
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]/g, "_")
    .toLowerCase();
}

/** Whether a variable or property of this name holds a credential. */
export function isCredentialName(name: string): boolean {
  const words = wordsOf(name);
  return credentialWords.test(words) && !aboutCredentials.test(words);
}

/**
 * Text that holds no credential whatever its name: nothing, a switch, a small number or a time, a path, a reference to another variable,
 * and the address that Sentry is written to, which every browser is told.
 */
const harmless =
  /^(|true|false|yes|no|on|off|null|none|\d{1,5}|\d{1,32}[a-z]{1,2}|[./][^\n]*|\$\([^\n]*\)|https:\/\/[0-9a-f]{32}@[^\s]*)$/i;

/** Whether literal text under this name is a credential, by its form or by its name. */
export function isCredentialText(name: string, text: string): boolean {
  return credentialIn(text) !== undefined || (isCredentialName(name) && !harmless.test(text));
}

/** How a credential is recognised by its own form. */
interface Form {
  name: string;
  /** Texts of which each credential holds one. Most texts hold none, and to look for these is much faster than to search by patterns. */
  fixed: readonly string[];
  /** Bounded, and of RE2 too. */
  pattern: RegExp;
  /** Finds the same, faster, with what RE2 has not. */
  faster?: RegExp;
  /** What the pattern finds and is none after all; RE2 knows no "but not". */
  but?: RegExp;
}

/** The one form that goes by a name and not by what the credential looks like. */
export const settingForm = "a password in a setting";

/** Names of settings whose value is a credential, in files of any kind: `spring.datasource.password`, `clientSecret`, `client-key-data`. */
const settings = [
  "password|passwd|passphrase|pwd|token|key-data",
  "(?:app|client|jwt|session|shared|webhook)[_-]?secret",
  "(?:api|encryption|private|secret|secret[_-]?access)[_-]?key",
].join("|");
/** `name = value` or `name: value`, up to what may end a value; and whole lines of comment, so that nothing is found in them. */
const setting = new RegExp(
  `^[ \\t]*(?:#|;|//[ \\t])[^\\n]*|(?:${settings})["']?[ \\t]*[:=][ \\t]*[^\\n,;&}]{1,200}`,
  "gim",
);
/** What such a setting holds where it is no credential. */
const harmlessValues = [
  // Nothing; what a program or a person fills in.
  "[\"']{0,2}[ \\t]*\\r?$",
  "[\"']?[-$<{(\\[%*|>&!=#]",
  "[^\"' \\t]*[$<{(]",
  "[\"'][^\\n]*[$<{(]",
  // Switches, types, numbers, times, paths, masks, members of something.
  `["']?(?:${[
    "true|false|yes|no|on|off|null|nil|none|undefined|string|required|optional",
    "[0-9]{1,5}|[0-9]{1,32}[a-z]{1,2}|[./~][^\\n]*|x{3,}|[*.]{2,}|[a-z_]\\w*(?:\\.[a-z_]\\w*)+",
  ].join("|")})["']?(?:[ \\t)\\]][^\\n]*)?\\r?$`,
].join("|");
/** Comments, settings of no credential, and sentences: `password: the one that you know`. */
const noSetting = new RegExp(
  `^[ \\t]*(?:#|;|//)|^[^:=]*[:=][ \\t]*(?:${harmlessValues})|^[^:=]*(?::[ \\t]*|=[ \\t]+)[^"'\\s]\\S*[ \\t]+[^\\s#]`,
  "i",
);

export const credentialForms: readonly Form[] = [
  {
    name: "a private key",
    fixed: ["-----BEGIN "],
    pattern: /-----BEGIN ([A-Z]{1,16} ){0,2}PRIVATE KEY-----/,
  },
  {
    name: "an AWS access key",
    fixed: ["AKIA", "ASIA"],
    pattern: /(^|[^A-Z0-9])(AKIA|ASIA)[A-Z0-9]{16}($|[^A-Z0-9])/,
  },
  {
    name: "a GitHub token",
    fixed: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    pattern: /(^|[^A-Za-z0-9])(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22})/,
  },
  { name: "a GitLab token", fixed: ["glpat-"], pattern: /(^|[^A-Za-z0-9])glpat-[A-Za-z0-9_-]{20}/ },
  { name: "a Slack token", fixed: ["xox"], pattern: /(^|[^A-Za-z0-9])xox[abprs]-[A-Za-z0-9-]{10}/ },
  {
    name: "a Slack webhook",
    fixed: ["hooks.slack.com/services/T"],
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{1,16}\/B[A-Z0-9]{1,16}\//,
  },
  { name: "a Google API key", fixed: ["AIza"], pattern: /(^|[^A-Za-z0-9])AIza[A-Za-z0-9_-]{35}/ },
  { name: "a Stripe key", fixed: ["k_live_"], pattern: /(^|[^A-Za-z0-9])[sr]k_live_[A-Za-z0-9]{16}/ },
  { name: "an npm token", fixed: ["npm_"], pattern: /(^|[^A-Za-z0-9])npm_[A-Za-z0-9]{36}/ },
  { name: "a PyPI token", fixed: ["pypi-AgE"], pattern: /(^|[^A-Za-z0-9])pypi-AgE[A-Za-z0-9_-]{20}/ },
  { name: "a Docker Hub token", fixed: ["dckr_pat_"], pattern: /(^|[^A-Za-z0-9])dckr_pat_[A-Za-z0-9_-]{20}/ },
  { name: "a Vault token", fixed: ["hvs."], pattern: /(^|[^A-Za-z0-9])hvs\.[A-Za-z0-9_-]{24}/ },
  {
    name: "a key of a language model",
    fixed: ["sk-ant-", "sk-proj-"],
    pattern: /(^|[^A-Za-z0-9])sk-(ant|proj)-[A-Za-z0-9_-]{20}/,
  },
  { name: "a SendGrid key", fixed: ["SG."], pattern: /(^|[^A-Za-z0-9])SG\.[A-Za-z0-9_-]{22}\./ },
  { name: "a DigitalOcean token", fixed: ["dop_v1_"], pattern: /(^|[^A-Za-z0-9])dop_v1_[0-9a-f]{64}/ },
  { name: "an Azure storage key", fixed: ["AccountKey="], pattern: /AccountKey=[A-Za-z0-9+/]{86}==/ },
  {
    name: "a JSON web token",
    fixed: [".eyJ"],
    pattern: /(^|[^A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,1000}\./,
  },
  {
    name: "a password in a URL",
    fixed: ["://"],
    // What begins with a bracket or an asterisk is to be filled in, or is masked.
    pattern: /[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/?#@$]{0,200}:[^\s:/?#@$<{\[*][^\s:/?#@$]{0,199}@/i,
    // From its fixed text on: from a letter on, it would be tried at each.
    faster: /:\/\/(?<=[a-z][a-z0-9+.-]{1,30}:\/\/)[^\s:/?#@$]{0,200}:[^\s:/?#@$<{\[*][^\s:/?#@$]{0,199}@/i,
  },
  {
    name: "a registry's credentials",
    fixed: ['"auths"'],
    pattern: /"auths"[^\]]{1,400}?"auth"[ \t]{0,8}:[ \t]{0,8}"[A-Za-z0-9+/]{8}/,
  },
  {
    name: "an authorization header",
    fixed: ["uthorization", "UTHORIZATION"],
    pattern: /authorization["']?[ \t:=,]{1,8}["']?(?:basic|bearer) [A-Za-z0-9+/._~-]{16}/i,
  },
  {
    name: settingForm,
    // The commonest first: most texts hold it, and need not be searched for the others.
    fixed: [
      "key",
      "oken",
      "ecret",
      "assw",
      "assph",
      "pwd",
      "Key",
      "KEY",
      "OKEN",
      "ECRET",
      "ASSW",
      "ASSPH",
      "PWD",
      "Pwd",
    ],
    pattern: setting,
    but: noSetting,
  },
];

/** A pattern as RE2 writes it, which looks for one match only. */
function ofRe2({ source, flags }: RegExp): string {
  const kept = flags.replace("g", "");
  return kept === "" ? source : `(?${kept}:${source})`;
}

/** The patterns above, for the API server's CEL: all of them are regular expressions of RE2, too. */
export const credentialPatterns = {
  /** Of a name in words. */
  name: credentialWords.source,
  aboutName: aboutCredentials.source,
  harmless: `(?i)${harmless.source}`,
  forms: credentialForms.map(({ fixed, pattern, but }) => ({
    fixed,
    pattern: ofRe2(pattern),
    ...(but === undefined ? {} : { but: ofRe2(but) }),
  })),
};

/** Longer text is searched only this far; no credential of these forms is found beyond. */
const searchedLength = 65_536;

/** Characters of the shortest: `pwd=x`. */
const shortest = 5;

/** What credential a text holds, by its form; undefined for none. */
export function credentialIn(text: string): string | undefined {
  if (text.length < shortest) return undefined;
  const searched = text.length > searchedLength ? text.slice(0, searchedLength) : text;
  return credentialForms.find(
    ({ fixed, pattern, faster = pattern, but }) =>
      fixed.some(part => searched.includes(part)) &&
      (but === undefined ? faster.test(searched) : (searched.match(faster) ?? []).some(found => !but.test(found))),
  )?.name;
}
