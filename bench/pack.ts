import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Report } from "../preview/report/report.js";
import { type Run, run, table } from "./measure.js";

/** Seconds from its start until a pack answers, as the engine waits for it. */
const longestStart = 1.2;
/** Seconds that the pack's own judging adds to a preview of the production stack. */
const longestJudging = 0.1;

/** Starts the pack as the engine does and waits for the port that it prints. */
function start(folder: string): Promise<number> {
  const runner = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const started = performance.now();
  // It connects to the engine when it has something to say; at start it has not.
  const child: ChildProcess = spawn(process.execPath, [runner, "127.0.0.1:1", folder], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding("utf8").once("data", (text: string) => {
      child.kill();
      if (/^\d+\s*$/.test(text)) resolve((performance.now() - started) / 1000);
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

/** The fastest of several: whatever else the machine does only adds to it. Whether both aims are met. */
export async function pack(repository: string, runs: number): Promise<boolean> {
  const args = [join(repository, "preview/bin/bulkhead.js"), "preview", "--stack", "production", "--format", "json"];
  let [starting, judged] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let index = 0; index < runs; index++) {
    starting = Math.min(starting, await start(join(repository, "policies")));
    judged = Math.min(judged, judging(await run(args, { cwd: repository })));
  }
  const row = (what: string, value: number, aim: number): string[] => [
    what,
    `${value.toFixed(2)} s`,
    `${aim.toFixed(2)} s`,
    value <= aim ? "" : "missed",
  ];
  const rows = [
    ["pack, fastest run", "took", "aim", ""],
    row("started as compiled JavaScript", starting, longestStart),
    row("judging the production stack", judged, longestJudging),
  ];
  console.log(`\n${table(rows)}`);
  return starting <= longestStart && judged <= longestJudging;
}
