// Step "preview": runs the command line over the pull request's program and keeps its reports. Never fails by what was found.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchBase } from "./base.mjs";
import { pullRequestOf } from "./event.mjs";
import { previewInputs } from "./inputs.mjs";
import { annotate, runStep, setOutputs, UsageError, withoutCommands } from "./workflow.mjs";

const action = fileURLToPath(new URL("..", import.meta.url));
/** Bytes of messages kept for a report of a run that made none. */
const mostMessages = 16_000;

runStep(async () => {
  const { env } = process;
  const inputs = previewInputs(env);
  const workspace = env["GITHUB_WORKSPACE"] || process.cwd();
  const pull = pullRequestOf(env);
  if (pull?.fork && env["GITHUB_EVENT_NAME"] === "pull_request_target") {
    throw new UsageError(
      "on pull_request_target a fork's program would run with this repository's secrets: use the event pull_request",
    );
  }
  const programDir = resolve(workspace, inputs.workingDirectory);
  const base = baseOf(inputs, programDir, pull, env["BULKHEAD_TOKEN"] ?? "");
  const folder = mkdtempSync(join(env["RUNNER_TEMP"] || tmpdir(), "bulkhead-"));
  const args = argumentsOf(inputs, programDir, folder);
  const comparison =
    base === undefined ? [] : [`--compare=${base}`, ...inputs.failOn.map(change => `--fail-on=${change}`)];

  let ended = await withoutCommands(() => bulkhead([...args, ...comparison], workspace));
  // A base that cannot be evaluated (it is broken, its dependencies are others) is no fault of the pull request's.
  if (comparison.length > 0 && inputs.failOn.length === 0 && ![0, 5].includes(ended.code)) {
    const reason = /^error: .*$/m.exec(ended.messages)?.[0] ?? `exit code ${ended.code}`;
    rmSync(join(folder, "report.json"), { force: true });
    const alone = await withoutCommands(() => bulkhead(args, workspace));
    if (alone.code === 0 || alone.code === 5) {
      ended = alone;
      annotate("warning", `not compared with the base branch: ${reason.replace(/^error: /, "")}`);
    }
  }
  writeFileSync(join(folder, "messages.txt"), ended.messages);
  setOutputs({ folder, "exit-code": String(ended.code), fork: String(pull?.fork ?? false) });
});

/**
 * @param {ReturnType<typeof previewInputs>} inputs
 * @param {string} programDir
 * @param {import("./event.mjs").PullRequest | undefined} pull
 * @param {string} token
 */
function baseOf({ compare, failOn }, programDir, pull, token) {
  if (compare === "none") {
    if (failOn.length > 0) throw new UsageError("input fail-on needs a commit to compare with, but compare is none");
    return undefined;
  }
  if (compare !== "base") return compare;
  if (!pull) return undefined;
  const base = fetchBase(programDir, pull, token);
  if (base !== undefined) return base;
  const message = "the base commit is not in this clone and could not be fetched";
  if (failOn.length > 0) throw new UsageError(`input fail-on: ${message}; check out with fetch-depth: 2`);
  annotate("warning", `not compared with the base branch: ${message}; actions/checkout with fetch-depth: 2 brings it`);
  return undefined;
}

/**
 * @param {ReturnType<typeof previewInputs>} inputs
 * @param {string} programDir
 * @param {string} folder where the reports go
 */
function argumentsOf(inputs, programDir, folder) {
  const own = join(action, "policies");
  const beside = join(programDir, "policies/PulumiPolicy.yaml");
  const packs = inputs.policyPacks.length > 0 || existsSync(beside) ? inputs.policyPacks : ["bulkhead"];
  /** @type {(name: string, values: readonly string[]) => string[]} */
  const option = (name, values) => values.filter(Boolean).flatMap(value => [`--${name}=${value}`]);
  return [
    "preview",
    ...option("cwd", [inputs.workingDirectory]),
    ...option("stack", inputs.stacks),
    // `bulkhead` is this action's own pack.
    ...option(
      "policy-pack",
      packs.map(pack => (pack === "bulkhead" ? own : pack)),
    ),
    ...option("policy-config", inputs.policyConfigs),
    ...option("fixtures", [inputs.fixtures]),
    ...option("baseline", [inputs.baseline]),
    ...(inputs.strict ? ["--strict"] : []),
    "--format",
    "table",
    "--format",
    "json",
    "--out",
    join(folder, "report.json"),
    "--format",
    "sarif",
    "--out",
    join(folder, "report.sarif"),
  ];
}

/**
 * The program that it evaluates is the pull request's: it gets neither the token nor the files by which a step talks to the runner.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<{ code: number, messages: string }>}
 */
function bulkhead(args, cwd) {
  const hidden = /^(BULKHEAD_TOKEN|GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY|TOKEN)|ACTIONS_.*|INPUT_.*)$/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !hidden.test(name)));
  const command = join(action, "preview/bin/bulkhead.js");
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [command, ...args], { cwd, env, stdio: ["ignore", "inherit", "pipe"] });
    let messages = "";
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      process.stdout.write(text);
      if (messages.length < mostMessages) messages += text.slice(0, mostMessages);
    });
    child.on("error", fail);
    child.on("close", code => done({ code: code ?? 1, messages }));
  });
}
