import { existsSync } from "node:fs";
import { relative } from "node:path";
import {
  type CompletedStack,
  type CreatedStack,
  completeStack,
  createStack,
  stackFileOf,
  templateOf,
} from "../init/createStack.js";
import { findPulumi } from "../init/pulumi.js";
import { setCommand } from "../init/secrets.js";
import { readProjectFile } from "../project/projectFile.js";
import { parseArguments } from "./arguments.js";
import { type Command, CommandLineError, exitCodes, type Io } from "./command.js";
import { print } from "./print.js";
import { findProjectDir } from "./projectDir.js";

const name = "init";

const options = [
  {
    name: "cwd",
    short: "C",
    value: "DIR",
    help: "the program's folder; by default the closest one with a Pulumi.yaml",
  },
  { name: "from", value: "STACK", help: "take the settings of this stack, except for secrets" },
];

export const init: Command = {
  name,
  summary: "make a stack's file, or generate the secrets that it lacks",
  synopsis: "[options] STACK",
  details:
    "Writes Pulumi.STACK.yaml from the settings that Pulumi.yaml declares. Secrets are generated and encrypted by the Pulumi CLI; where it is " +
    "not on PATH, the commands that set them are printed. A secret is never written as plain text. Of a file that exists, only secrets that it " +
    "lacks are set.",
  options,
  run,
};

async function run(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(name, options, argv);
  const [stack, extra] = args.positionals;
  if (stack === undefined)
    throw new CommandLineError(name, "init needs the name of the new stack: bulkhead init STACK");
  if (extra !== undefined) throw new CommandLineError(name, `init makes one stack at a time, got "${extra}" too`);
  const project = readProjectFile(findProjectDir(io.cwd, args.value("cwd")));
  const from = args.value("from");
  if (existsSync(stackFileOf(project, stack))) {
    if (from !== undefined)
      throw new CommandLineError(name, `--from is for a new stack; Pulumi.${stack}.yaml exists already`);
    await print(
      io.stdout,
      completion(stack, await completeStack(project, stack, findPulumi(project.rootDir, io.env, io.signal)), io.cwd),
    );
    return exitCodes.ok;
  }
  const template = from === undefined ? new Map<string, unknown>() : templateOf(project, from);
  const pulumi = findPulumi(project.rootDir, io.env, io.signal);
  const created = await createStack(project, stack, template, pulumi);
  await print(io.stdout, summary(stack, created, io.cwd));
  return exitCodes.ok;
}

function completion(stack: string, { file, missing, set }: CompletedStack, cwd: string): string {
  const shown = relative(cwd, file) || file;
  if (missing.length === 0) return `${shown} lacks no secret; it is left as it is\n`;
  if (set.length > 0) return `${shown} has ${set.length} generated secrets more: ${set.join(", ")}\n`;
  return `${shown} lacks secrets, and the pulumi CLI is not on PATH to set them. With it, run in the program's folder:\n${commands(stack, missing)}\n`;
}

const commands = (stack: string, keys: readonly string[]) =>
  [`  pulumi stack init ${stack}`, ...keys.map(key => `  ${setCommand(stack, key)}`)].join("\n");

function summary(stack: string, { file, plan, toFillIn, set }: CreatedStack, cwd: string): string {
  const left = plan.generated.map(({ key }) => key).filter(key => !set.includes(key));
  const shown = relative(cwd, file) || file;
  return [
    `${shown} is written${set.length > 0 ? `, with ${set.length} generated secrets: ${set.join(", ")}` : ""}`,
    ...(toFillIn.length > 0 ? [`fill in there: ${toFillIn.join(", ")}`] : []),
    ...(left.length > 0
      ? [
          "The pulumi CLI is not on PATH, so its secrets are not set. With it, run in the program's folder:",
          commands(stack, left),
        ]
      : []),
    ...plan.byHand.map(
      ({ key }) => `  pulumi config set --secret --path --stack ${stack} ${key}…   # a structure: set its parts`,
    ),
    "",
  ].join("\n");
}
