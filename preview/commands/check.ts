import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { checkFiles } from "../check/check.js";
import { type InputFile, readInputs } from "../check/files.js";
import { buildReport } from "../report/build.js";
import { parseArguments } from "./arguments.js";
import { artefactOptions, artefactsOf, writeArtefacts } from "./artefacts.js";
import { baselineOptions, baselineRequest, deliverBaseline, judgedBy, versionsOf } from "./baselineOptions.js";
import { type Command, CommandLineError, type Io } from "./command.js";
import { packOptions, packsFor } from "./packs.js";
import { print } from "./print.js";
import { repositoryRoot } from "./projectDir.js";
import { toolVersion } from "./version.js";

const name = "check";

const options = [
  ...packOptions,
  ...artefactOptions,
  ...baselineOptions,
  { name: "strict", help: "what could not be judged blocks too" },
  { name: "quiet", short: "q", help: "only what needs attention" },
  { name: "debug", help: "stack traces of failures" },
];

export const check: Command = {
  name,
  summary: "judge Kubernetes YAML or JSON by the same policy packs",
  synopsis: "[options] FILE|FOLDER|-…",
  details:
    "Judges objects from files, from folders (every *.yaml, *.yml and *.json below), or from standard input: the output of helm template, " +
    "kubectl get -o yaml, kustomize build. As production, unless a --policy-config says otherwise.\n\n" +
    "Exit code 5 where a mandatory rule is violated, 2 where a document cannot be read; nothing is judged then.",
  options,
  run,
};

async function run(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(name, options, argv);
  if (args.positionals.length === 0)
    throw new CommandLineError(name, "check needs files, folders, or - for standard input");
  const artefacts = artefactsOf(name, args, io.cwd);
  const packs = packsFor(name, args, io.cwd);
  const baseline = await baselineRequest(args, io.cwd, () => versionsOf(packs));
  const inputs = await inputsOf(args.positionals, io);
  const result = checkFiles(inputs, packs);
  const report = buildReport([{ title: name, baseDir: realpathSync(io.cwd), result }], {
    command: name,
    version: toolVersion(),
    root: repositoryRoot(io.cwd),
    strict: args.switches.has("strict"),
    failOn: [],
    baseline: judgedBy(baseline),
  });
  await writeArtefacts(report, artefacts, io, args.switches.has("quiet"));
  await print(io.stderr, deliverBaseline(report, baseline));
  return report.verdict.exitCode;
}

async function inputsOf(names: readonly string[], io: Io): Promise<InputFile[]> {
  const piped = names.filter(each => each === "-").length;
  if (piped > 1) throw new CommandLineError(name, "standard input can be read once only");
  const inputs: InputFile[] = [];
  for (const each of names) {
    if (each === "-") inputs.push({ name: "<stdin>", given: true, bytes: await readAll(io) });
    else inputs.push(...readInputs([each], file => resolve(io.cwd, file)));
  }
  return inputs;
}

async function readAll(io: Io): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin)
    chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array));
  return Buffer.concat(chunks);
}
