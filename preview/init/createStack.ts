import { randomBytes } from "node:crypto";
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { reasonOf } from "../commands/files.js";
import { PreviewError } from "../errors.js";
import type { ProjectFile } from "../project/projectFile.js";
import { readYamlFile } from "../project/yamlFile.js";
import { isObject } from "../value.js";
import type { PulumiCli } from "./pulumi.js";
import { generateSecret } from "./secrets.js";
import { type DeclaredKey, planOf, type StackPlan, stackFileText } from "./stackFile.js";

export interface CreatedStack {
  file: string;
  plan: StackPlan;
  /** Required keys that the template did not give either. */
  toFillIn: string[];
  /** Secrets that are in the file, encrypted. */
  set: string[];
}

/** An existing stack's file, and what became of the secrets that it lacked. */
export interface CompletedStack {
  file: string;
  /** Generated keys that the file did not have. */
  missing: string[];
  /** Those that are in it now, encrypted. */
  set: string[];
}

export function stackFileOf(project: ProjectFile, stack: string): string {
  requireStackName(stack);
  return join(project.stackDir, `Pulumi.${stack}${project.extension}`);
}

/** Generates the secrets that an existing stack's file lacks. What is there stays; each is set whole or not at all, by the Pulumi CLI. */
export async function completeStack(
  project: ProjectFile,
  stack: string,
  pulumi: PulumiCli | undefined,
): Promise<CompletedStack> {
  const file = stackFileOf(project, stack);
  const { value } = readYamlFile(file);
  const config = isObject(value) && isObject(value["config"]) ? value["config"] : {};
  const given = new Set(Object.keys(config).map(key => (key.includes(":") ? key : `${project.name}:${key}`)));
  const missing = planOf(declaredKeys(project))
    .generated.map(({ key }) => key)
    .filter(key => !given.has(key));
  const set: string[] = [];
  if (pulumi !== undefined && missing.length > 0) {
    await pulumi.initStack(stack);
    for (const key of missing) {
      await pulumi.setSecret(stack, file, key, generateSecret());
      set.push(key);
    }
  }
  return { file, missing, set };
}

/**
 * Writes `Pulumi.<stack>.yaml`, whole or not at all. Secrets are generated and encrypted by the Pulumi CLI where there is one; a secret is
 * never written as plain text.
 *
 * @throws PreviewError where the name is wrong, the file exists, or the CLI refuses
 */
export async function createStack(
  project: ProjectFile,
  stack: string,
  template: ReadonlyMap<string, unknown>,
  pulumi: PulumiCli | undefined,
): Promise<CreatedStack> {
  const file = stackFileOf(project, stack);
  if (existsSync(file)) throw exists(file);
  const plan = planOf(declaredKeys(project));
  const temporary = join(
    project.stackDir,
    `.Pulumi.${stack}.${randomBytes(6).toString("hex")}.tmp${project.extension}`,
  );
  try {
    let head = "";
    if (pulumi && plan.generated.length > 0) {
      await pulumi.initStack(stack);
      // The CLI may have made the file already, for the key's salt; until all is done there must be none.
      if (existsSync(file)) {
        head = readFileSync(file, "utf8");
        rmSync(file);
      }
    }
    writeFileSync(temporary, stackFileText(plan, template, head), { flag: "wx" });
    if (pulumi) {
      for (const { key } of plan.generated) await pulumi.setSecret(stack, temporary, key, generateSecret());
    }
    publish(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  return {
    file,
    plan,
    toFillIn: plan.required.map(({ key }) => key).filter(key => !template.has(key)),
    set: pulumi ? plan.generated.map(({ key }) => key) : [],
  };
}

/** A link, unlike a rename, never replaces a file that somebody made in the meantime. */
function publish(temporary: string, file: string): void {
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw exists(file);
    throw new PreviewError("usage", `${file} cannot be written: ${reasonOf(error)}`);
  }
}

function exists(file: string): PreviewError {
  return new PreviewError("usage", `${basename(file)} exists already; it is left as it is`);
}

/** The engine's own rule, and no name that a file of the project has. */
function requireStackName(stack: string): void {
  const allowed =
    /^[A-Za-z0-9_.-]{1,100}$/.test(stack) &&
    !/^\.+$/.test(stack) &&
    !stack.startsWith("-") &&
    !stack.endsWith(".fixtures");
  if (allowed) return;
  throw new PreviewError(
    "usage",
    `a stack's name has up to 100 letters, digits, hyphens, underscores and periods, got ${JSON.stringify(stack)}`,
  );
}

/** Declared keys with the descriptions that the project file gives them. */
function declaredKeys(project: ProjectFile): DeclaredKey[] {
  const raw =
    isObject(project.yaml.value) && isObject(project.yaml.value["config"]) ? project.yaml.value["config"] : {};
  return [...project.declarations].map(([key, declaration]) => {
    const short = key.startsWith(`${project.name}:`) ? key.slice(project.name.length + 1) : key;
    const entry = raw[short] ?? raw[key];
    const description = isObject(entry) ? entry["description"] : undefined;
    return { key, declaration, ...(typeof description === "string" && { description }) };
  });
}

/** What another stack's file says, without its secrets: they are nobody else's. */
export function templateOf(project: ProjectFile, stack: string): Map<string, unknown> {
  const { value } = readYamlFile(join(project.stackDir, `Pulumi.${stack}${project.extension}`));
  const config = isObject(value) && isObject(value["config"]) ? value["config"] : {};
  const secret = new Set([...project.declarations].filter(([, { secret }]) => secret).map(([key]) => key));
  return new Map(
    Object.entries(config)
      .map(([key, item]) => [key.includes(":") ? key : `${project.name}:${key}`, item] as const)
      .filter(([key, item]) => !secret.has(key) && !holdsSecret(item)),
  );
}

function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!isObject(value)) return false;
  return typeof value["secure"] === "string" || Object.values(value).some(holdsSecret);
}
