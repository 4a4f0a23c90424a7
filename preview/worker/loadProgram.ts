import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isObject, type Properties } from "../value.js";

/** What to load: the project's `main`, else what the nearest package.json names, else the folder's index. As the engine decides it. */
export function entryOf(programDir: string, entry: string): { file: string; esModule: boolean } {
  const { folder, manifest } = nearestManifest(programDir);
  const esModule = manifest["type"] === "module";
  if (entry !== ".") return { file: entry, esModule };
  const named = exportOf(manifest["exports"]) ?? manifest["main"];
  const file = typeof named === "string" && existsSync(join(folder, named)) ? join(folder, named) : programDir;
  return { file, esModule };
}

function exportOf(exported: unknown): unknown {
  if (!isObject(exported)) return exported;
  const main = exported["."];
  return isObject(main) ? (main["default"] ?? main["require"] ?? main["import"]) : main;
}

function nearestManifest(dir: string): { folder: string; manifest: Properties } {
  for (let folder = resolve(dir); ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) {
      const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
      return { folder, manifest: isObject(manifest) ? manifest : {} };
    }
    if (folder === dirname(folder)) return { folder: dir, manifest: {} };
  }
}

const load = createRequire(__filename);
/** Loads and runs a program. What it exports is the stack's outputs; a function among programs is called for them. */
export async function runProgram(programDir: string, entry: string): Promise<unknown> {
  const { file, esModule } = entryOf(programDir, entry);
  let exported: unknown;
  if (esModule) {
    const path = indexOf(file);
    const isReadable = !/\.[cm]?tsx?$/.test(path) || process.features.typescript;
    // The engine's loader reads TypeScript modules on any Node; this one's makes CommonJS of what Node itself cannot import.
    const module = (isReadable ? await import(pathToFileURL(path).href) : load(path)) as Properties;
    exported = "default" in module ? module["default"] : module;
  } else {
    exported = load(isFolder(file) ? `${file}/` : file);
  }
  return typeof exported === "function" ? await (exported as () => unknown)() : exported;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function indexOf(file: string): string {
  if (!isFolder(file)) return file;
  const index = ["index.js", "index.mjs", "index.ts", "index.mts"]
    .map(name => join(file, name))
    .find(path => existsSync(path));
  return index ?? join(file, "index.js");
}
