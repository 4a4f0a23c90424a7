import { parser } from "@prometheus-io/lezer-promql";

type Node = ReturnType<typeof parser.parse>["topNode"];

/** An expression with one change. */
export interface Mutant {
  expr: string;
  /** `sum → max` */
  change: string;
}

/** Other tokens that an operator, aggregation or function may have meant. */
const others: Readonly<Record<string, readonly string[]>> = {
  Gtr: [">=", "<"],
  Gte: [">", "<="],
  Lss: ["<=", ">"],
  Lte: ["<", ">="],
  Eql: ["!="],
  Neq: ["=="],
  Add: ["-"],
  Sub: ["+"],
  Mul: ["/"],
  Div: ["*"],
  And: ["or", "unless"],
  Or: ["and", "unless"],
  Unless: ["and", "or"],
  Sum: ["max", "avg", "count"],
  Max: ["min", "sum"],
  Min: ["max", "sum"],
  Avg: ["max", "min"],
  Count: ["sum"],
  Rate: ["increase", "irate", "deriv"],
  Increase: ["rate", "delta"],
  MaxOverTime: ["min_over_time", "last_over_time"],
  AvgOverTime: ["max_over_time", "min_over_time"],
  Changes: ["resets"],
  By: ["without"],
};

const matchers: Readonly<Record<string, string>> = { "=": "!=", "!=": "=", "=~": "!~", "!~": "=~" };

/** Seconds of a duration such as `5m` or `1h30m`. */
function secondsOf(duration: string): number {
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  return [...duration.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, n, unit = "s"]) => sum + Number(n) * (units[unit] ?? 0),
    0,
  );
}

function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

/** The text of a list with one element less, once for each. */
function without(items: readonly string[], join: string): string[] {
  return items.map((_, index) => items.filter((__, other) => other !== index).join(join));
}

/** A number a tenth larger and smaller; a flag the other way round. */
function numbers(value: number): string[] {
  if (value === 0) return ["1"];
  if (value === 1) return ["0", "2"];
  return [value * 1.1, value * 0.9].map(n => String(Number(n.toPrecision(12))));
}

/** Alternatives of a regular expression, each left out; groups are not looked into. */
function regexes(text: string): string[] {
  const alternatives = text.slice(1, -1).split("|");
  if (alternatives.length < 2 || text.includes("(")) return [];
  return without(alternatives, "|").map(rest => `"${rest}"`);
}

function replacements(node: Node, text: string): string[] {
  const own = text.slice(node.from, node.to);
  const kids = childrenOf(node);
  const textOf = (kid: Node | undefined) => (kid === undefined ? "" : text.slice(kid.from, kid.to));
  switch (node.name) {
    case "BinaryExpr":
      return [textOf(kids[0]), textOf(kids.at(-1))];
    case "NumberDurationLiteral":
      return numbers(Number(own));
    case "NumberDurationLiteralInDurationContext":
      return [2, 0.5].map(factor => `${secondsOf(own) * factor}s`);
    case "OffsetExpr":
      return [textOf(kids[0])];
    case "LabelMatchers":
      return without(kids.map(textOf), ",").map(rest => `{${rest}}`);
    case "MatchOp":
      return [matchers[own] ?? ""].filter(Boolean);
    case "StringLiteral":
      if (node.parent?.name !== "UnquotedLabelMatcher") return [];
      return [`${own.slice(0, -1)}_"`, ...(/~/.test(textOf(childrenOf(node.parent)[1])) ? regexes(own) : [])];
    case "GroupingLabels":
      return without(kids.map(textOf), ", ").map(rest => `(${rest})`);
    case "FunctionCall":
      return textOf(kids[0]) === "abs" ? [textOf(kids[1])] : [];
    default:
      return [...(others[node.name] ?? [])];
  }
}

/** Every change of one operator, comparison, number, window, matcher, aggregation, label or function in an expression. */
export function mutantsOf(text: string): Mutant[] {
  const found = new Map<string, Mutant>();
  parser.parse(text).iterate({
    enter: ({ node }) => {
      if (node.type.isError) throw new Error(`this is no PromQL: ${text}`);
      for (const other of replacements(node, text)) {
        const own = text.slice(node.from, node.to);
        const expr = `${text.slice(0, node.from)}${other}${text.slice(node.to)}`;
        if (other !== own && !found.has(expr)) found.set(expr, { expr, change: `${own} → ${other}` });
      }
    },
  });
  return [...found.values()];
}
