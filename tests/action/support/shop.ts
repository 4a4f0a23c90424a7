import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { folderWith, pullRequestEvent, repository, writeFiles } from "./run.js";

const identity = ["-c", "user.name=author", "-c", "user.email=author@shop.example", "-c", "commit.gpgsign=false"];

function git(folder: string, ...args: string[]): string {
  return execFileSync("git", ["-C", folder, ...identity, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
}

/** A program of one ConfigMap, which breaks no rule. */
export const clean = `import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";

const provider = new k8s.Provider("cluster", { kubeconfig: "{}" });
new k8s.core.v1.ConfigMap("settings", { metadata: { namespace: "shop" }, immutable: true, data: { level: "info" } }, { provider });
export const stack = pulumi.getStack();
`;

/** With a Pod that may do anything. */
export const risky = `${clean}
new k8s.core.v1.Pod("web", { metadata: { namespace: "shop" }, spec: { containers: [{ name: "web", image: "nginx" }] } }, { provider });
`;

export const project = {
  ".gitignore": "node_modules\n",
  "infra/Pulumi.yaml": "name: shop\nruntime: nodejs\n",
  "infra/Pulumi.dev.yaml": "config: {}\n",
  "infra/package.json": JSON.stringify({ name: "shop", private: true, main: "index.ts" }),
  "infra/tsconfig.json": JSON.stringify({
    compilerOptions: { strict: true, target: "es2022", module: "commonjs", rootDir: "." },
  }),
};

export interface Checkout {
  workspace: string;
  /** Variables that GitHub sets, of an event `pull_request`. */
  env: Record<string, string>;
  headSha: string;
  baseSha: string;
}

/**
 * What actions/checkout leaves of a pull request: a clone of depth 1, at the commit that merges its branch into the base branch. The event
 * tells of an older base, as it does when the base branch has moved since.
 */
export function pullRequest(
  base: Record<string, string>,
  head: Record<string, string>,
  options: { fork?: boolean; event?: string } = {},
): Checkout {
  const { fork = false, event = "pull_request" } = options;
  const origin = folderWith({ ...project, ...base });
  git(origin, "init", "-q", "-b", "main");
  // As GitHub's servers do.
  git(origin, "config", "uploadpack.allowAnySHA1InWant", "true");
  git(origin, "add", ".");
  git(origin, "commit", "-q", "-m", "base");
  const eventBase = git(origin, "rev-parse", "HEAD");
  git(origin, "checkout", "-q", "-b", "feature");
  writeFiles(origin, head);
  git(origin, "add", ".");
  git(origin, "commit", "-q", "--allow-empty", "-m", "head");
  const headSha = git(origin, "rev-parse", "HEAD");
  git(origin, "checkout", "-q", "main");
  writeFiles(origin, { "README.md": "moved on\n" });
  git(origin, "add", ".");
  git(origin, "commit", "-q", "-m", "the base moves on");
  const baseSha = git(origin, "rev-parse", "HEAD");
  git(origin, "merge", "-q", "--no-ff", "-m", "merge", "feature");
  git(origin, "update-ref", "refs/pull/7/merge", "HEAD");

  const workspace = folderWith();
  git(workspace, "init", "-q");
  git(workspace, "remote", "add", "origin", `file://${origin}`);
  git(workspace, "fetch", "-q", "--depth=1", "origin", "refs/pull/7/merge");
  git(workspace, "checkout", "-q", "--detach", "FETCH_HEAD");
  symlinkSync(join(repository, "node_modules"), join(workspace, "infra/node_modules"));
  const events = folderWith({ "event.json": pullRequestEvent({ fork, base: eventBase, head: headSha }) });
  const env = { GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: join(events, "event.json") };
  return { workspace, env, headSha, baseSha };
}
