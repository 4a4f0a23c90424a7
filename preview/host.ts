import { PreviewError } from "./errors.js";
import { chooseMode } from "./hostMode.js";
import type { PreviewOptions } from "./options.js";
import { readPack } from "./policy/pack.js";
import { readFixtures } from "./project/fixtures.js";
import { readSettings } from "./project/project.js";
import type { PreviewResult } from "./result.js";
import type { Assignment } from "./worker/messages.js";
import { startWorker } from "./worker/start.js";

/**
 * Evaluates one stack of a Pulumi program and judges it by policy packs, with no engine, login, state, plugin or cluster.
 *
 * @throws PreviewError, and nothing else except the abort reason of `options.signal`
 */
export async function runPreview(options: PreviewOptions): Promise<PreviewResult> {
  options.signal?.throwIfAborted();
  const start = performance.now();
  const packs = options.policyPacks.map(folder => readPack(folder, options.policyConfigFiles?.[folder]));
  const { mode, note } = chooseMode(options.programDir, packs, options.mode);
  const progress = (phase: "load" | "import" | "program" | "policy" | "done", resources: number) =>
    options.onProgress?.({ stack: options.stack, phase, resources });
  progress("load", 0);
  // The worker loads the SDK while the settings are read here.
  const worker = startWorker(mode, options, progress);
  try {
    const assignment = readAssignment(options, packs, note);
    const result = await worker.run(assignment);
    progress("done", result.resources.length);
    return { ...result, timings: { ...result.timings, total: performance.now() - start } };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof PreviewError) throw error;
    const { message, stack } = error as Error;
    throw new PreviewError("internal", message, { trace: stack });
  } finally {
    worker.stop();
  }
}

function readAssignment(options: PreviewOptions, packs: Assignment["packs"], note: string | undefined): Assignment {
  const env = { ...process.env, ...options.env };
  const settings = readSettings(options.programDir, options.stack, options.organization ?? "organization", env);
  return { settings, fixtures: readFixtures(settings.rootDir, options.stack, options.fixturesFile), packs, note };
}
