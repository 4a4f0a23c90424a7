import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Context } from "mocha";

const postgresRoot = "/usr/lib/postgresql";

/** Where programs are looked for: PATH, the project's own `.cache/bin`, and Debian's folders that are on no user's PATH. */
function folders(): string[] {
  let postgres: string[] = [];
  try {
    postgres = readdirSync(postgresRoot).map(version => join(postgresRoot, version, "bin"));
  } catch {
    // No PostgreSQL server is installed.
  }
  return [
    join(process.cwd(), ".cache/bin"),
    ...(process.env["PATH"] ?? "").split(delimiter),
    "/usr/sbin",
    "/usr/local/sbin",
    ...postgres,
  ].filter(Boolean);
}

/** The program's path, or undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  return folders()
    .map(folder => join(folder, name))
    .find(path => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * The program's path. Where it is not installed, the test (or its whole suite, from a `before` hook) is skipped and says which program it
 * misses; with `REQUIRE_PROGRAMS=1`, as in CI, that is a failure.
 */
export function requireProgram(test: Context, ...names: string[]): string {
  for (const name of names) {
    const path = findProgram(name);
    if (path !== undefined) return path;
  }
  const missing = names.join(" or ");
  if (process.env["REQUIRE_PROGRAMS"] === "1") throw new Error(`this test needs ${missing}, which is not installed`);
  const runnable = test.test ?? test.currentTest;
  if (runnable !== undefined) runnable.title += ` [needs ${missing}]`;
  return test.skip();
}
