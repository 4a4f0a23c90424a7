import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Report } from "../preview/report/report.js";

const repository = join(__dirname, "..");
const installed = join(repository, ".cache/comparison/bin");
const bulkhead = join(repository, "preview/bin/bulkhead.js");
const pack = join(repository, "policies");
const kyvernoPolicy = join(__dirname, "tools/kyverno.yaml");

/** A program that judges Kubernetes objects in a file. */
export interface Tool {
  name: string;
  command: string;
  /** To judge a file and tell what was found as JSON. */
  args(file: string): string[];
  version(): string;
  /** How many rules it judged by; may run it on a file of one object. */
  rules(file: string): number;
  /** How many objects its answer speaks of: a run that judged nothing must not count as fast. */
  judged(stdout: string): number;
}

/** Checkov and Kyverno end with 1 where something is found. */
function output(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (typeof stdout === "string" && stdout !== "") return stdout;
    throw error;
  }
}

/** Of a program built from the Go module proxy: built that way, it does not know its version itself. */
function goVersion(command: string, module: string): string {
  const lines = output("go", ["version", "-m", command]).split("\n");
  return lines.map(line => line.trim().split(/\s+/)).find(([, name]) => name === module)?.[2] ?? "unknown";
}

const ours = (file: string): string[] => [bulkhead, "check", file, "--policy-pack", pack, "--format", "json"];

export const tools: readonly Tool[] = [
  {
    name: "bulkhead check",
    command: process.execPath,
    args: ours,
    version: () => (JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string }).version,
    rules: file => (JSON.parse(output(process.execPath, ours(file))) as Report).runs[0]?.rules.length ?? 0,
    judged: stdout => (JSON.parse(stdout) as Report).runs[0]?.resources.length ?? 0,
  },
  {
    name: "checkov",
    command: join(installed, "checkov"),
    // Only what failed is printed, which is the least work for it.
    args: file => [...checkov(file), "--quiet"],
    version: () => output(join(installed, "checkov"), ["--version"]).trim(),
    rules: file => {
      const { results } = JSON.parse(output(join(installed, "checkov"), checkov(file))) as Checked;
      return new Set([...results.passed_checks, ...results.failed_checks].map(({ check_id }) => check_id)).size;
    },
    // It judges a Deployment and the Pod in it.
    judged: stdout => (JSON.parse(stdout) as Checked).summary.resource_count / 2,
  },
  {
    name: "kyverno apply",
    command: join(installed, "kyverno"),
    args: file => ["apply", kyvernoPolicy, "--resource", file, "--policy-report", "--output-format", "json"],
    version: () => goVersion(join(installed, "kyverno"), "github.com/kyverno/kyverno"),
    rules: () => (parse(readFileSync(kyvernoPolicy, "utf8")) as { spec: { rules: unknown[] } }).spec.rules.length,
    judged: stdout => new Set(stdout.match(/"name": ?"app-\d+"/g)).size,
  },
  {
    name: "kube-score",
    command: join(installed, "kube-score"),
    args: file => ["score", "--output-format", "json", file],
    version: () => goVersion(join(installed, "kube-score"), "github.com/zegl/kube-score"),
    rules: () => output(join(installed, "kube-score"), ["list"]).trim().split("\n").length,
    judged: stdout => (JSON.parse(stdout) as unknown[]).length,
  },
];

interface Checked {
  summary: { resource_count: number };
  results: { passed_checks: { check_id: string }[]; failed_checks: { check_id: string }[] };
}

/** Without a look at its makers' servers, which would be waited for. */
function checkov(file: string): string[] {
  return ["--file", file, "--framework", "kubernetes", "--compact", "--output", "json", "--skip-download"];
}

export function isInstalled({ command }: Tool): boolean {
  return existsSync(command);
}
