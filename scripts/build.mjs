// Compiles the two workspaces that run as JavaScript: the policy pack (the engine type-checks a TypeScript pack at every start)
// and the preview. Types are checked by `npm run typecheck`, not here.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const tsc = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");
for (const workspace of ["policies", "preview"]) {
  execFileSync(process.execPath, [tsc, "-p", fileURLToPath(new URL(`../${workspace}`, import.meta.url))], {
    stdio: "inherit",
  });
}
