import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type Document, isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { PreviewError } from "../errors.js";
import type { SourcePosition } from "../finding.js";

/** A YAML file with the places of what it says. */
export interface YamlFile {
  /** File name, for messages. */
  name: string;
  value: unknown;
  /** Where the value at a path stands; of its key, where it has one. */
  position(path: (string | number)[]): SourcePosition | undefined;
}

/**
 * @throws PreviewError (usage) with file and line where the text is not YAML
 */
export function readYamlFile(file: string): YamlFile {
  const name = basename(file);
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new PreviewError("usage", `${name} is not valid YAML: ${error.message}`, {
      source: { file: name, line, column: col },
    });
  }
  return {
    name,
    value: document.toJS({ maxAliasCount: 100 }) as unknown,
    position: path => {
      const offset = offsetOf(document, path);
      if (offset === undefined) return undefined;
      const { line, col } = lines.linePos(offset);
      return { file: name, line, column: col };
    },
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : "cannot be read";
    throw new PreviewError("usage", `${file} ${reason}`);
  }
}

function offsetOf(document: Document, path: (string | number)[]): number | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const last = path.at(-1);
  if (isMap(parent)) {
    const key = parent.items.map(pair => pair.key).find(candidate => isScalar(candidate) && candidate.value === last);
    if (isScalar(key)) return key.range?.[0];
  }
  const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
  return node?.range?.[0];
}
