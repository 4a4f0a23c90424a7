// What is too slow to gate a change. Runs each check, shows what it says, and keeps a report in bench/reports/.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";

/** Each exits with another code than 0 where its bar is not met. */
const checks = [
  { name: "mutants of the policy rules", args: ["--import", "tsx", "scripts/mutateRules.ts"] },
  { name: "benchmark", args: ["--import", "tsx", "bench/index.ts"] },
  { name: "comparison with other judges of Kubernetes YAML", args: ["--import", "tsx", "bench/comparison.ts"] },
];

function run(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
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
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const sections: string[] = [];
  let failed = 0;
  for (const { name, args } of checks) {
    console.log(`\n## ${name}\n`);
    const { code, output } = await run(args);
    if (code !== 0) failed++;
    sections.push(
      `## ${name}: ${code === 0 ? "passed" : `failed (exit code ${code})`}\n\n\`\`\`\n${output.trim()}\n\`\`\`\n`,
    );
  }
  mkdirSync("bench/reports", { recursive: true });
  const file = `bench/reports/${day}.md`;
  writeFileSync(file, `# Deep checks, ${day}\n\n${machine}\n\n${sections.join("\n")}`);
  console.log(`\n${checks.length - failed} passed, ${failed} failed; kept in ${file}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

void main();
