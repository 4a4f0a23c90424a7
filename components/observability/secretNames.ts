/** Names whose values are secret, as patterns that RE2 and JavaScript (with the flags i and s) read alike. */

const keyKinds = ["api", "access", "private", "secret", "signing", "encryption", "account", "auth", "master"];

/** Words that such a name ends in, whatever is before them: `dbPassword`, `SecretAccessKey`, `slack_token`. */
const endings = `passw(?:or)?d|pwd|passphrase|secret|token|(?:${keyKinds.join("|")})[_-]?key|session[_-]?id|cookie|authorization|credentials?|jwt`;

/** What may follow: `password_confirmation`, `tokenHash`. */
const after = "(?:[_-]?(?:hash|value|confirm(?:ation)?|repeat|base64|\\d))?";

/** A whole name, in whatever spelling: `apiKey`, `api_key`, `spring.datasource.password`. */
export const secretField = `(?:[a-z0-9]+[_.-])*(?:[a-z0-9]*(?:${endings})|pass)${after}`;

/** Those that no sentence has before a colon. */
export const secretSetting =
  "(?:[a-z0-9]+[_.-])*[a-z0-9]*(?:passw(?:or)?d|passphrase|client[_-]?secret|(?:api|access|private)[_-]?key)";

/** Header fields. */
export const secretHeader =
  "(?:set-cookie|cookie|(?:proxy-)?authorization|(?:x(?:-[a-z0-9]+)*|private)-(?:token|(?:api)?key|secret|signature))";

/** A whole attribute of a record, or one of a list's: its value goes. */
export const secretAttribute = `^(?:.*[._-])?(?:${secretField})(?:\\.\\d+)?$`;

const spelled = (first: string, second: string) => ["", "_", "-"].map(between => `${first}${between}${second}`);

/** One of these is in each of those names, in small letters. */
export const secretSigns = [
  ...["pass", "pwd", "secret", "token", "cookie", "authorization", "credential", "jwt"],
  ...keyKinds.filter(kind => kind !== "secret").flatMap(kind => spelled(kind, "key")),
  ...spelled("session", "id"),
];
export const headerSigns = ["cookie", "authorization", "-token", "-key", "-apikey", "-secret", "-signature"];
