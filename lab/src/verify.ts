// lab/verify [--deep] [STAGE…]: runs the stages one after the other, each once, prints what they found and keeps it in lab/report.json.
import { parseArgs } from "node:util";
import type { Stage } from "../stages/stage.js";
import { describeLab } from "./describe.js";
import { type Lab, openLab } from "./lab.js";
import { type StageResult, table, writeReport } from "./report.js";
import { givenKubeconfig } from "./settings.js";
import { choose, loadStages } from "./stages.js";

async function runStage(stage: Stage, lab: Lab): Promise<StageResult> {
  const { id, title } = stage;
  process.stdout.write(`\n=== stage ${id}: ${title}\n`);
  const started = performance.now();
  const at = new Date().toISOString();
  const outcome = await stage.run(lab).then(
    figures => ({ ok: true, figures: figures as StageResult["figures"] }),
    (error: unknown) => ({ ok: false, figures: {}, fault: error instanceof Error ? error.message : String(error) }),
  );
  const result = { id, title, seconds: Math.round((performance.now() - started) / 100) / 10, at, ...outcome };
  process.stdout.write(`${table([result])}\n`);
  return result;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { deep: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const stages = choose(await loadStages(), positionals, values.deep, givenKubeconfig === undefined);
  const lab = await openLab();
  const results: StageResult[] = [];
  for (const stage of stages) results.push(await runStage(stage, lab));
  const report = { ...(await describeLab(lab)), stages: results };
  writeReport(report);
  process.stdout.write(`\n${table(results)}\n`);
  const failed = results.filter(({ ok }) => !ok).length;
  process.stdout.write(`\n${results.length - failed} passed, ${failed} failed\n`);
  if (failed > 0 || results.length === 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
