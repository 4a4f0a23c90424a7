// Compiles the two workspaces that run as JavaScript: the policy pack (the engine type-checks a TypeScript pack at every start)
// and the preview. Types are checked by `npm run typecheck`, not here.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const tsc = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");
const root = workspace => fileURLToPath(new URL(`../${workspace}`, import.meta.url));
const compile = (workspace, ...options) =>
  execFileSync(process.execPath, [tsc, "-p", root(workspace), ...options], { stdio: "inherit" });

compile("preview");

// Each of the pack's entry points is one file: to find and read a hundred takes half of what loading it costs.
compile("policies", "--emitDeclarationOnly");
const { exports } = JSON.parse(readFileSync(new URL("../policies/package.json", import.meta.url), "utf8"));
const entries = Object.values(exports).filter(file => file.endsWith(".js"));
const { metafile } = buildSync({
  entryPoints: entries.map(file => root(`policies/${basename(file, ".js")}.ts`)),
  outdir: root("policies/dist"),
  bundle: true,
  packages: "external",
  platform: "node",
  format: "cjs",
  target: "node20",
  sourcemap: true,
  metafile: true,
  logLevel: "warning",
});

// What an earlier build left would be published with the pack.
const made = new Set(Object.keys(metafile.outputs).map(file => resolve(file)));
const dist = root("policies/dist");
for (const name of readdirSync(dist, { recursive: true })) {
  const isOutput = /\.(js|js\.map|json)$/.test(name);
  const isType = name.endsWith(".d.ts") && !existsSync(root(`policies/${name.replace(/\.d\.ts$/, ".ts")}`));
  if (isType || (isOutput && !made.has(join(dist, name)))) rmSync(join(dist, name));
}
