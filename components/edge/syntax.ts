/** Lines of nginx configuration, without their surrounding indentation. */
export type Lines = readonly string[];

/** A block: its head, and its body indented. */
export function block(head: string, ...body: readonly Lines[]): string[] {
  return [`${head} {`, ...body.flat().map(line => `  ${line}`), "}"];
}

/** A block whose entries are `source value;` pairs, such as `map` and `geo`. Sources must be quoted already. */
export function table(head: string, ...entries: readonly (readonly [source: string, value: string])[]): string[] {
  return block(
    head,
    entries.map(([source, value]) => `${source} ${value};`),
  );
}

// nginx reads \" \' and \\ inside quotes, and turns \t, \r and \n into control characters: so every backslash is doubled.
const escaped = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

/**
 * A literal string. nginx has no escape for `$`, which starts a variable.
 *
 * @throws RangeError for a `$` or a control character: whoever passes one has not checked his argument
 */
export function quote(text: string): string {
  if (/[$\x00-\x1f\x7f]/.test(text)) throw new RangeError(`cannot be written to nginx.conf: ${JSON.stringify(text)}`);
  return escaped(text);
}

/** A regular expression, where nginx takes one: `location ~`, `map`, `if`. Quoted, because of `{`, `}` and `;`. */
export const pattern = (operator: "~" | "~*", regex: string) => escaped(`${operator}${regex}`);

/** A regular expression behind an operator that stands alone: `location ~* "…"`. */
export const regex = (source: string) => escaped(source);

/** The text as it stands in a regular expression that matches it and nothing else. */
export const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
