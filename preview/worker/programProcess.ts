import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Deployment } from "../engine/deployment.js";
import { PreviewError } from "../errors.js";
import { FailedProgram } from "./failedProgram.js";
import { positionIn, toFailure } from "./failure.js";
import { entryOf } from "./loadProgram.js";

/** The SDK's runner ends with this after it has reported an error itself. */
const alreadyReported = 32;

/** Runs the program as the engine does, with the SDK's own runner, until its process ends. */
export async function runProgramProcess(deployment: Deployment, address: string): Promise<void> {
  const { settings } = deployment;
  const args = [
    ...settings.nodeArgs,
    ...["--require", join(__dirname, "plainErrors.js")],
    runnerOf(settings.programDir),
    ...["--monitor", address, "--engine", address],
    ...["--organization", settings.organization, "--project", settings.project, "--stack", settings.stack],
    ...["--root-directory", settings.rootDir, "--pwd", settings.programDir, "--dry-run", "--parallel", "16"],
    settings.entry,
  ];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "inherit", "pipe"],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(settings.config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(settings.secretKeys),
      ...(settings.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      ...(settings.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: settings.tsconfig }),
    },
  });
  let complained = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complained += chunk.toString();
    process.stderr.write(chunk);
  });
  const code = await new Promise<number | null>(resolve => child.on("exit", resolve));
  if (code === 0 && deployment.failure === undefined) return;
  throw new FailedProgram(toFailure(deployment.failure ?? reported(deployment, complained, code)), deployment);
}

/** The error that the runner logged, or what else the process left behind. */
function reported(deployment: Deployment, complained: string, code: number | null): PreviewError {
  const logged = deployment.logs.filter(entry => entry.severity === "error").map(entry => entry.message);
  const text = logged[0] ?? (complained || `the program's process ended with code ${code ?? "none"}`);
  const { programDir, entry } = deployment.settings;
  const body = text.replace(/^Running program '.*' failed with an unhandled exception:\s*/, "").trim();
  const message = code === alreadyReported || logged.length > 0 ? firstLine(body) : lastError(body);
  return new PreviewError("program", message, {
    source: positionIn(text, programDir) ?? {
      file: entryOf(programDir, entry).file.slice(programDir.length + 1) || "index",
      line: 1,
      column: 1,
    },
    trace: text,
  });
}

function firstLine(text: string): string {
  const lines = text.split("\n");
  // Before some errors Node prints the line of code with carets under it.
  const named = lines.find(line => /^[A-Za-z]*Error\b.*: /.test(line)) ?? lines[0] ?? "";
  return named.replace(/^(<ref [^>]*>\s*)?(Error|RunError): /, "").trim();
}

function lastError(text: string): string {
  return firstLine(text) || "the program failed";
}

function runnerOf(programDir: string): string {
  try {
    return createRequire(join(programDir, "index.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new PreviewError("program", "@pulumi/pulumi is not installed for this program", { hint: "Run npm ci." });
  }
}
