import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { blockingChanges } from "../compare/comparison.js";
import { checkOut } from "../compare/worktree.js";
import { PreviewError } from "../errors.js";
import type { PreviewOptions } from "../options.js";
import { type Pack, readPack } from "../policy/pack.js";
import { listStacks } from "../project/project.js";
import { type ProjectFile, readProjectFile } from "../project/projectFile.js";
import { buildReport, type RunInput } from "../report/build.js";
import { type Arguments, oneOf, parseArguments } from "./arguments.js";
import { artefactOptions, artefactsOf, writeArtefacts } from "./artefacts.js";
import { baselineOptions, baselineRequest, deliverBaseline, judgedBy, versionsOf } from "./baselineOptions.js";
import { type Command, CommandLineError, exitCodes, type Io } from "./command.js";
import { manifestOptions, manifestRequest, writeManifests } from "./manifestOptions.js";
import { configFilesFor, packOptions, packsOf } from "./packs.js";
import { inParallel } from "./pool.js";
import { errorText, print } from "./print.js";
import { createProgress } from "./progress.js";
import { findProjectDir, repositoryRoot } from "./projectDir.js";
import { type Base, runStack } from "./stackRun.js";
import { toolVersion } from "./version.js";

const name = "preview";

const options = [
  {
    name: "stack",
    short: "s",
    value: "NAME",
    many: true,
    help: "stack to preview; by default every one with a Pulumi.NAME.yaml",
  },
  {
    name: "cwd",
    short: "C",
    value: "DIR",
    help: "the program's folder; by default the closest one with a Pulumi.yaml",
  },
  ...packOptions,
  {
    name: "fixtures",
    value: "FILE",
    help: "answers to stack references, functions and reads; by default Pulumi.STACK.fixtures.yaml",
  },
  {
    name: "mode",
    value: "one-process|separate",
    help: "program and packs in one process, or each started as the engine does",
  },
  ...artefactOptions,
  ...manifestOptions,
  ...baselineOptions,
  { name: "compare", value: "GITREF", help: "report what changes from this commit, by URN" },
  { name: "fail-on", value: blockingChanges.join(","), many: true, help: "changes since --compare that block" },
  { name: "strict", help: "what could not be judged blocks too" },
  { name: "quiet", short: "q", help: "only what needs attention" },
  { name: "debug", help: "stack traces of failures" },
];

export const preview: Command = {
  name,
  summary: "evaluate a Pulumi program and judge it by policy packs",
  synopsis: "[options]",
  details:
    "Runs the program of each stack and the policy packs over Pulumi's own protocol, without deploying, without login, state, plugins " +
    "or a cluster.\n\nExit code 5 where a mandatory rule is violated, 4 where the program fails.",
  options,
  run,
};

async function run(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(name, options, argv);
  const [extra] = args.positionals;
  if (extra !== undefined)
    throw new CommandLineError(name, `preview takes no argument "${extra}"; stacks are given by --stack`);
  const quiet = args.switches.has("quiet");
  const programDir = findProjectDir(io.cwd, args.value("cwd"));
  const project = readProjectFile(programDir);
  const stacks = stacksOf(project, args);
  const artefacts = artefactsOf(name, args, io.cwd);
  const manifests = manifestRequest(name, args, io.cwd);
  const failOn = failOnOf(args);
  const baseline = await baselineRequest(args, io.cwd, () => versionsOf(packsIn(args, io, programDir)));
  const progress = createProgress(io, quiet);
  const previews = previewOptions(args, io, programDir, stacks);

  const base = await baseOf(args, programDir, io.signal);
  let runs: RunInput[];
  try {
    runs = await inParallel(previews, availableParallelism(), each =>
      runStack({ ...each, onProgress: progress.update }, project.name, base),
    );
  } finally {
    progress.clear();
    base?.worktree.remove();
  }

  const report = buildReport(runs, {
    command: name,
    version: toolVersion(),
    root: repositoryRoot(programDir),
    strict: args.switches.has("strict"),
    failOn,
    baseline: judgedBy(baseline),
  });
  for (const { title, failure } of report.runs) {
    if (!failure) continue;
    const told = { ...failure, message: `${title}: ${failure.message}` };
    await print(io.stderr, errorText(told, args.switches.has("debug")));
  }
  if (report.verdict.failedRuns < runs.length || artefacts.some(({ format }) => format !== "table")) {
    await writeArtefacts(report, artefacts, io, quiet);
  }
  await print(io.stderr, deliverBaseline(report, baseline));
  if (manifests) await deliverManifests(runs, manifests, report.verdict.exitCode, io);
  return report.verdict.exitCode;
}

function stacksOf(project: ProjectFile, args: Arguments): string[] {
  const given = [...new Set(args.values("stack"))];
  const known = listStacks(project);
  const unknown = given.find(stack => !known.includes(stack));
  if (unknown !== undefined) {
    const there = known.length === 0 ? "there is none" : `there are ${known.join(", ")}`;
    throw new PreviewError(
      "usage",
      `stack "${unknown}" has no Pulumi.${unknown}.yaml in ${project.stackDir}: ${there}`,
      {
        hint: "npx bulkhead init STACK makes one.",
      },
    );
  }
  if (given.length > 0) return given;
  if (known.length > 0) return known;
  throw new PreviewError("usage", `${project.stackDir} holds no Pulumi.<stack>.yaml`, {
    hint: "npx bulkhead init STACK makes one.",
  });
}

function failOnOf(args: Arguments): (typeof blockingChanges)[number][] {
  const given = args.values("fail-on").flatMap(list => list.split(","));
  if (given.length > 0 && args.value("compare") === undefined)
    throw new CommandLineError(name, "--fail-on needs --compare GITREF");
  return [...new Set(given.map(change => oneOf(name, "fail-on", change.trim(), blockingChanges)))];
}

function previewOptions(args: Arguments, io: Io, programDir: string, stacks: readonly string[]): PreviewOptions[] {
  const packs = packsOf(name, args, io.cwd, programDir);
  const mode = args.value("mode");
  const fixtures = args.value("fixtures");
  return stacks.map(stack => ({
    programDir,
    stack,
    ...(mode !== undefined && { mode: oneOf(name, "mode", mode, ["one-process", "separate"]) }),
    policyPacks: packs.folders,
    policyConfigFiles: configFilesFor(packs, stack),
    ...(fixtures !== undefined && { fixturesFile: resolve(io.cwd, fixtures) }),
    signal: io.signal,
    debug: args.switches.has("debug"),
  }));
}

function packsIn(args: Arguments, io: Io, programDir: string): Pack[] {
  return packsOf(name, args, io.cwd, programDir).folders.map(folder => readPack(folder, undefined));
}

async function baseOf(args: Arguments, programDir: string, signal: AbortSignal): Promise<Base | undefined> {
  const ref = args.value("compare");
  return ref === undefined ? undefined : { ref, worktree: await checkOut(programDir, ref, signal) };
}

/** What is blocked must not reach a cluster by accident: a script that forgets the exit code finds no files. */
async function deliverManifests(
  runs: readonly RunInput[],
  request: NonNullable<ReturnType<typeof manifestRequest>>,
  exitCode: number,
  io: Io,
): Promise<void> {
  if (exitCode !== exitCodes.ok) {
    await print(io.stderr, `manifests are not written to ${request.folder}: the preview did not pass\n`);
    return;
  }
  writeManifests(
    runs.flatMap(({ result }) => (result ? [result] : [])),
    request,
  );
}
