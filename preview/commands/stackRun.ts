import { relative } from "node:path";
import { compareResults } from "../compare/compare.js";
import type { Worktree } from "../compare/worktree.js";
import { PreviewError } from "../errors.js";
import { runPreview } from "../host.js";
import type { PreviewOptions } from "../options.js";
import { listStacks } from "../project/project.js";
import { readProjectFile } from "../project/projectFile.js";
import type { RunInput } from "../report/build.js";
import type { PreviewResult } from "../result.js";
import { kindAt } from "./files.js";

/** A base commit to compare with. */
export interface Base {
  ref: string;
  worktree: Worktree;
}

/** Evaluates one stack, and the same stack at the base commit; failures become part of the run. Only an abort is thrown. */
export async function runStack(options: PreviewOptions, project: string, base: Base | undefined): Promise<RunInput> {
  const run: RunInput = { title: `${project}/${options.stack}`, baseDir: options.programDir, definedIn: "Pulumi.yaml" };
  try {
    const result = await runPreview(options);
    if (base === undefined) return { ...run, result };
    const before = await previewBase(options, base);
    const comparison = compareResults(before, result, { base: base.ref, baseCommit: base.worktree.commit });
    // What was secret at the base must not come out through the comparison either.
    return { ...run, result: { ...result, secrets: [...result.secrets, ...before.secrets] }, comparison };
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    return { ...run, failure: failureOf(error) };
  }
}

const nothing: Pick<PreviewResult, "resources" | "outputs" | "secrets"> = { resources: [], outputs: {}, secrets: [] };

/** The stack as it was, unjudged: policies do not change what a program declares. Empty where it did not exist. */
async function previewBase(options: PreviewOptions, { ref, worktree }: Base): Promise<typeof nothing> {
  const programDir = worktree.folderOf(options.programDir);
  if (kindAt(programDir) !== "folder") return nothing;
  try {
    const project = readProjectFile(programDir);
    if (!listStacks(project).includes(options.stack)) return nothing;
    // A fixture file that was named answers for the base too: the base may not have had it.
    return await runPreview({ ...options, programDir, policyPacks: [], policyConfigFiles: {} });
  } catch (error) {
    if (!(error instanceof PreviewError)) throw error;
    const { kind, message, hint, trace, source } = error;
    const where = source ? ` (${relative(".", source.file)}:${source.line})` : "";
    throw new PreviewError(kind, `at ${ref}: ${message}${where}`, { hint, trace });
  }
}

function failureOf(error: unknown): NonNullable<RunInput["failure"]> {
  if (error instanceof PreviewError) {
    const { kind, message, source, hint, trace } = error;
    return {
      kind,
      message,
      ...(source && { source }),
      ...(hint !== undefined && { hint }),
      ...(trace !== undefined && { trace }),
    };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: "internal", message, ...(stack !== undefined && { trace: stack }) };
}
