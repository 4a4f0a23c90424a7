// What GitHub says about the run, from the environment and the event's file.
import { readFileSync } from "node:fs";

/**
 * @typedef {object} PullRequest
 * @property {number} number
 * @property {string} baseSha the base branch's tip when the event happened
 * @property {string} headSha
 * @property {boolean} fork whether its branch is in another repository: its token may not write
 */

/** @typedef {Readonly<Record<string, string | undefined>>} Env */

/**
 * The pull request that started the run; undefined for any other event.
 *
 * @param {Env} env
 * @returns {PullRequest | undefined}
 */
export function pullRequestOf(env) {
  if (!/^pull_request(_target)?$/.test(env["GITHUB_EVENT_NAME"] ?? "")) return undefined;
  const { pull_request: pull } = JSON.parse(readFileSync(env["GITHUB_EVENT_PATH"] ?? "", "utf8"));
  return {
    number: pull.number,
    baseSha: pull.base.sha,
    headSha: pull.head.sha,
    // A deleted fork is null.
    fork: pull.head.repo?.full_name !== pull.base.repo.full_name,
  };
}

/** Where the run's page is, which shows the job summary. @param {Env} env */
export function runUrl(env) {
  return `${env["GITHUB_SERVER_URL"] ?? "https://github.com"}/${env["GITHUB_REPOSITORY"]}/actions/runs/${env["GITHUB_RUN_ID"]}`;
}
