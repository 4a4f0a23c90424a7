import { PreviewError } from "../errors.js";

/** One YAML or JSON document of a file. */
export interface SourceText {
  /** As the reports name it; `<stdin>` for standard input. */
  file: string;
  text: string;
  /** Line of the file that `text` starts on, from 1. */
  firstLine: number;
  /** Column of that line that `text` starts at, from 1. */
  firstColumn: number;
  isJson: boolean;
}

/** Line and column in the file of an offset in a document's text. */
export function positionAt(source: SourceText, offset: number): { file: string; line: number; column: number } {
  let line = 0;
  let lineStart = 0;
  for (let end = source.text.indexOf("\n"); end !== -1 && end < offset; end = source.text.indexOf("\n", end + 1)) {
    line++;
    lineStart = end + 1;
  }
  const column = offset - lineStart + (line === 0 ? source.firstColumn : 1);
  return { file: source.file, line: source.firstLine + line, column };
}

/** An unreadable document: exit code 2, naming its place. */
export function unreadable(source: SourceText, offset: number, reason: string): PreviewError {
  const place = positionAt(source, offset);
  return new PreviewError("usage", `${place.file}:${place.line}:${place.column}: ${reason}`, { source: place });
}

/**
 * The documents of a YAML stream. A line that starts with `---` can be nothing but a marker: YAML forbids it inside any scalar at that
 * column, so no parsing is needed to find them.
 */
export function splitYaml(file: string, text: string): SourceText[] {
  const documents: SourceText[] = [];
  let start = 0;
  let firstLine = 1;
  const push = (end: number): void => {
    const part = text.slice(start, end);
    // Directives (`%YAML 1.1`) belong to the document after the marker.
    if (/^%/.test(part) && !/^[^\S\n]*[^\s%#]/m.test(part)) return;
    if (hasContent.test(part)) documents.push({ file, text: part, firstLine, firstColumn: 1, isJson: false });
    firstLine += countLines(part);
    start = end;
  };
  for (const marker of text.matchAll(/^---(?=\s|$)/gm)) if (marker.index > 0) push(marker.index);
  push(text.length);
  return documents;
}

/** A line that is more than a comment or a marker. */
const hasContent = /^(?!---[^\S\n]*(?:#|$)|\.\.\.[^\S\n]*$)[^\S\n]*[^\s#]/m;

function countLines(text: string): number {
  let lines = 0;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) lines++;
  return lines;
}
