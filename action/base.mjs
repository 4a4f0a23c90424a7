// The commit that a pull request is compared with.
import { execFileSync } from "node:child_process";

/**
 * The commit before the pull request: the merge commit that GitHub checks out has it as its first parent, which is newer than what the
 * event says. Fetched where the clone is shallow. Where the branch itself is checked out, with its history: the commit it began at, as
 * what others did since is no change of the pull request's.
 *
 * @param {string} cwd
 * @param {import("./event.mjs").PullRequest} pull
 * @param {string} token for a private repository whose checkout kept no credentials; may be empty
 * @returns {string | undefined} undefined where it cannot be had
 */
export function fetchBase(cwd, pull, token) {
  const base = mergedInto(cwd, pull) ?? pull.baseSha;
  return available(cwd, base, token) ? (git(cwd, ["merge-base", base, "HEAD"]) ?? base) : undefined;
}

/**
 * Whether the commit is here, if need be after fetching it.
 *
 * @param {string} cwd
 * @param {string} base
 * @param {string} token
 */
function available(cwd, base, token) {
  if (has(cwd, base)) return true;
  const depth = git(cwd, ["rev-parse", "--is-shallow-repository"]) === "true" ? ["--depth=1"] : [];
  const fetch = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", ...depth, "origin", base];
  // Credentials that the checkout kept come first: two at once are refused.
  if (git(cwd, fetch) === undefined && token !== "") git(cwd, fetch, credentials(token));
  return has(cwd, base);
}

/**
 * @param {string} cwd
 * @param {import("./event.mjs").PullRequest} pull
 */
function mergedInto(cwd, { headSha }) {
  const commit = git(cwd, ["cat-file", "-p", "HEAD"]) ?? "";
  const header = commit.split("\n\n")[0] ?? "";
  const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(match => match[1]);
  return parents.length === 2 && parents[1] === headSha ? parents[0] : undefined;
}

/**
 * @param {string} cwd
 * @param {string} commit
 */
const has = (cwd, commit) => git(cwd, ["cat-file", "-e", `${commit}^{commit}`]) !== undefined;

/** For one command's environment; nothing is written to any configuration. @param {string} token */
function credentials(token) {
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraheader",
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`,
  };
}

/**
 * @param {string} cwd
 * @param {string[]} args
 * @param {Record<string, string>} [more] environment
 * @returns {string | undefined} undefined where it fails
 */
function git(cwd, args, more = {}) {
  try {
    const env = { ...process.env, GIT_TERMINAL_PROMPT: "0", ...more };
    return execFileSync("git", ["-C", cwd, ...args], { env, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}
