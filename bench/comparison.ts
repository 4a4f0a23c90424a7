// Our `check` beside other judges of Kubernetes YAML, on the same input in one run: node --import tsx bench/comparison.ts [--limit SECONDS]
// [--objects 1,1000]. What is compared comes from scripts/install-comparison-tools.sh.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { type Run, run, table } from "./measure.js";
import { deployments } from "./samples.js";
import { isInstalled, type Tool, tools } from "./tools.js";

/** How many times our CPU time each must take at least. */
const bars: Readonly<Record<string, number>> = { checkov: 10, "kyverno apply": 10, "kube-score": 1 };

const { values } = parseArgs({
  options: {
    /** Seconds after which a run is ended; its figures then say at least. */
    limit: { type: "string", default: "900" },
    objects: { type: "string", default: "1,1000,10000" },
  },
});
const limit = Number(values.limit);
const counts = values.objects.split(",").map(Number);

interface Measured {
  tool: Tool;
  count: number;
  ran: Run;
}

async function measure(tool: Tool, count: number, file: string): Promise<Measured> {
  const ran = await run(tool.args(file), { cwd: tmpdir(), command: tool.command, limit });
  const judged = ran.stopped ? count : tool.judged(ran.stdout);
  if (judged !== count)
    throw new Error(`${tool.name} judged ${judged} of ${count} objects, exit code ${String(ran.code)}`);
  return { tool, count, ran };
}

async function main(): Promise<void> {
  if (!(limit > 0)) throw new Error(`--limit must be seconds above 0, got ${values.limit}`);
  if (!counts.every(count => Number.isInteger(count) && count > 0))
    throw new Error(`--objects must be numbers above 0, got ${values.objects}`);
  const missing = tools.filter(tool => !isInstalled(tool)).map(({ command }) => basename(command));
  const present = tools.filter(isInstalled);
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-comparison-"));
  const measured: Measured[] = [];
  try {
    const single = join(folder, "single.yaml");
    writeFileSync(single, deployments(1));
    const about = present.map(tool => [tool.name, tool.version(), String(tool.rules(single))]);
    console.log(`${table([["tool", "version", "rules"], ...about])}\n`);
    for (const count of counts) {
      const file = join(folder, `${count}.yaml`);
      writeFileSync(file, deployments(count));
      for (const tool of present) measured.push(await measure(tool, count, file));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  const rows = [["tool", "objects", "CPU", "wall", "memory", "our CPU time, times", "aim", ""]];
  let failed = missing.length;
  for (const { tool, count, ran } of measured) {
    const own = measured.find(other => other.tool === tools[0] && other.count === count);
    const ratio = ran.cpuSeconds / (own?.ran.cpuSeconds ?? Number.NaN);
    const bar = bars[tool.name];
    const met = bar === undefined || ratio >= bar;
    if (!met) failed++;
    const atLeast = ran.stopped ? "> " : "";
    rows.push([
      tool.name,
      count.toLocaleString("en-US"),
      `${atLeast}${ran.cpuSeconds.toFixed(2)} s`,
      `${atLeast}${ran.seconds.toFixed(2)} s`,
      `${Math.round(ran.peakMiB)} MiB`,
      bar === undefined ? "" : `${atLeast}${ratio.toFixed(1)}×`,
      bar === undefined ? "" : `${bar}×`,
      met ? "" : ran.stopped ? "not shown" : "missed",
    ]);
  }
  console.log(table(rows));
  for (const name of missing)
    console.log(`${name} is not installed, so not compared: scripts/install-comparison-tools.sh`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
});
