/** Names suggested at most. */
const most = 3;

/** Edits that turn one text into the other: an insertion, a removal or another character each. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Longer input is no mistyped name. */
const longest = 300;

/** The names that were most likely meant: those that share a word with what was given before those that are spelled alike. */
export function nearest(given: string, names: readonly string[]): string[] {
  const text = given.slice(0, longest).toLowerCase();
  const words = text.split(/[^a-z0-9]+/).filter(word => word.length > 2);
  const scored = names.map(name => {
    const lower = name.toLowerCase();
    const shared = words.filter(word => lower.includes(word)).length;
    return { name, score: distance(text, lower.slice(0, longest)) - 6 * shared };
  });
  return scored
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}
