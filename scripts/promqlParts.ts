import { parser } from "@prometheus-io/lezer-promql";

/** What an expression reads: each selector as it is written, without its window. */
export interface Selector {
  text: string;
  metric: string;
  /** Matchers as they are written, such as `status=~"5.."`. */
  matchers: string[];
}

/** The selectors of an expression, each once. @throws Error for what is no PromQL */
export function selectorsOf(expr: string): Selector[] {
  const found = new Map<string, Selector>();
  parser.parse(expr).iterate({
    enter: ({ node }) => {
      if (node.type.isError) throw new Error(`this is no PromQL: ${expr}`);
      if (node.name !== "VectorSelector") return;
      const text = expr.slice(node.from, node.to);
      const name = node.getChild("Identifier");
      const matchers = (node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? []).map(({ from, to }) =>
        expr.slice(from, to),
      );
      found.set(text, { text, metric: name === null ? "" : expr.slice(name.from, name.to), matchers });
    },
  });
  return [...found.values()];
}

/** Labels that an expression groups or joins by, each once. */
export function groupingLabelsOf(expr: string): string[] {
  const found = new Set<string>();
  parser.parse(expr).iterate({
    enter: ({ node }) => {
      if (node.name === "GroupingLabels")
        for (const { from, to } of node.getChildren("LabelName")) found.add(expr.slice(from, to));
    },
  });
  return [...found];
}
