import { resolve } from "node:path";
import { type Format, formatNames, formats } from "../report/formats.js";
import type { Report } from "../report/report.js";
import { wantsColour } from "../report/style.js";
import { type Arguments, type OptionSpec, oneOf } from "./arguments.js";
import { CommandLineError, type Io } from "./command.js";
import { requireWritable, writeWhole } from "./files.js";
import { print } from "./print.js";

/** A report to make. */
export interface Artefact {
  format: Format;
  /** Absolute; absent for standard output. */
  file?: string;
}

export const artefactOptions: readonly OptionSpec[] = [
  {
    name: "format",
    short: "f",
    value: formatNames.join("|"),
    many: true,
    help: "report to make, table by default; several at once",
  },
  {
    name: "out",
    short: "o",
    value: "FILE",
    many: true,
    help: "file for the --format before it, instead of standard output",
  },
];

/**
 * Pairs each `--out` with the `--format` before it.
 *
 * @throws CommandLineError; PreviewError where a file could not be written in the end
 */
export function artefactsOf(command: string, args: Arguments, cwd: string): Artefact[] {
  const artefacts: Artefact[] = [];
  for (const { name, value } of args.ordered) {
    if (name === "format") artefacts.push({ format: oneOf(command, "format", value, formatNames) });
    if (name !== "out") continue;
    const last = artefacts.at(-1);
    if (!last)
      throw new CommandLineError(
        command,
        "--out follows the --format that it is for: --format sarif --out report.sarif",
      );
    if (last.file !== undefined) throw new CommandLineError(command, `--format ${last.format} has two --out`);
    if (value !== "-") last.file = resolve(cwd, value);
  }
  if (artefacts.length === 0) artefacts.push({ format: "table" });

  const toStdout = artefacts.filter(({ file }) => file === undefined).map(({ format }) => format);
  if (toStdout.length > 1) {
    throw new CommandLineError(
      command,
      `${toStdout.join(" and ")} would mix on standard output: give all but one an --out FILE`,
    );
  }
  const files = artefacts.flatMap(({ file }) => (file === undefined ? [] : [file]));
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new CommandLineError(command, `two reports would be written to ${twice}`);
  for (const file of files) requireWritable(file);
  return artefacts;
}

/** Makes every report; without one on standard output, the verdict goes to standard error. */
export async function writeArtefacts(
  report: Report,
  artefacts: readonly Artefact[],
  io: Io,
  quiet: boolean,
): Promise<void> {
  for (const { format, file } of artefacts) {
    if (file === undefined) continue;
    writeWhole(file, formats[format](report, {}));
  }
  const shown = artefacts.find(({ file }) => file === undefined);
  if (shown) {
    const { stdout, env } = io;
    const options = { width: widthOf(stdout.columns), colour: wantsColour(env, stdout.isTTY === true), quiet };
    await print(stdout, formats[shown.format](report, options));
  } else if (!quiet) {
    await print(io.stderr, `${report.verdict.sentence}\n`);
  }
}

/** Wide terminals make long lines hard to read; narrow ones would break every word. */
function widthOf(columns: number | undefined): number {
  return Math.min(140, Math.max(60, columns ?? 100));
}
