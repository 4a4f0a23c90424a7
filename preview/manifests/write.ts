import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { kindAt, reasonOf } from "../commands/files.js";
import { PreviewError } from "../errors.js";
import { isObject } from "../value.js";
import { generator, indexName } from "./render.js";

/** By file name, which may begin with one folder. */
export type Files = ReadonlyMap<string, string>;

/**
 * Refuses a folder that holds anything which an earlier run did not write: what is there would be lost.
 *
 * @throws PreviewError
 */
export function requireOwnFolder(folder: string): void {
  if (!existsSync(folder)) {
    if (!existsSync(dirname(folder)))
      throw new PreviewError("usage", `--manifests ${folder}: ${dirname(folder)} does not exist`);
    return;
  }
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new PreviewError("usage", `--manifests ${folder}: ${reasonOf(error)}`);
  }
  if (names.length === 0) return;
  const foreign = names.find(name => !filesOfEarlierRun(folder).has(name) && !isOwnSubfolder(join(folder, name)));
  if (foreign !== undefined) {
    throw new PreviewError(
      "usage",
      `--manifests ${folder} holds ${foreign}, which this command did not write: give an empty folder`,
    );
  }
}

/** With several stacks there is a folder for each. */
function isOwnSubfolder(folder: string): boolean {
  if (kindAt(folder) !== "folder") return false;
  const own = filesOfEarlierRun(folder);
  return own.size > 0 && readdirSync(folder).every(name => own.has(name));
}

function filesOfEarlierRun(folder: string): Set<string> {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, indexName), "utf8"));
    if (!isObject(content) || content["generator"] !== generator || !Array.isArray(content["objects"]))
      return new Set();
    return new Set([indexName, ...content["objects"].filter(isObject).map(({ file }) => String(file))]);
  } catch {
    return new Set();
  }
}

/**
 * Writes a whole folder or nothing: into a neighbour first, which then takes its place.
 *
 * @param isPrivate readable by its owner only, because it holds secrets
 */
export function writeFolder(folder: string, files: Files, isPrivate: boolean): void {
  requireOwnFolder(folder);
  const suffix = randomBytes(6).toString("hex");
  const fresh = join(dirname(folder), `.${basename(folder)}.${suffix}.tmp`);
  const old = join(dirname(folder), `.${basename(folder)}.${suffix}.old`);
  try {
    mkdirSync(fresh, { mode: isPrivate ? 0o700 : 0o755 });
    for (const [name, text] of files) {
      mkdirSync(dirname(join(fresh, name)), { recursive: true });
      writeFileSync(join(fresh, name), text, { mode: isPrivate ? 0o600 : 0o644, flag: "wx" });
    }
    // The mode given to mkdir is narrowed by the umask only; this also undoes an inherited default.
    if (isPrivate) chmodSync(fresh, 0o700);
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(fresh, folder);
  } catch (error) {
    if (existsSync(old) && !existsSync(folder)) renameSync(old, folder);
    rmSync(fresh, { recursive: true, force: true });
    throw new PreviewError("usage", `--manifests ${folder} cannot be written: ${reasonOf(error)}`);
  }
  rmSync(old, { recursive: true, force: true });
}
