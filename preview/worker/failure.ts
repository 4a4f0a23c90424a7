import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { isProgramFile, relativeFile } from "../engine/source.js";
import { PreviewError } from "../errors.js";
import type { SourcePosition } from "../finding.js";
import type { Failure } from "./messages.js";
import { CompileError } from "./typescript.js";

/** What a program threw, for its author: what went wrong, where in his files, and what often helps. */
export function programFailure(error: unknown, programDir: string): Failure {
  if (error instanceof PreviewError) return toFailure(error);
  if (!(error instanceof Error)) return { kind: "program", message: `the program threw ${describe(error)}` };
  const source =
    error instanceof CompileError
      ? { file: relativeFile(programDir, error.file), line: error.line, column: error.column }
      : positionIn(error.stack ?? "", programDir);
  return {
    kind: "program",
    message: messageOf(error),
    source,
    hint: hintFor(error),
    trace: error.stack,
  };
}

export function toFailure(error: PreviewError): Failure {
  return {
    kind: error.kind,
    message: error.message,
    source: error.source,
    hint: error.hint,
    trace: error.trace ?? error.stack,
  };
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : `${String(value)}, which is no Error`;
}

/** The message; with the error's class, where that says something. Node appends a list of requiring files to some. */
function messageOf(error: Error): string {
  const message = error.message.split("\nRequire stack:")[0]?.trim() ?? "";
  const plain =
    ["Error", "RunError", "ResourceError", "InputPropertiesError"].includes(error.name) || isRunError(error);
  return plain ? message : `${error.name}: ${message}`;
}

/** RunErrors keep the name "Error" in some versions of the SDK. */
function isRunError(error: Error): boolean {
  return "__pulumiRunError" in error;
}

function hintFor(error: Error): string | undefined {
  if (error instanceof ReferenceError && /^Cannot access '.+' before initialization$/.test(error.message)) {
    return "Two components that link to each other form a cycle: one of them must come first and cannot name the other.";
  }
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(error.message)?.[1];
  if (missing !== undefined && !missing.startsWith(".") && !isAbsolute(missing)) {
    return `${missing} is not installed: run npm ci.`;
  }
  return undefined;
}

/** Node's own `node:internal/modules/…` is no path, though one could be read out of it. */
const frame = /[\s(]((?:file:\/\/)?\/[^():]+|[A-Za-z]:\\[^():]+):(\d+):(\d+)\)?$/;
/** Node puts the place of a syntax error before the stack. */
const headline = /^((?:file:\/\/)?\/[^:\n]+):(\d+)\n/;

/** The innermost frame of a stack in the program's own files. */
export function positionIn(stack: string, programDir: string): SourcePosition | undefined {
  const head = headline.exec(stack);
  if (head !== null) {
    const file = toPath(head[1] ?? "");
    if (isProgramFile(file)) return { file: relativeFile(programDir, file), line: Number(head[2]), column: 1 };
  }
  for (const line of stack.split("\n")) {
    const match = /^\s*at /.test(line) ? frame.exec(line.trim()) : null;
    if (match === null) continue;
    const file = toPath(match[1] ?? "");
    if (isProgramFile(file)) {
      return { file: relativeFile(programDir, file), line: Number(match[2]), column: Math.max(1, Number(match[3])) };
    }
  }
  return undefined;
}

function toPath(file: string): string {
  return file.startsWith("file:") ? fileURLToPath(file) : file;
}
