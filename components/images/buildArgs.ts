import { checkText, isRecord, shown } from "../lib/check";

/** Words that are part of a secret's name wherever they stand, and words that are only as a word of their own. */
const within = /token|passw|passphrase|secret|credential|apikey/i;
const words = new Set(["key", "keys", "pass", "pwd", "auth", "cert"]);

/** The words of `NPM_AUTH`, `npm-auth` and `npmAuth`. */
const wordsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);

/** Values that are secrets whatever their name is: a PEM block, credentials in a URL, tokens that say what they are. */
const secretValue =
  /-----BEGIN |:\/\/[^/\s:@]*:[^/\s@]+@|\b(?:gh[opsu]_[A-Za-z0-9]{20}|github_pat_|glpat-|npm_[A-Za-z0-9]{30}|xox[abpr]-|AKIA[A-Z0-9]{16}|eyJ[\w-]{10,}\.eyJ)/;

const why =
  "build arguments stay readable in the image's history and in Pulumi's state. Fetch what needs the secret before the build, or give it at run time (secretEnv)";

/**
 * Build arguments are no place for secrets.
 *
 * @throws RangeError naming the argument, and never its value
 */
export function checkBuildArgs(args: Record<string, unknown>): void {
  if (!isRecord(args)) throw new RangeError(`buildArgs must be an object of names and texts, got ${shown(args)}`);
  for (const [name, value] of Object.entries(args)) {
    checkText("name of a build argument", name, "letters, digits and _", /^[A-Za-z_]\w*$/);
    if (within.test(name) || wordsOf(name).some(word => words.has(word))) {
      throw new RangeError(`buildArgs.${name} must not be a secret, and its name says it is one: ${why}`);
    }
    if (typeof value !== "string") throw new RangeError(`buildArgs.${name} must be a text known before the build`);
    if (secretValue.test(value)) {
      throw new RangeError(`buildArgs.${name} must not be a secret, and its value looks like one: ${why}`);
    }
  }
}
