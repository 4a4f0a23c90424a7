import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Deployment } from "../engine/deployment.js";
import { relativeFile } from "../engine/source.js";
import { PreviewError } from "../errors.js";
import { type Properties, reveal, UNKNOWN } from "../value.js";
import type { Expansion } from "./index.js";
import { decodeYaml, objectsIn } from "./yaml.js";

/** yaml/v2 ConfigFile: one file. */
export function configFileObjects(deployment: Deployment, inputs: Properties): Expansion {
  const file = reveal(inputs["file"]);
  if (typeof file !== "string" || file === UNKNOWN) return { reason: "its file is not known at preview" };
  return readFiles(deployment, [file]);
}

/** yaml/v2 ConfigGroup: files, texts and objects. */
export function configGroupObjects(deployment: Deployment, inputs: Properties): Expansion {
  const files = list(inputs["files"]);
  const texts = list(inputs["yaml"]);
  if ([...files, ...texts].some(value => typeof value !== "string" || value === UNKNOWN)) {
    return { reason: "its files or texts are not known at preview" };
  }
  const fromFiles = readFiles(deployment, files as string[]);
  if ("reason" in fromFiles) return fromFiles;
  const fromTexts = (texts as string[]).flatMap(text => objectsIn(decodeYaml(text, "yaml of a ConfigGroup")));
  const objects = Array.isArray(inputs["objs"]) ? objectsIn(inputs["objs"] as unknown[]) : [];
  return { objects: [...fromFiles.objects, ...fromTexts, ...objects] };
}

function list(value: unknown): unknown[] {
  const plain = reveal(value);
  if (plain === undefined || plain === null) return [];
  return Array.isArray(plain) ? plain : [plain];
}

function readFiles(deployment: Deployment, files: string[]): Expansion {
  const remote = files.find(file => /^https?:/.test(file));
  if (remote !== undefined) return { reason: `${remote} is on the network, which a hermetic preview does not ask` };
  return {
    objects: files
      .flatMap(file => pathsOf(deployment, file))
      .flatMap(path => {
        const name = relativeFile(deployment.settings.programDir, path);
        return objectsIn(decodeYaml(readText(path, name), name));
      }),
  };
}

/** A path, or the files that its last part matches as a pattern of `*` and `?`. */
function pathsOf(deployment: Deployment, pattern: string): string[] {
  const path = resolve(deployment.settings.programDir, pattern);
  if (!/[*?]/.test(pattern)) return [path];
  const folder = dirname(path);
  const wildcards = basename(path)
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const matches = new RegExp(`^${wildcards}$`);
  const names = existsSync(folder) ? readdirSync(folder).filter(name => matches.test(name)) : [];
  return names.sort().map(name => join(folder, name));
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : "cannot be read";
    throw new PreviewError("program", `${name} ${reason}`);
  }
}
