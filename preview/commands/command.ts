import type { Readable, Writable } from "node:stream";
import { PreviewError } from "../errors.js";
import type { OptionSpec } from "./arguments.js";

/** The world as a command sees it, so that tests can give it another one. */
export interface Io {
  stdout: Writable & { isTTY?: boolean; columns?: number };
  stderr: Writable & { isTTY?: boolean; columns?: number };
  stdin: Readable & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** What stands after the name: `[options] FILE…`. */
  synopsis: string;
  /** Paragraphs for its help. */
  details: string;
  options: readonly OptionSpec[];
  /** @returns the exit code */
  run(args: readonly string[], io: Io): Promise<number>;
}

/** Exit codes of the command line; `interrupted` is what a shell reports for Ctrl-C. */
export const exitCodes = { ok: 0, internal: 1, usage: 2, program: 4, violation: 5, interrupted: 130 } as const;

/** A mistake on the command line: one line that says what was wrong and what is allowed. */
export class CommandLineError extends PreviewError {
  constructor(command: string, message: string) {
    super("usage", message, { hint: `${["bulkhead help", command].filter(Boolean).join(" ")} shows what is allowed` });
  }
}

/** The exit code of a failure, by its kind. */
export function exitCodeOf(kind: PreviewError["kind"]): number {
  return exitCodes[kind];
}
