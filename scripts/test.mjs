// Runs the test suites, each in a process of its own, two at a time and beside them what mostly waits, and sums them up.
//   npm test                    everything
//   npm test -- edge policies   the suites named
// A test whose program (nginx, promtool, …) is not installed is skipped and listed; with REQUIRE_PROGRAMS=1 it fails instead.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");

if (!["policies", "preview"].every(workspace => existsSync(join(root, workspace, "dist")))) {
  console.error(
    "policies/dist and preview/dist are missing: `npm ci` was run with --ignore-scripts; run `npm run prepare` first",
  );
  process.exit(2);
}

const hasTests = folder => readdirSync(folder, { recursive: true }).some(file => file.endsWith(".test.ts"));
/** Folders of tests/, and the files beside them as the suite `whole`. The cheapest and most often broken first. */
const order = ["lib", "components", "policies", "whole", "preview"];
const rank = name => (order.includes(name) ? order.indexOf(name) : order.length);
const suites = readdirSync(join(root, "tests"))
  .filter(name => statSync(join(root, "tests", name)).isDirectory() && hasTests(join(root, "tests", name)))
  .map(name => ({ name, spec: `tests/${name}/**/*.test.ts` }))
  .concat({ name: "whole", spec: "tests/*.test.ts" })
  .sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name));

const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !suites.some(suite => suite.name === name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(", ")}; there are ${suites.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
const queue = suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

/** A suite that takes longer hangs. The longest takes 13 minutes on two cores, most of which it waits. */
const mostMinutes = 20;
const scratch = mkdtempSync(join(tmpdir(), "bulkhead-test-"));
const results = [];

async function run({ name, spec }) {
  const figures = join(scratch, `${name}.json`);
  const started = performance.now();
  const child = spawn(process.execPath, [mocha, "--reporter", join(root, "scripts/reporter.cjs"), "--spec", spec], {
    cwd: root,
    env: { ...process.env, FIGURES_FILE: figures, FORCE_COLOR: process.stdout.isTTY ? "1" : "0" },
  });
  let output = "";
  child.stdout.on("data", data => (output += data));
  child.stderr.on("data", data => (output += data));
  const limit = setTimeout(() => {
    output += `\n${name} did not end within ${mostMinutes} minutes`;
    child.kill("SIGKILL");
    // What it has started may still hold these.
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  }, mostMinutes * 60_000);
  const code = await new Promise(resolve => child.on("close", resolve));
  clearTimeout(limit);
  console.log(`\n=== ${name} ===\n${output.trim()}`);
  const counted = existsSync(figures)
    ? JSON.parse(readFileSync(figures, "utf8"))
    : { passes: 0, failures: 0, skipped: [], failed: [] };
  // A suite that dies before its first test, or after its last, has failed too.
  if (code !== 0 && counted.failures === 0) {
    counted.failures = 1;
    counted.failed.push(`ended with ${code === null ? "a signal" : `code ${code}`} outside its tests`);
  }
  results.push({ name, seconds: (performance.now() - started) / 1000, ...counted });
}

/** Suites that wait for clocks (a store's retention, a pipeline's interval) most of their time, and longer than any other takes. */
const waiting = queue.filter(({ name }) => name === "logs");
const working = queue.filter(suite => !waiting.includes(suite));
async function lane(suites) {
  for (let suite = suites.shift(); suite !== undefined; suite = suites.shift()) await run(suite);
}
await Promise.all([...Array.from({ length: Math.min(2, availableParallelism()) }, () => lane(working)), lane(waiting)]);
rmSync(scratch, { recursive: true });

console.log("\nsuite            passed failed skipped  seconds");
for (const { name, passes, failures, skipped, seconds } of results) {
  const cells = [passes, failures, skipped.length].map(n => String(n).padStart(7)).join("");
  console.log(`${name.padEnd(16)}${cells}${seconds.toFixed(1).padStart(9)}`);
}
const skipped = results.flatMap(result => result.skipped);
if (skipped.length > 0) console.log(`\nskipped:\n${skipped.map(title => `  ${title}`).join("\n")}`);
// Once more at the end, where they are looked for; CI repeats these lines below its own sum.
const failed = results.flatMap(({ name, failed }) => failed.map(line => `not ok  ${name}: ${line}`));
if (failed.length > 0) console.log(`\n${failed.join("\n")}`);
const sum = field => results.reduce((total, result) => total + result[field], 0);
const passes = sum("passes");
const failures = sum("failures");
console.log(`\n${passes} passed, ${failures} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
process.exit(failures > 0 || passes === 0 ? 1 : 0);
