import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";

/** Reads what a golden file keeps; nothing where it does not exist. */
function read(file: string): string[] {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as string[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * Compares lines with those that a golden file keeps, whatever their order. With `UPDATE_GOLDEN=1` the file is written instead.
 *
 * @param hint what a difference means, and what to do about it
 */
export function assertGolden(file: string, lines: readonly string[], hint: string): void {
  const now = [...lines].sort();
  const before = read(file);
  const went = before.filter(line => !now.includes(line)).map(line => `- ${line}`);
  const came = now.filter(line => !before.includes(line)).map(line => `+ ${line}`);
  if (went.length + came.length === 0) return;
  const difference = [...went, ...came].join("\n");
  if (process.env["UPDATE_GOLDEN"] !== "1") {
    throw new Error(
      `${relative(process.cwd(), file)} differs:\n${difference}\n${hint}\nThen run again with UPDATE_GOLDEN=1.`,
    );
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
  process.stderr.write(`${relative(process.cwd(), file)}:\n${difference}\n`);
}
