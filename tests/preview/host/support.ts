import { execFileSync } from "node:child_process";
import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runPreview } from "../../../preview/host.js";
import type { PreviewOptions } from "../../../preview/options.js";
import type { PreviewResult } from "../../../preview/result.js";

export const repository = join(__dirname, "..", "..", "..");
export const modes = ["one-process", "separate"] as const;

let built = false;

/** The worker runs as compiled JavaScript: builds it where a source is newer. */
export function buildPreview(): void {
  if (built) return;
  built = true;
  const folder = join(repository, "preview");
  const newest = Math.max(...sources(folder).map(file => statSync(file).mtimeMs));
  const worker = join(folder, "dist", "worker", "main.js");
  const age = statSync(worker, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (age >= newest) return;
  const tsc = createRequire(__filename).resolve("typescript/lib/tsc.js");
  execFileSync(process.execPath, [tsc, "-p", folder], { stdio: "inherit" });
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["dist", "node_modules"].includes(entry.name) ? [] : sources(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

const temporary: string[] = [];

/** A folder outside the repository whose modules resolve to the repository's. Gone after `removeTemporary`. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "bulkhead-test-")));
  temporary.push(folder);
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  return folder;
}

export function removeTemporary(): void {
  for (const folder of temporary.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Writes files below a new temporary folder. */
export function folderWith(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A JavaScript or TypeScript program with one stack, `dev`. */
export function program(source: string, files: Record<string, string> = {}, entry = "index.js"): string {
  return folderWith({
    "Pulumi.yaml": `name: sample\nruntime: {name: nodejs, options: {typescript: ${String(entry.endsWith(".ts"))}}}\n`,
    "Pulumi.dev.yaml": "config: {}\n",
    "package.json": JSON.stringify({ name: "sample", main: entry }),
    [entry]: source,
    ...files,
  });
}

/** A policy pack of one JavaScript file. */
export function pack(source: string, files: Record<string, string> = {}): string {
  return folderWith({
    "PulumiPolicy.yaml": "runtime: {name: nodejs, options: {typescript: false}}\n",
    "package.json": JSON.stringify({ name: "sample-pack", version: "0.0.1", main: "index.js" }),
    "index.js": source,
    ...files,
  });
}

export function preview(programDir: string, options: Partial<PreviewOptions> = {}): Promise<PreviewResult> {
  buildPreview();
  return runPreview({ programDir, stack: "dev", policyPacks: [], ...options });
}

/** A copy of a folder, which may be read-only. */
export function copyOf(source: string): string {
  const folder = temporaryFolder();
  cpSync(source, folder, { recursive: true });
  return folder;
}

export const passphrase = "correct horse battery staple";

/** What `pulumi config set --secret` would write with the passphrase provider. */
export function sealer(): { salt: string; seal: (text: string) => string } {
  const salt = randomBytes(8);
  const key = pbkdf2Sync(passphrase, salt, 1_000_000, 32, "sha256");
  const seal = (text: string) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  };
  return { salt: `v1:${salt.toString("base64")}:${seal("pulumi")}`, seal };
}
