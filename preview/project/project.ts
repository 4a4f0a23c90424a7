import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PreviewError } from "../errors.js";
import { isObject } from "../value.js";
import { type Decrypt, passphraseDecrypter, passphraseFrom } from "./passphrase.js";
import { type ProjectFile, readProjectFile } from "./projectFile.js";
import { mergeConfig } from "./stackConfig.js";
import { readYamlFile, type YamlFile } from "./yamlFile.js";

/** All that a preview of one stack starts from. Plain JSON: it crosses to the worker process. */
export interface StackSettings {
  organization: string;
  project: string;
  stack: string;
  /** Folder of Pulumi.yaml. */
  rootDir: string;
  /** Working directory of the program. */
  programDir: string;
  /** A file, or "." for what package.json names. */
  entry: string;
  typescript: boolean;
  tsconfig: string | undefined;
  nodeArgs: string[];
  config: Record<string, string>;
  secretKeys: string[];
  /** Keys whose value is a placeholder. */
  toBeSet: string[];
  /** Packages, or "*". */
  disabledDefaultProviders: string[];
}

/**
 * @throws PreviewError (usage) where the folder holds no project, the stack has no file, or a setting is wrong
 */
export function readSettings(
  dir: string,
  stack: string,
  organization: string,
  env: Record<string, string | undefined>,
): StackSettings {
  const project = readProjectFile(dir);
  const file = stackFile(project, stack);
  const config = mergeConfig(project, stack, file, decrypterFor(file, env));
  return {
    organization,
    project: project.name,
    stack,
    rootDir: project.rootDir,
    programDir: project.programDir,
    entry: project.entry,
    ...project.runtime,
    config: config.values,
    secretKeys: config.secretKeys,
    toBeSet: config.toBeSet,
    disabledDefaultProviders: disabledProviders(config.values["pulumi:disable-default-providers"]),
  };
}

/** Names of the stacks that have a file beside Pulumi.yaml, sorted. */
export function listStacks(project: Pick<ProjectFile, "stackDir" | "extension">): string[] {
  const pattern = /^Pulumi\.(.+)\.ya?ml$/;
  return readdirSync(project.stackDir)
    .map(name => pattern.exec(name)?.[1])
    .filter(name => name !== undefined)
    .filter(name => !name.endsWith(".fixtures"))
    .sort();
}

function stackFile(project: ProjectFile, stack: string): YamlFile {
  const path = join(project.stackDir, `Pulumi.${stack}${project.extension}`);
  if (existsSync(path)) return readYamlFile(path);
  const stacks = listStacks(project);
  const known = stacks.length === 0 ? "there is none yet" : `there are ${stacks.join(", ")}`;
  throw new PreviewError("usage", `stack "${stack}" has no file Pulumi.${stack}${project.extension}: ${known}`);
}

function decrypterFor(file: YamlFile, env: Record<string, string | undefined>): Decrypt | undefined {
  const salt = isObject(file.value) ? file.value["encryptionsalt"] : undefined;
  const passphrase = typeof salt === "string" ? passphraseFrom(env) : undefined;
  if (typeof salt !== "string" || passphrase === undefined) return undefined;
  let decrypt: Decrypt | undefined;
  // Deriving the key takes half a second: only for a file that has something to decrypt.
  return value => {
    try {
      decrypt ??= passphraseDecrypter(salt, passphrase);
      return decrypt(value);
    } catch {
      throw new PreviewError("usage", `${file.name}: PULUMI_CONFIG_PASSPHRASE does not decrypt this stack's secrets`, {
        source: file.position(["encryptionsalt"]),
        hint: "Unset it to preview with placeholders.",
      });
    }
  };
}

function disabledProviders(value: string | undefined): string[] {
  if (value === undefined || value === "") return [];
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed.filter(name => typeof name === "string") : [String(parsed)];
  } catch {
    return [value];
  }
}
