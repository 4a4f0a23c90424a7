import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { PreviewError } from "../errors.js";
import { type Masker, masker, secretTexts } from "../mask.js";
import type { PreviewOptions, ProgressEvent } from "../options.js";
import type { PreviewResult } from "../result.js";
import { reveal, secret } from "../value.js";
import type { Assignment, Failure, Report } from "./messages.js";
import { PrintedLines } from "./printed.js";

export const defaultTimeoutSeconds = 120;

/** A process of its own for one preview. */
export interface Worker {
  /** May be called once. */
  run(assignment: Assignment): Promise<PreviewResult>;
  /** Ends the worker and everything it started. */
  stop(): void;
}

type Progress = (phase: ProgressEvent["phase"], resources: number) => void;

/** Starts a worker, which loads the SDK until it gets its assignment. It leads a process group, so that nothing it starts outlives it. */
export function startWorker(mode: PreviewResult["mode"], options: PreviewOptions, onProgress: Progress): Worker {
  const child = fork(workerFile(), [mode, resolve(options.programDir)], {
    // The caller's own loaders (tsx, coverage) must not reach the program. Most of what it allocates dies young: room for it spares
    // a tenth of the time.
    execArgv: ["--max-semi-space-size=64"],
    serialization: "advanced",
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...options.env },
  });
  const printed = new PrintedLines(child);
  const kill = () => killGroup(child);
  process.once("exit", kill);
  options.signal?.addEventListener("abort", kill, { once: true });
  return {
    run: assignment => converse(child, assignment, options, onProgress, printed),
    stop: () => {
      process.removeListener("exit", kill);
      options.signal?.removeEventListener("abort", kill);
      kill();
    },
  };
}

/** Beside this file, or, when this runs from source, where the build puts it. */
function workerFile(): string {
  const built = join(__dirname, "main.js");
  return existsSync(built) ? built : join(__dirname, "..", "dist", "worker", "main.js");
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

function converse(
  child: ChildProcess,
  assignment: Assignment,
  options: PreviewOptions,
  onProgress: Progress,
  printed: PrintedLines,
): Promise<PreviewResult> {
  const seconds = options.timeoutSeconds ?? defaultTimeoutSeconds;
  let resources = 0;
  return new Promise((resolvePreview, reject) => {
    const timer = setTimeout(() => {
      const message = `the program did not finish within ${seconds} seconds; it had registered ${resources} resources by then`;
      reject(new PreviewError("program", message));
    }, seconds * 1000);
    child.on("message", (report: Report) => {
      if (report.type === "progress") {
        resources = report.resources;
        onProgress(report.phase, report.resources);
        return;
      }
      clearTimeout(timer);
      if (report.type === "failed") {
        reject(toError(report.failure, maskerFor(assignment), options.debug === true));
        return;
      }
      child.removeAllListeners("close");
      const { result } = report;
      // What it printed before may still wait to be read in this turn of the event loop.
      setImmediate(() => {
        resolvePreview({ ...result, logs: [...result.logs, ...printed.entries(masker(result.secrets))] });
      });
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const [last] = printed.entries(maskerFor(assignment)).slice(-1);
      const said = last === undefined ? "" : `; the last it said: ${last.message}`;
      reject(
        new PreviewError("program", `the program's process ended early (${signal ?? `code ${code ?? "none"}`})${said}`),
      );
    });
    child.send(assignment);
  });
}

/** Knows what the program was given; what it made, its worker masks. */
function maskerFor({ settings, fixtures }: Assignment): Masker {
  const given = settings.secretKeys.map(key => settings.config[key] ?? "");
  const answers = Object.values(fixtures.stackReferences).map(({ secretOutputs }) => reveal(secretOutputs));
  return masker(secretTexts(secret([...given, ...answers])));
}

function toError(failure: Failure, mask: Masker, debug: boolean): PreviewError {
  return new PreviewError(failure.kind, mask(failure.message), {
    source: failure.source,
    hint: failure.hint === undefined ? undefined : mask(failure.hint),
    trace: debug && failure.trace !== undefined ? mask(failure.trace) : undefined,
  });
}
