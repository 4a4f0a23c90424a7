import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { PreviewError } from "../errors.js";

/** The Pulumi CLI, for what only it can do: encrypt with the stack's own key. */
export interface PulumiCli {
  /** Makes the stack in the backend, unless it exists. */
  initStack(stack: string): Promise<void>;
  /** Encrypts a value into a stack file. The value goes through a pipe: arguments can be read by every process. */
  setSecret(stack: string, configFile: string, key: string, value: string): Promise<void>;
}

/** @returns undefined where `pulumi` is not on PATH */
export function findPulumi(programDir: string, env: NodeJS.ProcessEnv, signal: AbortSignal): PulumiCli | undefined {
  const program = (env["PATH"] ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map(folder => join(folder, process.platform === "win32" ? "pulumi.exe" : "pulumi"))
    .find(isExecutable);
  if (program === undefined) return undefined;
  const run = (args: readonly string[], input = ""): Promise<Outcome> =>
    runProgram(program, [...args, "--non-interactive", "--color", "never"], { cwd: programDir, env, input, signal });
  return {
    async initStack(stack) {
      const outcome = await run(["stack", "init", stack]);
      if (outcome.code !== 0 && !/already exists/i.test(outcome.stderr)) throw failure("stack init", outcome);
    },
    async setSecret(stack, configFile, key, value) {
      const args = ["config", "set", "--secret", "--stack", stack, "--config-file", configFile, key];
      const outcome = await run(args, value);
      if (outcome.code !== 0) throw failure(`config set --secret ${key}`, outcome);
    },
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Outcome {
  code: number | null;
  stderr: string;
}

function failure(command: string, { stderr }: Outcome): PreviewError {
  const reason = stderr.split("\n").find(line => line.startsWith("error:")) ?? stderr.trim().split("\n").at(-1) ?? "";
  return new PreviewError("usage", `pulumi ${command} failed: ${reason.replace(/^error:\s*/, "")}`, {
    hint: "The Pulumi CLI needs a backend (pulumi login, or pulumi login --local) and, with it, PULUMI_CONFIG_PASSPHRASE.",
  });
}

function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, input, signal }: { cwd: string; env: NodeJS.ProcessEnv; input: string; signal: AbortSignal },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, signal, stdio: ["pipe", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    // A program that ends without reading its input is told by its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", code => resolve({ code, stderr }));
  });
}
