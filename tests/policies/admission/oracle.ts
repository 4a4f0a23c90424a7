import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Context } from "mocha";
import type { AdmissionObject } from "../../../policies/admission.js";
import { requireProgram } from "../../support/programs.js";

const source = join(__dirname, "../../../tools/cel-oracle");

/** The oldest Kubernetes that is supported: what its CEL does not know, no policy may use. */
export const oldestKubernetes = "1.33";

/** One request to the API server. */
export interface Request {
  object?: unknown;
  oldObject?: unknown;
  operation: "CREATE" | "UPDATE" | "DELETE";
  subresource?: string;
  username?: string;
}

/** What the API server says of a request: policy → why it refuses; or that it cannot read the object. */
export interface Answer {
  decisions?: Record<string, { message: string; isError?: boolean }>;
  unreadable?: string;
  errors?: string[];
  warnings?: string[];
}

const program = join(__dirname, "../../../.cache/bin/cel-oracle");

/** Whether what was built is of what stands here now. */
function isBuilt(): boolean {
  const builtAt = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return readdirSync(source).every(file => statSync(join(source, file)).mtimeMs < builtAt);
}

/** Builds the oracle where that is to be done: once a machine, in minutes. A suite whose machine cannot is skipped. */
export function requireOracle(test: Context): void {
  test.timeout(1_800_000);
  if (isBuilt()) return;
  const go = requireProgram(test, "go");
  mkdirSync(dirname(program), { recursive: true });
  const build = spawnSync(go, ["build", "-o", program, "."], { cwd: source, encoding: "utf8" });
  if (build.status === 0) return;
  // A machine may have Go and not reach the modules that the API server is made of.
  if (process.env["REQUIRE_PROGRAMS"] === "1") throw new Error(build.stderr);
  if (test.test?.parent !== undefined) test.test.parent.title += " [needs the Go module proxy]";
  test.skip();
}

/** The oracle's answers to lines of its protocol (tools/cel-oracle/main.go). */
export function ask(lines: readonly unknown[]): Answer[] {
  const input = lines.map(line => JSON.stringify(line)).join("\n");
  const { stdout, status, stderr } = spawnSync(program, { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split("\n")
    .map(line => JSON.parse(line) as Answer);
}

/** The policies among what was rendered. */
export function policiesOf(objects: readonly AdmissionObject[]): AdmissionObject[] {
  return objects.filter(({ kind }) => kind === "ValidatingAdmissionPolicy");
}

/** The answers to requests under policies. */
export function judged(policies: readonly AdmissionObject[], requests: readonly Request[]): Answer[] {
  const [compiled, ...answers] = ask([{ policies, version: oldestKubernetes }, ...requests]);
  if ((compiled?.errors ?? []).length > 0) throw new Error(compiled?.errors?.join("\n"));
  return answers;
}
