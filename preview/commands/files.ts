import { randomBytes } from "node:crypto";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { PreviewError } from "../errors.js";

/** The kind of thing at a path, following links. */
export function kindAt(path: string): "file" | "folder" | "other" | "nothing" {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return "nothing";
  return stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
}

/** Fails before any work is done where a file could not be written after it. */
export function requireWritable(path: string): void {
  if (kindAt(path) === "folder") throw new PreviewError("usage", `${path} is a folder, not a file`);
  const parent = dirname(path);
  if (kindAt(parent) !== "folder") throw new PreviewError("usage", `${path} cannot be written: ${parent} is no folder`);
}

/**
 * Writes a file whole or not at all: to a neighbour first, then renamed over it. A device or a pipe (`/dev/stdout`) is written to as it is.
 *
 * @param mode permissions; 0o600 for what only its owner may read
 */
export function writeWhole(path: string, text: string, mode = 0o644): void {
  if (kindAt(path) === "other") {
    writeFileSync(path, text);
    return;
  }
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    writeFileSync(temporary, text, { mode, flag: "wx" });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new PreviewError("usage", `${path} cannot be written: ${reasonOf(error)}`);
  }
}

/** `EACCES: permission denied` without the system call and the path that Node adds. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split(",")[0] ?? error.message) : String(error);
}
