import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface Result {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, at most a minute; never throws for its exit status. */
export function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
  input = "",
): Promise<Result> {
  return new Promise(resolve => {
    const options = { env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", ...env }, timeout: 60_000 };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : 255;
      resolve({ status, stdout: stdout.trim(), stderr: stderr.trim() });
    });
    // It may end without reading its input; what it printed says why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

/** Its standard output; throws with what it printed when it fails. */
export async function output(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { status, stdout, stderr } = await run(program, args, env);
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr || stdout}`);
  return stdout;
}

/** Polls until `attempt` returns without throwing; throws its last error at the deadline. */
export async function eventually<T>(what: string, attempt: () => T | Promise<T>, seconds = 120): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}: ${String(error)}`);
      await pause(100);
    }
  }
}

/** A TCP port of loopback that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
