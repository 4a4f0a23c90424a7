import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { PreviewError } from "../errors.js";

const run = promisify(execFile);

/** A base commit checked out beside the working tree. */
export interface Worktree {
  commit: string;
  /** The folder that stands for `dir` of the working tree; it may not exist at that commit. */
  folderOf(dir: string): string;
  /** Safe to call twice. */
  remove(): void;
}

async function git(dir: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const env = ownEnvironment();
  const { stdout } = await run("git", ["-C", dir, ...args], {
    env,
    maxBuffer: 16 * 1024 * 1024,
    ...(signal && { signal }),
  });
  return stdout.trim();
}

/** Without the variables of an enclosing git command (a hook), which would point to another repository. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR)$/.test(name)),
  );
}

/**
 * Checks a commit out into a temporary folder. Its dependencies are those of the working tree, which is right only where both lock files
 * are the same.
 *
 * @throws PreviewError where this is no repository, the commit does not exist, or its dependencies differ
 */
export async function checkOut(dir: string, ref: string, signal?: AbortSignal): Promise<Worktree> {
  const root = await git(dir, ["rev-parse", "--show-toplevel"]).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new PreviewError(
      "usage",
      missing ? "--compare needs git, which is not on PATH" : `--compare: ${dir} is in no git repository`,
    );
  });
  const commit = await git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]).catch(
    () => {
      const hint = "In a shallow clone fetch it first: git fetch --depth=1 origin BRANCH.";
      throw new PreviewError("usage", `--compare ${ref}: no such commit`, { hint });
    },
  );
  const folder = join(realpathSync(mkdtempSync(join(tmpdir(), "bulkhead-base-"))), "tree");
  const remove = (): void => {
    rmSync(join(folder, ".."), { recursive: true, force: true });
    // The repository still lists it; pruning is what `git worktree remove` does about that. At once: the process may be about to end.
    spawnSync("git", ["-C", root, "worktree", "prune"], { env: ownEnvironment(), stdio: "ignore" });
  };
  try {
    await git(root, ["worktree", "add", "--detach", "--force", folder, commit], signal);
    for (const inside of foldersBetween(root, realpathSync(dir))) linkDependencies(root, folder, inside, ref);
  } catch (error) {
    remove();
    throw error instanceof PreviewError || signal?.aborted
      ? error
      : new PreviewError("internal", `--compare ${ref}: ${reason(error)}`);
  }
  return { commit, folderOf: path => join(folder, relative(realpathSync(root), realpathSync(path))), remove };
}

function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr ?? message).trim().split("\n").at(-1) ?? message;
}

/** Relative to the root, which is "": the program's folder and those above it, where Node looks for its packages. */
function foldersBetween(root: string, dir: string): string[] {
  const inside = relative(realpathSync(root), dir);
  return inside === "" ? [""] : [...foldersBetween(root, dirname(dir)), inside];
}

const lockFiles = ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"];

function linkDependencies(root: string, tree: string, inside: string, ref: string): void {
  const [here, there] = [join(root, inside), join(tree, inside)];
  if (!existsSync(join(here, "node_modules")) || !existsSync(there)) return;
  const lock = lockFiles.find(name => textOf(join(here, name)) !== textOf(join(there, name)));
  if (lock !== undefined) {
    throw new PreviewError("usage", `--compare ${ref}: its ${join(inside, lock)} differs from the working tree's`, {
      hint: "Its dependencies are not installed here. Compare with a commit that has the same lock file, or check out and preview it by itself.",
    });
  }
  // A commit may hold the folder itself.
  if (!existsSync(join(there, "node_modules"))) {
    symlinkSync(join(here, "node_modules"), join(there, "node_modules"), "dir");
  }
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
