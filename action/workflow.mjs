// The runner's side: commands it reads from standard output, and the files it names in the environment.
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";

/** @param {string} text */
const escapeData = text => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

/**
 * A line on the run's page.
 *
 * @param {"notice" | "warning" | "error"} kind
 * @param {string} text
 */
export function annotate(kind, text) {
  process.stdout.write(`::${kind} title=Bulkhead::${escapeData(text)}\n`);
}

/**
 * Outputs of this step. Without the runner's file (a local run) they are shown.
 *
 * @param {Record<string, string>} outputs
 */
export function setOutputs(outputs) {
  const file = process.env["GITHUB_OUTPUT"];
  for (const [name, value] of Object.entries(outputs)) {
    const end = `end-${randomUUID()}`;
    if (file) appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`);
    else process.stdout.write(`${name}: ${value}\n`);
  }
}

/** @param {string} markdown at most 1 MiB, or the runner drops all of it */
export function appendSummary(markdown) {
  const file = process.env["GITHUB_STEP_SUMMARY"];
  if (file) appendFileSync(file, `${markdown}\n`);
}

/**
 * Lets others' text through to the log without the runner reading commands in it: what a program prints is not ours to trust.
 *
 * @template T
 * @param {() => Promise<T>} action
 */
export async function withoutCommands(action) {
  const token = randomUUID();
  process.stdout.write(`::stop-commands::${token}\n`);
  try {
    return await action();
  } finally {
    process.stdout.write(`\n::${token}::\n`);
  }
}

/**
 * Runs a step's script. What the user can mend is one line; anything else is ours, with its trace.
 *
 * @param {() => void | Promise<void>} main
 */
export function runStep(main) {
  Promise.resolve()
    .then(main)
    .catch((/** @type {unknown} */ error) => {
      const usage = error instanceof UsageError;
      annotate(
        "error",
        usage ? error.message : `internal error: ${String(/** @type {Error} */ (error).stack ?? error)}`,
      );
      process.exitCode = usage ? 2 : 1;
    });
}

/** Something the workflow's author can mend. */
export class UsageError extends Error {}
