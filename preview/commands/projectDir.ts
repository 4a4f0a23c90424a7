import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PreviewError } from "../errors.js";
import { kindAt } from "./files.js";

/** The folder itself or the closest one above it that holds Pulumi.yaml, as the Pulumi CLI looks for it. */
export function findProjectDir(cwd: string, given: string | undefined): string {
  const start = resolve(cwd, given ?? ".");
  if (kindAt(start) !== "folder") throw new PreviewError("usage", `--cwd ${given ?? start} is no folder`);
  for (let folder = start; ; folder = dirname(folder)) {
    if (["Pulumi.yaml", "Pulumi.yml"].some(name => existsSync(join(folder, name)))) return folder;
    if (dirname(folder) === folder) {
      const hint = "Run in a Pulumi program's folder, or name it: --cwd DIR.";
      throw new PreviewError("usage", `neither ${start} nor a folder above it holds Pulumi.yaml`, { hint });
    }
  }
}

/** What reported paths are relative to: the root of the git repository around a folder, else the folder. */
export function repositoryRoot(dir: string): string {
  const start = realpathSync(dir);
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return start;
  }
}
