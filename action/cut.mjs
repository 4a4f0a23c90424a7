/**
 * The beginning of a Markdown text, up to a whole line: what is open there is closed, and a last line says where the rest is.
 *
 * @param {string} text
 * @param {number} limit most characters of the result
 * @param {string} pointer the last line, where something was cut
 */
export function cut(text, limit, pointer) {
  if (text.length <= limit) return text;
  /** @type {string[]} */
  const kept = [];
  let length = pointer.length + 2;
  /** What must still be closed, innermost last. @type {string[]} */
  let open = [];
  for (const line of text.split("\n")) {
    const after = opened(open, line);
    const closing = after.reduce((sum, each) => sum + each.length + 2, 0);
    if (length + line.length + 1 + closing > limit) break;
    kept.push(line);
    length += line.length + 1;
    open = after;
  }
  return [...kept, ...open.toReversed().map(each => `\n${each}`), "", pointer].join("\n");
}

/**
 * @param {readonly string[]} open
 * @param {string} line
 */
function opened(open, line) {
  const fence = open.at(-1)?.startsWith("`") ? open.at(-1) : undefined;
  if (fence !== undefined) return line.trimEnd() === fence ? open.slice(0, -1) : [...open];
  const opens = /^(`{3,})/.exec(line)?.[1];
  if (opens !== undefined) return [...open, opens];
  const details = line.split("<details").length - 1;
  const closed = line.split("</details>").length - 1;
  const rest = [...open, ...Array.from({ length: details }, () => "</details>")];
  return rest.slice(0, Math.max(0, rest.length - closed));
}
