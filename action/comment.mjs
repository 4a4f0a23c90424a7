// Step "comment": one comment on the pull request. Whatever goes wrong here changes no verdict: the job summary holds the report.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pullRequestOf, runUrl } from "./event.mjs";
import { ApiError, GitHub } from "./github.mjs";
import { titleOf } from "./inputs.mjs";
import { upsert } from "./upsert.mjs";
import { annotate, runStep, setOutputs } from "./workflow.mjs";

/** GitHub refuses a longer comment. */
const longestComment = 65_536;

runStep(async () => {
  const { env } = process;
  const pull = pullRequestOf(env);
  const token = env["BULKHEAD_TOKEN"] ?? "";
  if (!pull) return;
  if (token === "") return skipped("there is no token", pull.fork);
  const text = readFileSync(join(env["BULKHEAD_FOLDER"] ?? "", "comment.md"), "utf8").trimEnd();
  const pointer = `The whole report is in the [job summary](${runUrl(env)}), for commit ${pull.headSha}.`;
  const key = createHash("sha256").update(titleOf(env)).digest("hex").slice(0, 16);
  const github = new GitHub({
    apiUrl: env["GITHUB_API_URL"] || "https://api.github.com",
    graphqlUrl: env["GITHUB_GRAPHQL_URL"] || "https://api.github.com/graphql",
    token,
  });
  try {
    const { url, made } = await upsert(github, {
      repository: env["GITHUB_REPOSITORY"] ?? "",
      number: pull.number,
      marker: `<!-- bulkhead:${key} -->`,
      text: `${text}\n\n${pointer}`,
      pointer: `… cut here: a comment holds ${longestComment.toLocaleString("en-US")} characters. ${pointer}`,
      limit: longestComment,
    });
    process.stdout.write(`${made ? "made" : "updated"} ${url}\n`);
    setOutputs({ "comment-url": url });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    skipped(error.message, pull.fork, error.status);
  }
});

/**
 * @param {string} reason
 * @param {boolean} fork
 * @param {number} [status]
 */
function skipped(reason, fork, status) {
  const forbidden = status === 403 || status === 404;
  const why = fork
    ? "a fork's run may not write"
    : forbidden
      ? `${reason}; the job needs the permission pull-requests: write`
      : reason;
  annotate(fork ? "notice" : "warning", `no comment: ${why}. The report is in the job summary.`);
}
