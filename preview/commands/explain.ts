import { PreviewError } from "../errors.js";
import { nearest } from "../explain/nearest.js";
import { resourceExplanation } from "../explain/resource.js";
import { resourceText } from "../explain/resourceText.js";
import { ruleText } from "../explain/ruleText.js";
import { appliedRules, explainRule, ruleIds } from "../policy/explainEntry.js";
import { readPack } from "../policy/pack.js";
import { listStacks } from "../project/project.js";
import { readProjectFile } from "../project/projectFile.js";
import { buildReport } from "../report/build.js";
import { createStyle, wantsColour } from "../report/style.js";
import { type Arguments, oneOf, parseArguments } from "./arguments.js";
import { type Command, CommandLineError, exitCodeOf, exitCodes, type Io } from "./command.js";
import { configFilesFor, packOptions, packsFor, packsOf } from "./packs.js";
import { errorText, print } from "./print.js";
import { findProjectDir, repositoryRoot } from "./projectDir.js";
import { runStack } from "./stackRun.js";
import { toolVersion } from "./version.js";

const name = "explain";

const options = [
  { name: "stack", short: "s", value: "NAME", help: "stack to look the resource up in; by default the one in its URN" },
  {
    name: "cwd",
    short: "C",
    value: "DIR",
    help: "the program's folder; by default the closest one with a Pulumi.yaml",
  },
  ...packOptions,
  { name: "format", short: "f", value: "text|json", help: "for a person, or for a machine; text by default" },
  { name: "debug", help: "stack traces of failures" },
];

export const explain: Command = {
  name,
  summary: "say what a rule is about, or what every rule says of one resource",
  synopsis: "[options] RULE|URN",
  details:
    "RULE: why it is there, what it reads, a bad and a good example, its level in each environment, what to do, exceptions, and the same " +
    "idea in other tools.\n\nURN: evaluates the stack, and tells what was found on this resource, with the patch that would fix it and the " +
    "component's argument where it is known, and every rule that judged it.",
  options,
  run,
};

async function run(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(name, options, argv);
  const [subject, extra] = args.positionals;
  if (subject === undefined) throw new CommandLineError(name, "explain needs the id of a rule, or a URN");
  if (extra !== undefined) throw new CommandLineError(name, `explain takes one rule or URN, got "${extra}" too`);
  const format = oneOf(name, "format", args.value("format") ?? "text", ["text", "json"]);
  return subject.startsWith("urn:") ? explainResource(subject, args, format, io) : explainId(subject, args, format, io);
}

async function explainId(id: string, args: Arguments, format: "text" | "json", io: Io): Promise<number> {
  const packs = packsFor(name, args, io.cwd);
  const told = explainRule(packs, id);
  if (told === undefined) {
    const names = nearest(id, ruleIds(packs)).join(", ");
    throw new PreviewError("usage", `there is no rule "${id}"`, { hint: `The nearest: ${names}.` });
  }
  await show(told, (style, width) => ruleText(told, style, width), format, io);
  return exitCodes.ok;
}

async function explainResource(given: string, args: Arguments, format: "text" | "json", io: Io): Promise<number> {
  const [, , ofUrn = "", ...rest] = given.split(":");
  const stack = args.value("stack") ?? ofUrn;
  const urn = ["urn", "pulumi", stack, ...rest].join(":");
  const programDir = findProjectDir(io.cwd, args.value("cwd"));
  const project = readProjectFile(programDir);
  const stacks = listStacks(project);
  if (!stacks.includes(stack)) {
    throw new PreviewError(
      "usage",
      `stack "${stack}" has no Pulumi.${stack}.yaml: there is ${stacks.join(", ") || "none"}`,
    );
  }
  const packs = packsOf(name, args, io.cwd, programDir);
  const policyConfigFiles = configFilesFor(packs, stack);
  const debug = args.switches.has("debug");
  const shared = { programDir, policyPacks: packs.folders, policyConfigFiles, signal: io.signal, debug };
  const input = await runStack({ ...shared, stack }, project.name, undefined);
  const report = buildReport([input], {
    command: "preview",
    version: toolVersion(),
    root: repositoryRoot(programDir),
    strict: false,
    failOn: [],
  });
  const [run] = report.runs;
  if (input.result === undefined || run === undefined) {
    const failure = run?.failure ?? { kind: "internal" as const, message: "no result" };
    await print(io.stderr, errorText(failure, debug));
    return exitCodeOf(failure.kind);
  }

  const at = input.result.resources.findIndex(each => each.urn === urn);
  const [record, resource] = [input.result.resources[at], run.resources[at]];
  if (record === undefined || resource === undefined) {
    const names = nearest(
      urn,
      run.resources.map(each => each.urn),
    ).join(", ");
    throw new PreviewError("usage", `${run.title} has no resource ${urn}`, { hint: `The nearest: ${names}.` });
  }
  const { inputs, protect, retainOnDelete, aliases, parent, dependencies, propertyDependencies, provider } = record;
  const judged = {
    ...{ urn, type: record.type, name: record.name, properties: inputs, dependencies, propertyDependencies },
    options: { protect, retainOnDelete, aliases },
    ...(parent !== undefined && { parent }),
    ...(provider && { provider: { ...provider, properties: {} } }),
  };
  const loaded = packs.folders.map(folder => readPack(folder, policyConfigFiles[folder]));
  const told = resourceExplanation(run, resource, appliedRules(loaded, judged));
  await show(told, (style, width) => resourceText(told, style, width), format, io);
  return exitCodes.ok;
}

async function show(
  told: object,
  text: (style: ReturnType<typeof createStyle>, width: number) => string,
  format: "text" | "json",
  { stdout, env }: Io,
): Promise<void> {
  if (format === "json") return print(stdout, `${JSON.stringify(told, null, 2)}\n`);
  const width = Math.min(100, Math.max(40, stdout.columns ?? 80));
  return print(stdout, text(createStyle(wantsColour(env, stdout.isTTY === true)), width));
}
