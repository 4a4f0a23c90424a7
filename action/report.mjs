// Step "report": what the preview found, as job summary, annotations, comment and code-scanning file.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { renderGithub } from "../preview/dist/report/github.js";
import { longestComment, markdownBody } from "../preview/dist/report/markdown.js";
import { switchOf, titleOf } from "./inputs.mjs";
import { appendSummary, runStep, setOutputs } from "./workflow.mjs";

/** @typedef {import("../preview/report/report.js").Report} Report */

/** A summary of more than 1 MiB is dropped whole; a character takes at most 3 bytes. */
const longestSummary = 340_000;
/** Room in a comment for the marker and the link to the summary. */
const reserve = 1000;
/** GitHub shows this many annotations of each kind from one step. */
const mostAnnotations = 10;

runStep(() => {
  const { env } = process;
  const folder = env["BULKHEAD_FOLDER"] ?? "";
  const title = titleOf(env);
  const file = join(folder, "report.json");
  /** @type {Report | undefined} */
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  const messages = readFileSync(join(folder, "messages.txt"), "utf8");
  const text = (/** @type {number} */ limit) =>
    report ? markdownBody(report, { title, limit }) : failed(title, messages);

  appendSummary(text(longestSummary));
  writeFileSync(join(folder, "comment.md"), text(longestComment - reserve));
  if (report && switchOf("annotations", env["BULKHEAD_ANNOTATIONS"])) process.stdout.write(annotations(report));
  const sarif = codeScanning(folder, env);
  const { verdict } = report ?? {};
  setOutputs({
    "sarif-file": sarif ?? "",
    "report-file": report ? file : "",
    verdict: verdict?.sentence ?? "could not run",
    mandatory: String(verdict?.mandatory ?? ""),
    advisory: String(verdict?.advisory ?? ""),
    undetermined: String(verdict?.undetermined ?? ""),
  });
});

/**
 * A run that ended before there was a report: a wrong setting, an unreadable file.
 *
 * @param {string} title
 * @param {string} messages
 */
function failed(title, messages) {
  const name = title === "" ? "Bulkhead" : `Bulkhead, ${title.replace(/[^\w ./-]/g, "")}`;
  const longest = Math.max(2, ...[...messages.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `## ❌ ${name}: could not run\n\n${fence}text\n${messages.trim()}\n${fence}\n`;
}

/**
 * The first of each kind, each said once although several stacks share it.
 *
 * @param {Report} report
 */
function annotations(report) {
  /** @type {Set<string>} */
  const seen = new Set();
  const runs = report.runs.map(run => ({
    ...run,
    findings: run.findings.filter(({ rule, message, source }) => {
      const key = JSON.stringify([rule, message, source]);
      return !seen.has(key) && seen.add(key);
    }),
  }));
  const lines = renderGithub({ ...report, runs }).split("\n");
  return ["::error ", "::warning ", "::notice "]
    .flatMap(kind => lines.filter(line => line.startsWith(kind)).slice(0, mostAnnotations))
    .map(line => `${line}\n`)
    .join("");
}

/**
 * GitHub shows excused findings as open alerts, so they are left out.
 *
 * @param {string} folder
 * @param {import("./event.mjs").Env} env
 * @returns {string | undefined} the file, where there is a report
 */
function codeScanning(folder, env) {
  const whole = join(folder, "report.sarif");
  if (!existsSync(whole)) return undefined;
  /** @type {{ runs: { results: { suppressions?: unknown[] }[] }[] }} */
  const log = JSON.parse(readFileSync(whole, "utf8"));
  for (const run of log.runs) run.results = run.results.filter(({ suppressions }) => suppressions === undefined);
  const wanted = (env["BULKHEAD_SARIF_FILE"] ?? "").trim();
  const file = wanted === "" ? join(folder, "code-scanning.sarif") : resolve(env["GITHUB_WORKSPACE"] ?? "", wanted);
  writeFileSync(file, `${JSON.stringify(log, null, 2)}\n`);
  return file;
}
