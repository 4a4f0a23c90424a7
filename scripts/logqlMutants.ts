import type { Mutant } from "./promqlMutants";

/**
 * LogQL as our rules use it, token by token. What is not known here is an error, so that nothing is left unchanged unnoticed.
 */
const tokens =
  /(?<text>"(?:[^"\\]|\\.)*")|(?<duration>\d+[smhd]\b)|(?<number>\d+(?:\.\d+)?)|(?<word>[A-Za-z_]\w*)|(?<operator>>=|<=|==|!=|=~|!~|[=<>|(){}[\],])|(?<space>\s+)/gy;

interface Token {
  kind: string;
  text: string;
  from: number;
  to: number;
}

function tokensOf(expr: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  for (const match of expr.matchAll(tokens)) {
    const [kind = ""] =
      Object.entries<string | undefined>(match.groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    if (kind !== "space") found.push({ kind, text: match[0], from: match.index, to: match.index + match[0].length });
    at = match.index + match[0].length;
  }
  if (at !== expr.length) throw new Error(`this LogQL is not known: ${expr.slice(at)}`);
  return found;
}

/** Other words and operators that one may have meant. */
const others: Readonly<Record<string, readonly string[]>> = {
  ">=": [">", "<"],
  ">": [">=", "<"],
  "=": ["!="],
  "!=": ["="],
  "=~": ["!~"],
  "!~": ["=~"],
  sum: ["max", "avg", "count"],
  by: ["without"],
  count_over_time: ["rate", "bytes_over_time"],
  absent_over_time: ["count_over_time"],
  unless: ["and", "or"],
  or: ["and"],
};

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Alternatives of a regular expression, each left out; else another text. */
function texts(text: string): string[] {
  const alternatives = text.slice(1, -1).split("|");
  const fewer =
    alternatives.length < 2
      ? []
      : alternatives.map((_, index) => `"${alternatives.filter((__, other) => other !== index).join("|")}"`);
  return [`${text.slice(0, -1)}_"`, ...fewer];
}

function replacements({ kind, text }: Token): readonly string[] {
  switch (kind) {
    case "text":
      return texts(text);
    case "duration":
      return [2, 0.5].map(factor => `${Number(text.slice(0, -1)) * (seconds[text.at(-1) ?? ""] ?? 0) * factor}s`);
    case "number":
      // What is counted is whole.
      return [`${Number(text) + 1}`, `${Number(text) - 1}`];
    default:
      return others[text] ?? [];
  }
}

/** Stretches of the expression that can be left out: a filter, an offset, one of several labels. */
function parts(expr: string, all: readonly Token[]): { from: number; to: number }[] {
  return all.flatMap((token, index) => {
    if (token.text === "offset") return { from: token.from, to: all[index + 1]?.to ?? token.to };
    if (token.text === "|") {
      const end = all.slice(index + 1).find(({ text }) => text === "|" || text === "[");
      return { from: token.from, to: end?.from ?? token.to };
    }
    if ((token.text !== "by" && token.text !== "on") || all[index + 1]?.text !== "(") return [];
    const close = all.findIndex(({ text }, other) => other > index && text === ")");
    const labels = all.slice(index + 2, close).filter(({ kind }) => kind === "word");
    if (labels.length < 2) return [];
    return labels.map((label, place) =>
      place === 0
        ? { from: label.from, to: labels[1]?.from ?? label.to }
        : { from: labels[place - 1]?.to ?? 0, to: label.to },
    );
  });
}

/** Every change of one operator, number, window, matcher, filter, aggregation or label of a LogQL expression. */
export function logMutantsOf(expr: string): Mutant[] {
  const all = tokensOf(expr);
  const found = new Map<string, Mutant>();
  const add = (from: number, to: number, other: string) => {
    const changed = `${expr.slice(0, from)}${other}${expr.slice(to)}`;
    const change = `${expr.slice(from, to).trim()} → ${other || "nothing"}`;
    if (changed !== expr && !found.has(changed)) found.set(changed, { expr: changed, change });
  };
  for (const token of all) for (const other of replacements(token)) add(token.from, token.to, other);
  for (const { from, to } of parts(expr, all)) add(from, to, "");
  return [...found.values()];
}
