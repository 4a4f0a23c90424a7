import { dirname, isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { StackTrace, SourcePosition as WirePosition } from "@pulumi/pulumi/proto/source_pb";
import type { SourcePosition } from "../finding.js";

/** The folder of this build: its own frames are under every one-process program. */
const hostFolder = dirname(__dirname) + sep;

/** Path relative to the program's folder, with slashes, so that reports are the same on every machine. */
export function relativeFile(programDir: string, file: string): string {
  const path = relative(programDir, file);
  return isAbsolute(path) ? file : path.split(sep).join("/");
}

/** Whether a file is the user's to change: not a dependency, not Node, not this host. */
export function isProgramFile(file: string): boolean {
  return isAbsolute(file) && !file.includes(`${sep}node_modules${sep}`) && !file.startsWith(hostFolder);
}

interface Frame extends SourcePosition {
  path: string;
}

function toFrame(programDir: string, position: WirePosition | undefined): Frame | undefined {
  if (position === undefined || position.getLine() < 1) return undefined;
  const uri = position.getUri();
  let path: string;
  try {
    path = uri.startsWith("file:") ? fileURLToPath(uri) : uri;
  } catch {
    return undefined;
  }
  return {
    path,
    file: relativeFile(programDir, path),
    line: position.getLine(),
    column: Math.max(1, position.getColumn()),
  };
}

function publish(frame: Frame | undefined): SourcePosition | undefined {
  return frame && { file: frame.file, line: frame.line, column: frame.column };
}

/**
 * Where a resource was declared: the innermost frame outside the dependencies (SDK classes such as the Kubernetes `Provider` construct
 * on the program's behalf), and the outermost frame in the program.
 */
export function positionsOf(
  programDir: string,
  position: WirePosition | undefined,
  trace: StackTrace | undefined,
): { source: SourcePosition | undefined; programSource: SourcePosition | undefined } {
  const frames = [position, ...(trace?.getFramesList() ?? []).map(frame => frame.getPc())]
    .map(wire => toFrame(programDir, wire))
    .filter(frame => frame !== undefined)
    .filter(frame => isProgramFile(frame.path));
  return { source: publish(frames[0]), programSource: publish(frames.at(-1)) };
}

export function formatPosition(position: SourcePosition | undefined): string {
  return position === undefined ? "an unknown place" : `${position.file}:${position.line}:${position.column}`;
}
