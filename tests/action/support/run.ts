import { type SpawnOptions, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

export const repository = join(__dirname, "../../..");

export interface Ended {
  code: number | null;
  /** Standard output and standard error, as a job's log shows them. */
  log: string;
}

export function run(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, "cwd" | "env"> = {},
): Promise<Ended> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] as const });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (log += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", code => resolve({ code, log }));
  });
}

/** A module of the action, which is plain JavaScript. */
export async function actionModule(name: string): Promise<unknown> {
  return import(pathToFileURL(join(repository, "action", name)).href);
}

const folders: string[] = [];

/** A temporary folder; `removeFolders` belongs into `after`. */
export function folderWith(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-action-"));
  folders.push(folder);
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The event's file of a pull request, as far as the action reads it. */
export function pullRequestEvent(edits: { fork?: boolean; base?: string; head?: string } = {}): string {
  const { fork = false, base = "a".repeat(40), head = "b".repeat(40) } = edits;
  return JSON.stringify({
    pull_request: {
      number: 7,
      base: { sha: base, repo: { full_name: "acme/shop" } },
      head: { sha: head, repo: { full_name: fork ? "mallory/shop" : "acme/shop" } },
    },
  });
}
