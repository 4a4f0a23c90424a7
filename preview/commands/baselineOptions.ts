import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { PreviewError } from "../errors.js";
import type { Pack } from "../policy/pack.js";
import { type Baseline, updatedBaseline } from "../report/baseline.js";
import type { Report } from "../report/report.js";
import { count } from "../report/verdict.js";
import type { Arguments, OptionSpec } from "./arguments.js";
import { kindAt, reasonOf, requireWritable, writeWhole } from "./files.js";

export const baselineOptions: readonly OptionSpec[] = [
  {
    name: "baseline",
    value: "FILE",
    help: "findings that are known and do not block; only new ones do",
  },
  {
    name: "write-baseline",
    value: "FILE",
    help: "make a baseline of what is found now; what was found before and is not any more is gone from it",
  },
];

export interface BaselineRequest {
  /** What to judge by; absent where there is only one to be made. */
  baseline?: Baseline;
  /** Where to write the new one. */
  write?: { file: string; name: string; before: Baseline | undefined };
  packs: Baseline["packs"];
}

export function versionsOf(packs: readonly Pack[]): Baseline["packs"] {
  return Object.fromEntries(packs.map(({ name, version }) => [name, version]));
}

/**
 * @param packsOf version by name of each pack; asked only where there is a baseline
 * @throws PreviewError (usage) on a file that is not there, broken, or made by other packs
 */
export async function baselineRequest(
  args: Arguments,
  cwd: string,
  packsOf: () => Baseline["packs"],
): Promise<BaselineRequest> {
  const given = args.value("baseline");
  const target = args.value("write-baseline");
  const packs = given === undefined && target === undefined ? {} : packsOf();
  return {
    packs,
    ...(given !== undefined && { baseline: await readBaseline(given, cwd, packs) }),
    ...(target !== undefined && { write: await writeRequest(target, cwd, packs) }),
  };
}

/** What a report is judged by: the baseline given, or, where only a new one is made, that. */
export function judgedBy({ baseline, write }: BaselineRequest): Baseline | "make" | undefined {
  return baseline ?? (write === undefined ? undefined : "make");
}

async function readBaseline(name: string, cwd: string, packs: Baseline["packs"]): Promise<Baseline> {
  const file = resolve(cwd, name);
  if (kindAt(file) === "nothing") {
    throw new PreviewError("usage", `baseline ${name} does not exist`, { hint: `Make it: --write-baseline ${name}.` });
  }
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new PreviewError("usage", `baseline ${name} cannot be read: ${reasonOf(error)}`);
  }
  const { parseBaseline } = await import("../report/baselineFile.js");
  return parseBaseline(text, name, packs);
}

async function writeRequest(
  name: string,
  cwd: string,
  packs: Baseline["packs"],
): Promise<NonNullable<BaselineRequest["write"]>> {
  const file = resolve(cwd, name);
  requireWritable(file);
  let before: Baseline | undefined;
  try {
    before = kindAt(file) === "file" ? await readBaseline(name, cwd, packs) : undefined;
  } catch (error) {
    // Broken, or made by other packs: nothing of it can be kept.
    if (!(error instanceof PreviewError)) throw error;
  }
  return { file, name, before };
}

/** Writes the baseline that was asked for. @returns a line that says so; empty where none was asked for */
export function deliverBaseline(report: Report, { write, packs }: BaselineRequest): string {
  if (write === undefined) return "";
  const { file, name, before } = write;
  if (report.verdict.failedRuns > 0) return `baseline ${name} is not written: not everything could be evaluated\n`;
  const made = updatedBaseline(before, report, packs);
  writeWhole(file, `${JSON.stringify(made, null, 2)}\n`);
  const amount = report.runs.reduce((sum, { title }) => sum + (made.runs[title]?.length ?? 0), 0);
  return `baseline ${name}: ${count(amount, "finding")} known from now on\n`;
}
