import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { repository } from "../host/support.js";

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const bin = join(repository, "preview/bin/bulkhead.js");

/** Starts the real command line. */
export function start(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): {
  child: ChildProcess;
  ended: Promise<Ended>;
} {
  const env = { ...process.env, NO_COLOR: "", FORCE_COLOR: "" };
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd ?? repository,
    env: { ...env, ...options.env },
    stdio: "pipe",
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A command that fails early does not read its input.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the real command line to its end. */
export function bulkhead(
  args: readonly string[],
  { input = "", ...options }: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string | Buffer } = {},
): Promise<Ended> {
  const { child, ended } = start(args, options);
  child.stdin?.end(input);
  return ended;
}
