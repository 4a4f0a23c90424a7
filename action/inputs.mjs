// The action's inputs, which reach scripts by environment only: text in a shell script would be run.
import { UsageError } from "./workflow.mjs";

/** @typedef {import("./event.mjs").Env} Env */

/** Values separated by commas or white space. @param {string | undefined} text */
export const listOf = text => (text ?? "").split(/[\s,]+/).filter(Boolean);

/** One value a line, or separated by commas: names of folders hold spaces. @param {string | undefined} text */
export const linesOf = text =>
  (text ?? "")
    .split(/[\n,]/)
    .map(line => line.trim())
    .filter(Boolean);

/**
 * @param {string} name of the input, for the message
 * @param {string | undefined} text
 */
export function switchOf(name, text) {
  const value = (text ?? "").trim().toLowerCase();
  if (value === "true") return true;
  if (value === "false" || value === "") return false;
  throw new UsageError(`input ${name} must be true or false, got "${text}"`);
}

/** @param {Env} env */
export function previewInputs(env) {
  const value = (/** @type {string} */ name) => (env[`BULKHEAD_${name}`] ?? "").trim();
  return {
    stacks: listOf(value("STACKS")),
    policyPacks: linesOf(value("POLICY_PACKS")),
    policyConfigs: linesOf(value("POLICY_CONFIGS")),
    workingDirectory: value("WORKING_DIRECTORY") || ".",
    compare: value("COMPARE") || "base",
    failOn: listOf(value("FAIL_ON")),
    baseline: value("BASELINE"),
    fixtures: value("FIXTURES"),
    strict: switchOf("strict", value("STRICT")),
    sarifFile: value("SARIF_FILE"),
  };
}

/**
 * What tells several reports on one pull request apart: the title, else the folder; empty for a program at the root.
 *
 * @param {Env} env
 */
export function titleOf(env) {
  const folder = (env["BULKHEAD_WORKING_DIRECTORY"] ?? "").trim().replace(/^(\.\/)+|\/+$/g, "");
  return (env["BULKHEAD_TITLE"] ?? "").trim() || (folder === "." ? "" : folder);
}
