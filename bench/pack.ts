import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Report } from "../preview/report/report.js";
import { cpuSecondsOf, type Run, run, table } from "./measure.js";

/** Seconds from its start until a pack answers, as the engine waits for it. */
const longestStart = 1.2;
/** Seconds that the pack's own judging adds to a preview of the production stack. */
const longestJudging = 0.1;

/** Seconds on the clock, and of all that CPUs did; the second hardly depends on what else the machine does. */
interface Cost {
  wall: number;
  cpu: number;
}

/** Starts the pack as the engine does and waits for the port that it prints. */
function start(folder: string): Promise<Cost> {
  const runner = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const started = performance.now();
  // It connects to the engine when it has something to say; at start it has not.
  const child: ChildProcess = spawn(process.execPath, [runner, "127.0.0.1:1", folder], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding("utf8").once("data", (text: string) => {
      const cost = { wall: (performance.now() - started) / 1000, cpu: cpuSecondsOf(child.pid ?? 0) };
      child.kill();
      if (/^\d+\s*$/.test(text)) resolve(cost);
      else reject(new Error(`the pack printed ${JSON.stringify(text)} instead of a port`));
    });
    child.on("error", reject);
    child.on("exit", code => reject(new Error(`the pack ended with code ${String(code)} before it listened`)));
  });
}

/** Seconds that the pack judged, by the preview's own clock. */
function judging({ stdout, code }: Run): number {
  if (code !== 0 && code !== 5) throw new Error(`the preview ended with exit code ${String(code)}`);
  const policy = (JSON.parse(stdout) as Report).runs[0]?.timings?.policy;
  if (policy === undefined) throw new Error("the preview told no times");
  return policy / 1000;
}

/** What Node takes to do nothing: how fast this machine is now, beside which the other figures can be read. */
async function nothing(): Promise<Cost> {
  const code = "process.stdout.write(String(process.cpuUsage().user + process.cpuUsage().system))";
  const { seconds, stdout } = await run(["-e", code], { cwd: __dirname });
  return { wall: seconds, cpu: Number(stdout) / 1e6 };
}

/** The fastest of several: whatever else the machine does only adds to it. Whether both aims are met. */
export async function pack(repository: string, runs: number): Promise<boolean> {
  const args = [join(repository, "preview/bin/bulkhead.js"), "preview", "--stack", "production", "--format", "json"];
  const best = (a: Cost, b: Cost): Cost => ({ wall: Math.min(a.wall, b.wall), cpu: Math.min(a.cpu, b.cpu) });
  const never = { wall: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY };
  let [starting, idle, judged] = [never, never, never.wall];
  for (let index = 0; index < runs; index++) {
    idle = best(idle, await nothing());
    starting = best(starting, await start(join(repository, "policies")));
    judged = Math.min(judged, judging(await run(args, { cwd: repository })));
  }
  const seconds = (value: number): string => `${value.toFixed(2)} s`;
  const met = (value: number, aim: number): string => (value <= aim ? "" : "missed");
  const rows = [
    ["pack, fastest run", "took", "CPU", "aim", ""],
    ["Node alone", seconds(idle.wall), seconds(idle.cpu), "", ""],
    [
      "started as compiled JavaScript",
      seconds(starting.wall),
      seconds(starting.cpu),
      seconds(longestStart),
      met(starting.wall, longestStart),
    ],
    ["judging the production stack", seconds(judged), "", seconds(longestJudging), met(judged, longestJudging)],
  ];
  console.log(`\n${table(rows)}`);
  return starting.wall <= longestStart && judged <= longestJudging;
}
