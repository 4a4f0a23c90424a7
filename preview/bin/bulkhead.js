#!/usr/bin/env node
// The command line; everything else is TypeScript, compiled to dist/ by `npm run prepare`.
let cli;
try {
  cli = require("../dist/cli.js");
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND" || !error.message.includes("dist/cli.js")) throw error;
  process.stderr.write(
    "error: bulkhead is not built\n  npm ci builds it, unless it ran with --ignore-scripts: run npm run prepare.\n",
  );
  process.exit(2);
}
void cli.runProcess();
