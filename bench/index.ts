// How long a preview and a check take, and what they need: npm run bench [-- --runs 5] [-- --only previews|growth|check|pack]
import { rmSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { listStacks } from "../preview/project/project.js";
import { readProjectFile } from "../preview/project/projectFile.js";
import type { Report } from "../preview/report/report.js";
import { medianOf, type Run, run, table } from "./measure.js";
import { pack } from "./pack.js";
import { deployments, programOf } from "./samples.js";

const repository = join(__dirname, "..");
const bin = join(repository, "preview/bin/bulkhead.js");
const policies = join(repository, "policies");
const { values } = parseArgs({ options: { runs: { type: "string", default: "3" }, only: { type: "string" } } });
const runs = Number(values.runs);

const seconds = (value: number): string => `${value.toFixed(2)} s`;
const mebibytes = (value: number): string => `${Math.round(value)} MiB`;
const times = (value: number): string => `${value.toFixed(1)}×`;
const share = (part: number, whole: number): string => `${Math.round((100 * Math.max(0, part)) / whole)} %`;

function reportOf({ stdout, code }: Run, what: string): Report {
  // Violations do not matter here; a run that judged nothing would.
  if (code !== 0 && code !== 5) throw new Error(`${what} ended with exit code ${String(code)}`);
  return JSON.parse(stdout) as Report;
}

const preview = (cwd: string, stack: string, more: readonly string[]): Promise<Run> =>
  run([bin, "preview", "--stack", stack, "--format", "json", ...more], { cwd });

/** Each stack of this repository, from nothing, in both modes. */
async function previews(): Promise<void> {
  const rows = [["stack", "resources", "one process", "import", "program", "policy", "memory", "separate", "ratio"]];
  for (const stack of listStacks(readProjectFile(repository))) {
    const one = await medianOf(runs, () => preview(repository, stack, ["--mode", "one-process"]));
    const separate = await medianOf(runs, () => preview(repository, stack, ["--mode", "separate"]));
    const [report] = reportOf(one, stack).runs;
    const timings = report?.timings ?? { import: 0, program: 0, policy: 0 };
    const whole = one.seconds * 1000;
    rows.push([
      stack,
      String(report?.resources.length),
      seconds(one.seconds),
      share(timings.import, whole),
      share(timings.program, whole),
      share(timings.policy, whole),
      mebibytes(one.peakMiB),
      seconds(separate.seconds),
      times(separate.seconds / one.seconds),
    ]);
  }
  console.log(`\ncold preview (aim: production in 1.5 s on two cores)\n${table(rows)}`);
}

/** Whether time and memory grow with the program, or faster. */
async function growth(): Promise<void> {
  const rows = [["resources", "preview", "policy", "memory", "size", "time"]];
  let first: { count: number; time: number } | undefined;
  for (const count of [100, 1000, 5000]) {
    const folder = programOf(count, repository);
    try {
      const median = await medianOf(count > 1000 ? 1 : runs, () => preview(folder, "dev", ["--policy-pack", policies]));
      const report = reportOf(median, `${count} resources`).runs[0];
      first ??= { count, time: median.seconds };
      rows.push([
        String(count),
        seconds(median.seconds),
        seconds((report?.timings?.policy ?? 0) / 1000),
        mebibytes(median.peakMiB),
        times(count / first.count),
        times(median.seconds / first.time),
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  console.log(`\na growing program (at most 5 s at 1,000; 25 s and 1 GB at 5,000)\n${table(rows)}`);
}

/** The pack over Kubernetes YAML. */
async function check(): Promise<void> {
  const rows = [["objects", "check", "memory", "a second"]];
  for (const count of [1, 1000, 10_000]) {
    const input = deployments(count);
    const args = [bin, "check", "-", "--policy-pack", policies, "--quiet"];
    const median = await medianOf(runs, () => run(args, { cwd: repository, input }));
    if (median.code !== 0 && median.code !== 5) throw new Error(`check ended with exit code ${String(median.code)}`);
    rows.push([
      String(count),
      seconds(median.seconds),
      mebibytes(median.peakMiB),
      Math.round(count / median.seconds).toLocaleString("en-US"),
    ]);
  }
  console.log(`\ncheck (aim: 1,000 in 1 s; 10,000 in 6 s and 400 MB)\n${table(rows)}`);
}

async function packPart(): Promise<void> {
  if (!(await pack(repository, runs))) process.exitCode = 1;
}

const parts = { previews, growth, check, pack: packPart };

async function main(): Promise<void> {
  const { only } = values;
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs must be a whole number above 0, got ${values.runs}`);
  if (only !== undefined && !(only in parts))
    throw new Error(`--only must be one of ${Object.keys(parts).join(", ")}, got ${only}`);
  const [cpu] = cpus();
  console.log(
    `${availableParallelism()} × ${cpu?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, median of ${runs}`,
  );
  for (const [name, part] of Object.entries(parts)) if (only === undefined || only === name) await part();
}

main().catch((error: unknown) => {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
});
