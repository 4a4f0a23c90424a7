import { spawnSync } from "node:child_process";
import type { Context } from "mocha";
import type { AdmissionObject } from "../../../policies/admission.js";
import { findProgram, requireProgram } from "../../support/programs.js";

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

/** Skips a test where there is no oracle. */
export function requireOracle(test: Context): void {
  requireProgram(test, "cel-oracle");
}

/** The oracle's answers to lines of its protocol (tools/cel-oracle/main.go). */
export function ask(lines: readonly unknown[]): Answer[] {
  const program = findProgram("cel-oracle");
  if (program === undefined) throw new Error("cel-oracle is not installed: scripts/install-test-programs");
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
