import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Rendered charts may be large: ingress controllers with their CRDs reach a few MiB. */
const maxOutputBytes = 64 * 1024 * 1024;
const timeoutMilliseconds = 60_000;

/** What a program printed, or why it could not be asked. */
export type Answer = { text: string } | { missing: true } | { error: string };

/** Runs a program that may not be installed. */
export async function ask(program: string, args: string[], cwd: string): Promise<Answer> {
  try {
    const { stdout } = await run(program, args, { cwd, maxBuffer: maxOutputBytes, timeout: timeoutMilliseconds });
    return { text: stdout };
  } catch (error) {
    const failure = error as NodeJS.ErrnoException & { stderr?: string };
    if (failure.code === "ENOENT") return { missing: true };
    return { error: (failure.stderr ?? failure.message).trim().split("\n").at(-1) ?? failure.message };
  }
}
