import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { kindAt, reasonOf } from "../commands/files.js";
import { PreviewError } from "../errors.js";

export interface InputFile {
  /** As given, or below the folder as given. */
  name: string;
  /** Given itself, not found in a folder: what it holds must be Kubernetes objects. */
  given: boolean;
  bytes: Uint8Array;
}

const wanted = /\.(ya?ml|json)$/i;
/** Never sources of Kubernetes objects, and large. */
const skipped = new Set(["node_modules"]);

/**
 * The files given, and those with a fitting name in the folders given, sorted.
 *
 * @param path resolves a name against the working directory
 * @throws PreviewError where one does not exist, cannot be read, or a folder holds none
 */
export function readInputs(names: readonly string[], path: (name: string) => string): InputFile[] {
  return names.flatMap(name => {
    const kind = kindAt(path(name));
    if (kind === "nothing") throw new PreviewError("usage", `${name} does not exist`);
    if (kind !== "folder") return [{ name, given: true, bytes: read(path(name), name) }];
    const found = filesBelow(path(name), name, new Set());
    if (found.length === 0) throw new PreviewError("usage", `${name} holds no *.yaml, *.yml or *.json file`);
    return found;
  });
}

function filesBelow(folder: string, name: string, seen: Set<string>): InputFile[] {
  // A link to a folder above would never end.
  const real = realpathSync(folder);
  if (seen.has(real)) return [];
  seen.add(real);
  let entries: string[];
  try {
    entries = readdirSync(folder).sort();
  } catch (error) {
    throw new PreviewError("usage", `${name} cannot be read: ${reasonOf(error)}`);
  }
  return entries
    .filter(entry => !entry.startsWith(".") && !skipped.has(entry))
    .flatMap(entry => {
      const [path, below] = [join(folder, entry), join(name, entry)];
      const kind = kindAt(path);
      if (kind === "folder") return filesBelow(path, below, seen);
      return kind === "file" && wanted.test(entry) ? [{ name: below, given: false, bytes: read(path, below) }] : [];
    });
}

function read(path: string, name: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new PreviewError("usage", `${name} cannot be read: ${reasonOf(error)}`);
  }
}

/** @throws PreviewError where the bytes are no text */
export function decode({ name, bytes }: Pick<InputFile, "name" | "bytes">): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new PreviewError("usage", `${name}: is no UTF-8 text`);
  }
}
