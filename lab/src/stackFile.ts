import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse, parseDocument, stringify } from "yaml";
import { passphraseEncrypter } from "./passphrase.js";
import type { Project } from "./project.js";

/** Where the generated project and its passphrase are. */
export interface GeneratedStack {
  /** Folder with a Pulumi.yaml that leads to the program, and the stack's file. */
  dir: string;
  file: string;
  passphraseFile: string;
  /** What is not as in the committed stack file, by path; images are not among it. */
  changed: Record<string, unknown>;
}

type Config = Record<string, unknown>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Writes the lab's version of a stack's file: the committed one, with what the lab must set otherwise and generated secrets. The secrets
 * of an earlier run stay, so that a second deploy changes nothing.
 */
export function generateStack(project: Project, changes: Record<string, object>, folder: string): GeneratedStack {
  const dir = join(folder, "stack");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, `Pulumi.${project.stack}.yaml`);
  const passphraseFile = join(dir, "passphrase");
  const committed = parse(readFileSync(join(project.dir, `Pulumi.${project.stack}.yaml`), "utf8")) as {
    config: Config;
  };
  const { name, secrets } = { name: projectName(project), secrets: project.secrets };

  const config: Config = { ...committed.config };
  const changed: Record<string, unknown> = {};
  for (const [key, values] of Object.entries(changes)) {
    const own = isObject(config[key]) ? config[key] : {};
    const isImages = key.endsWith(":images");
    // Given images take the place of a registry to push to.
    config[key] = isImages ? values : { ...own, ...values };
    if (isImages) continue;
    for (const [field, value] of Object.entries(values)) changed[`${key.slice(name.length + 1)}.${field}`] = value;
  }
  const sealed = sealedSecrets(name, secrets, file, passphraseFile);
  writeFileSync(file, stringify({ config: { ...config, ...sealed.config }, encryptionsalt: sealed.salt }), {
    mode: 0o600,
  });
  writeProject(project, dir);
  return { dir, file, passphraseFile, changed };
}

const projectName = ({ dir }: Project): string =>
  (parse(readFileSync(join(dir, "Pulumi.yaml"), "utf8")) as { name: string }).name;

/** The earlier file's secrets where it has them all, else new ones. */
function sealedSecrets(
  project: string,
  names: readonly string[],
  file: string,
  passphraseFile: string,
): { salt: string; config: Config } {
  const keys = names.map(name => `${project}:${name}`);
  if (existsSync(file) && existsSync(passphraseFile)) {
    const { config = {}, encryptionsalt } = parse(readFileSync(file, "utf8")) as {
      config?: Config;
      encryptionsalt?: string;
    };
    if (encryptionsalt !== undefined && keys.every(key => key in config)) {
      return { salt: encryptionsalt, config: Object.fromEntries(keys.map(key => [key, config[key]])) };
    }
  }
  const passphrase = randomBytes(32).toString("base64url");
  writeFileSync(passphraseFile, passphrase, { mode: 0o600 });
  const { salt, encrypt } = passphraseEncrypter(passphrase);
  const generated = keys.map(key => [key, { secure: encrypt(randomBytes(32).toString("base64url")) }] as const);
  return { salt, config: Object.fromEntries(generated) };
}

/** The committed Pulumi.yaml, leading from here to the program. */
function writeProject(project: Project, dir: string): void {
  const document = parseDocument(readFileSync(join(project.dir, "Pulumi.yaml"), "utf8"));
  const main = document.get("main");
  document.set("main", relative(dir, join(project.dir, typeof main === "string" ? main : "")));
  writeFileSync(join(dir, "Pulumi.yaml"), String(document));
}
