// Step "install": the command line and its pack, from this action's own lock file. No package's install script runs.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runStep } from "./workflow.mjs";

const cwd = fileURLToPath(new URL("..", import.meta.url));

runStep(() => {
  const npm = [
    "ci",
    "--ignore-scripts",
    "--omit=dev",
    "--workspace=preview",
    "--workspace=policies",
    "--no-audit",
    "--no-fund",
  ];
  execFileSync("npm", npm, { cwd, stdio: "inherit", shell: process.platform === "win32" });
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd, stdio: "inherit" });
});
