/** Breaks what would become a link, a mention or a reference to an issue; invisible to a reader. */
const gap = "\u200b";

/** One item of a list must not push out all others. */
const longestText = 800;

/**
 * Untrusted text inside a Markdown comment: it shows as written, and makes no HTML, no table cell, no link, no mention, no reference and no
 * heading. On one line, cut where it is far too long.
 */
export function escapeMarkdown(text: string): string {
  return inert(clip(text).replaceAll("&", "&amp;"))
    .replace(/[\\`*_[\]#|~]/g, "\\$&")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** The same for text inside an HTML element, where Markdown is not read but mentions and references still are. */
export function escapeHtml(text: string): string {
  return inert(clip(text).replaceAll("&", "&amp;"))
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function inert(text: string): string {
  return text
    .replaceAll("@", `@${gap}`)
    .replace(/#(?=\d)/g, `#${gap}`)
    .replace(/\bGH-(?=\d)/gi, `$&${gap}`)
    .replaceAll("://", `:${gap}//`)
    .replace(/\bwww(?=\.)/gi, `$&${gap}`);
}

/** A code span: nothing inside it is interpreted. A pipe would still end a table's cell. */
export function code(text: string): string {
  const inner = clip(text).replaceAll("|", "\\|");
  if (inner === "") return "";
  const longest = Math.max(0, ...[...inner.matchAll(/`+/g)].map(run => run[0].length));
  const fence = "`".repeat(longest + 1);
  const pad = inner.startsWith("`") || inner.endsWith("`") ? " " : "";
  return `${fence}${pad}${inner}${pad}${fence}`;
}

/** A link that can only lead to a web page; anything else stays text. */
export function link(label: string, url: string): string {
  return /^https?:\/\/[^\s<>]+$/.test(url) ? `[${escapeMarkdown(label)}](<${url}>)` : escapeMarkdown(label);
}

function clip(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  return line.length > longestText ? `${line.slice(0, longestText)} …` : line;
}
