// Step "tool": whether the command line in this action's folder runs, and the key of the cache that would bring it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runStep, setOutputs, UsageError } from "./workflow.mjs";

const action = fileURLToPath(new URL("..", import.meta.url));
const oldestNode = 20;

runStep(() => {
  const [major = "0"] = process.versions.node.split(".");
  if (Number(major) < oldestNode) {
    throw new UsageError(
      `Node ${oldestNode} or later is needed, got ${process.version}: set it up with actions/setup-node`,
    );
  }
  setOutputs({
    ready: String(runs()),
    key: `bulkhead-${process.platform}-${process.arch}-node${major}-${sourcesHash()}`,
  });
});

/** Compiled, with its dependencies. */
function runs() {
  try {
    execFileSync(process.execPath, [join(action, "preview/bin/bulkhead.js"), "preview", "--help"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Of everything that decides what an installation holds. */
function sourcesHash() {
  const hash = createHash("sha256");
  const files = ["package.json", "package-lock.json", "tsconfig.json", "scripts/build.mjs"];
  for (const workspace of ["policies", "preview"]) {
    const names = readdirSync(join(action, workspace), { recursive: true, encoding: "utf8" });
    files.push(...names.filter(isSource).map(name => `${workspace}/${name}`));
  }
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(join(action, file)));
  return hash.digest("hex");
}

/** @param {string} name */
function isSource(name) {
  return /\.(ts|json)$/.test(name) && !/(^|[\\/])(node_modules|dist)[\\/]/.test(name);
}
