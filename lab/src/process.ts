import { spawn } from "node:child_process";

export interface RunOptions {
  input?: string;
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** Then it is killed, and its code is null. @default 120 */
  timeoutSeconds?: number;
  /** Aborting kills it, and its code is null. @default none */
  signal?: AbortSignal;
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. @throws Error only when it cannot be started */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { input = "", cwd, env, timeoutSeconds = 120, signal } = options;
  const child = spawn(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    timeout: timeoutSeconds * 1000,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // A program that ends without reading its input is told by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const kill = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", code => resolve({ code, stdout, stderr }));
  });
}

/** The last line that says something: with most programs, what went wrong. */
export function lastLine({ stderr, stdout }: Outcome): string {
  const line = (text: string): string | undefined => text.trim().split("\n").at(-1)?.trim();
  return line(stderr) || line(stdout) || "no message";
}
