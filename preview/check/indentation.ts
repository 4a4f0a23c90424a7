import { YAMLException } from "js-yaml";

/** Characters that are read again and again, at most: of a document of 50,000, for 400 of its lines. */
const mostCharacters = 20_000_000;

/**
 * Reads YAML in which lines of a quoted text or of a list or map in brackets stand further left than YAML allows, and Kubernetes does not
 * mind: `args: [`, the words, and `]` below `args`. Their indentation means nothing, so they are indented, one by one as the reader finds them.
 *
 * @returns the value, and the text as it was read: columns in lines that were indented are not those of the file, lines are
 * @throws the first fault, where there is another one or there are too many
 */
export function readIndented<T>(text: string, read: (text: string) => T): { text: string; value: T } {
  let indented = text;
  let fault: unknown;
  let indent: string | undefined;
  for (let characters = 0; characters <= mostCharacters; characters += indented.length) {
    try {
      return { text: indented, value: read(indented) };
    } catch (error) {
      fault ??= error;
      if (!(error instanceof YAMLException) || error.reason !== "deficient indentation") throw fault;
      const line = indented.lastIndexOf("\n", (error.mark?.position ?? 0) - 1) + 1;
      indent ??= deepest(text);
      indented = `${indented.slice(0, line)}${indent}${indented.slice(line)}`;
    }
  }
  throw fault;
}

/** Spaces beyond the column of every key: `- - a` has its key in the fifth. */
function deepest(text: string): string {
  let most = 0;
  for (const [run] of text.matchAll(/^[ ?-]+/gm)) most = Math.max(most, run.length);
  return " ".repeat(most + 1);
}
