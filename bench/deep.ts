// What is too slow to gate a change. Runs each check, shows what it says, and keeps a report in bench/reports/:
// npm run deep [-- --only CHECK [-- ARGUMENTS OF THAT CHECK]]
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";

const mocha = "node_modules/mocha/bin/mocha.js";
/** Each exits with another code than 0 where its bar is not met. */
const checks: readonly { id: string; name: string; args: readonly string[]; env?: Readonly<Record<string, string>> }[] =
  [
    { id: "mutants", name: "mutants of the policy rules", args: ["--import", "tsx", "scripts/mutateRules.ts"] },
    { id: "cel-mutants", name: "mutants of the rules in CEL", args: ["--import", "tsx", "scripts/mutateCel.ts"] },
    { id: "alert-mutants", name: "mutants of the alerts", args: ["--import", "tsx", "scripts/mutateAlerts.ts"] },
    { id: "log-alert-mutants", name: "mutants of the alerts on logs", args: [mocha, "bench/logAlertMutants.ts"] },
    {
      id: "log-outage",
      name: "no log line lost in five minutes without Loki",
      args: [mocha, "tests/logs/outages.test.ts", "--grep", "Loki is away"],
      env: { LOG_OUTAGE_SECONDS: "300" },
    },
    { id: "cost", name: "cost of observability under load", args: [mocha, "bench/cost.ts"] },
    { id: "benchmark", name: "benchmark", args: ["--import", "tsx", "bench/index.ts"] },
    {
      id: "comparison",
      name: "comparison with other judges of Kubernetes YAML",
      args: ["--import", "tsx", "bench/comparison.ts"],
    },
    { id: "edge", name: "the edge beside a bare nginx", args: ["--import", "tsx", "bench/edge.ts"] },
    {
      id: "lab",
      name: "the lab's long stages, after lab/up and lab/deploy",
      args: ["--import", "tsx", "lab/src/verify.ts", "7", "10", "12"],
    },
  ];

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.on("error", reject);
    child.on("close", code => resolve({ code, output }));
  });
}

async function main(): Promise<void> {
  const day = new Date().toISOString().slice(0, "2026-11-22".length);
  // What else ran makes wall clocks tell little: CPU times are to be trusted more.
  const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, load ${load()}`;
  const sections: string[] = [];
  const { values, positionals } = parseArgs({ options: { only: { type: "string" } }, allowPositionals: true });
  const chosen = checks.filter(({ id }) => values.only === undefined || id === values.only);
  if (chosen.length === 0) throw new Error(`--only must be one of ${checks.map(({ id }) => id).join(", ")}`);
  if (positionals.length > 0 && chosen.length > 1) throw new Error("arguments are for one check: --only NAME");
  let failed = 0;
  for (const { name, args, env } of chosen) {
    console.log(`\n## ${name}\n`);
    const { code, output } = await run([...args, ...positionals], env);
    if (code !== 0) failed++;
    sections.push(
      `## ${name}: ${code === 0 ? "passed" : `failed (exit code ${code})`}\n\n\`\`\`\n${output.trim()}\n\`\`\`\n`,
    );
  }
  mkdirSync("bench/reports", { recursive: true });
  const file = `bench/reports/${values.only === undefined ? day : `${day}-${values.only}`}.md`;
  writeFileSync(
    file,
    `# Deep checks, ${day}\n\n${machine} at the start, ${load()} at the end\n\n${sections.join("\n")}`,
  );
  console.log(`\n${chosen.length - failed} passed, ${failed} failed; kept in ${file}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
});
