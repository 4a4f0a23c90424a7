/** CEL with one change. */
export interface CelMutant {
  expression: string;
  /** `… exists → all …` with what stands around it. */
  change: string;
}

interface Token {
  text: string;
  start: number;
}

/** Strings as JSON writes them, numbers, names, operators of CEL; what is none of them is white space. */
const lexeme = /"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?|\w+|\.\?|\[\?|&&|\|\||[=!<>]=|[^\s\w]/g;

const others: Record<string, readonly string[]> = {
  "&&": ["||"],
  "||": ["&&"],
  "==": ["!="],
  "!=": ["=="],
  "<": [">=", "<="],
  "<=": [">", "<"],
  ">": ["<=", ">="],
  ">=": ["<", ">"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "!": [""],
  true: ["false"],
  false: ["true"],
  all: ["exists"],
  exists: ["all"],
  startsWith: ["endsWith"],
  endsWith: ["startsWith"],
};

const closers: Record<string, string> = { "(": ")", "[": "]", "[?": "]", "{": "}" };

function isOpening({ text }: Token): boolean {
  return text in closers;
}

function isClosing({ text }: Token): boolean {
  return text === ")" || text === "]" || text === "}";
}

/** Index of the token that closes what this one opens. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (isOpening(token)) depth++;
    else if (isClosing(token) && --depth === 0) return index;
  }
  throw new Error(`nothing closes ${tokens[open]?.text ?? ""}`);
}

/** Whether this token closes a list with one element in it: `[text].exists(text, …)`. */
function isListOfOne(tokens: readonly Token[], close: number): boolean {
  let depth = 0;
  for (let index = close; index >= 0; index--) {
    const token = tokens[index];
    if (token === undefined || (index === close && token.text !== "]")) return false;
    if (depth === 1 && token.text === ",") return false;
    if (isClosing(token)) depth++;
    else if (isOpening(token) && --depth === 0) {
      const before = tokens[index - 1]?.text ?? "";
      // After a name it is an index.
      return token.text === "[" && index + 1 < close && !/^[\w)\]]/.test(before);
    }
  }
  return false;
}

/** Index of the first token of what a `?` asks: it begins after what opens the expression that it stands in, or after a comma or colon there. */
function conditionStart(tokens: readonly Token[], question: number): number {
  let depth = 0;
  for (let index = question - 1; index >= 0; index--) {
    const token = tokens[index];
    if (token === undefined) break;
    if (isClosing(token)) depth++;
    else if (isOpening(token) && depth-- === 0) return index + 1;
    else if (depth === 0 && [",", ":", "?"].includes(token.text)) return index + 1;
  }
  return 0;
}

/** Every change of one operator, constant, macro, filter or condition. */
export function celMutants(expression: string): CelMutant[] {
  const tokens: Token[] = [...expression.matchAll(lexeme)].map(({ 0: text, index }) => ({ text, start: index }));
  const end = (index: number): number => (tokens[index]?.start ?? 0) + (tokens[index]?.text.length ?? 0);
  const changed = (from: number, to: number, text: string): CelMutant => ({
    expression: expression.slice(0, from) + text + expression.slice(to),
    change:
      `${expression.slice(Math.max(0, from - 40), from)}⟦${expression.slice(from, to)} → ${text}⟧${expression.slice(to, to + 30)}`.replaceAll(
        /\s+/g,
        " ",
      ),
  });
  return tokens.flatMap(({ text, start }, index) => {
    const whole = (other: string) => changed(start, end(index), other);
    const next = tokens[index + 1];
    if (text === "?") {
      const from = tokens[conditionStart(tokens, index)]?.start ?? 0;
      const condition = expression.slice(from, start).trim();
      return ["true", "false"].map(other => changed(from, from + condition.length, other));
    }
    // What a filter keeps: its condition, after the name of what it looks at.
    if (text === "filter" && next?.text === "(") {
      const from = tokens[index + 4]?.start ?? 0;
      const to = tokens[closing(tokens, index + 1)]?.start ?? 0;
      return ["true", "false"].map(other => changed(from, to, other));
    }
    if (text === "has" && next?.text === "(") {
      return ["true", "false"].map(other => changed(start, end(closing(tokens, index + 1)), other));
    }
    // In a list of one, all and some are the same: that is how CEL gives a value a name.
    if (text === "exists" && isListOfOne(tokens, index - 2)) return [];
    // Text of several words is a message. What is put before a path or a pattern changes it more surely than what is put behind.
    if (text.startsWith('"')) return text.includes(" ") ? [] : [whole(`"_${text.slice(1)}`)];
    if (/^\d+$/.test(text)) return [whole(`${Number(text) + 1}`)];
    if (/^\d+\.\d+$/.test(text)) return [whole(`${Number(text) + 1}`.replace(/^(\d+)$/, "$1.0"))];
    return Object.hasOwn(others, text) ? (others[text] ?? []).map(whole) : [];
  });
}
