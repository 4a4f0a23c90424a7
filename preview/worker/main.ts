import Module, { createRequire } from "node:module";
import { join } from "node:path";
import type { Assignment, Report } from "./messages.js";
import { installModuleHooks } from "./moduleHooks.js";

type Phase = "load" | "import" | "program" | "policy";

/** Milliseconds between two reports of progress. */
const progressInterval = 50;

const load = createRequire(__filename);
const exit = process.exit.bind(process);
const [, , mode, programDir = "."] = process.argv;
let lastProgress = 0;

/** Sends a report to the host; resolves when it is on its way. */
function report(message: Report): Promise<void> {
  return new Promise(resolve => {
    if (process.connected && process.send !== undefined) process.send(message, () => resolve());
    else resolve();
  });
}

function progress(phase: Phase, resources: number): void {
  const now = performance.now();
  if (phase === "program" && now - lastProgress < progressInterval) return;
  lastProgress = now;
  void report({ type: "progress", phase, resources });
}

function preview(assignment: Assignment) {
  if (mode === "one-process") {
    const { previewInOneProcess } = load("./oneProcess.js") as typeof import("./oneProcess.js");
    return previewInOneProcess(assignment, progress);
  }
  const { previewInSeparateProcesses } = load("./separate.js") as typeof import("./separate.js");
  return previewInSeparateProcesses(assignment, progress);
}

async function work(assignment: Assignment): Promise<void> {
  const { programFailure } = load("./failure.js") as typeof import("./failure.js");
  const { FailedProgram } = load("./failedProgram.js") as typeof import("./failedProgram.js");
  let last: Report;
  try {
    const result = await preview(assignment);
    if (assignment.note !== undefined) result.logs.unshift({ severity: "info", message: assignment.note });
    last = { type: "done", result };
  } catch (error) {
    const failure =
      error instanceof FailedProgram ? error.failure : programFailure(error, assignment.settings.programDir);
    last = { type: "failed", failure };
  }
  await report(last);
  exit();
}

/** Loads the SDK while the host still reads settings. Whatever goes wrong comes up again, and is reported, when it is needed. */
function preload(): void {
  process.env["PULUMI_NODEJS_ROOT_DIRECTORY"] = programDir;
  try {
    createRequire(join(programDir, "index.js"))("@pulumi/pulumi");
    load("./oneProcess.js");
  } catch {
    // Reported by previewInOneProcess.
  }
}

// Without its host a worker has nothing to do, and neither has anything it started: they are one process group.
process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));
process.once("message", message => {
  // The program decides when the event loop is empty, not the connection to the host.
  process.channel?.unref();
  void work(message as Assignment);
});

(Module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
if (mode === "one-process") {
  // Before anything of Pulumi is loaded: they put the in-memory transport under it.
  installModuleHooks();
  preload();
}
