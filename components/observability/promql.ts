/** What a PromQL expression is made of, as far as a test of names needs it. */

const keywords = new Set(["and", "or", "unless", "bool", "offset", "inf", "nan", "atan2"]);

/** Labels in parentheses belong to the word before them, and are no metrics. */
const labelLists = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;

/** The names of the metrics that an expression reads, each once, sorted. */
export function metricsOf(expr: string): string[] {
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\{[^}]*\}/g, " ")
    .replace(/\[[^\]]*\]/g, " ")
    .replace(labelLists, " ");
  const found = [...bare.matchAll(/(?<![\w.:])([a-zA-Z_:][\w:]*)(\s*\()?/g)]
    // A word before a parenthesis is a function, except after a label list, which is gone by now.
    .filter(([, word, call]) => call === undefined && !keywords.has((word ?? "").toLowerCase()))
    .map(([, word]) => word ?? "")
    // Durations such as 10m begin with a digit; what follows `offset` does too.
    .filter(word => word !== "");
  return [...new Set(found)].sort();
}
