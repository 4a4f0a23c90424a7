import { createRequire } from "node:module";
import type { LRParser } from "@lezer/lr";
import type { AlertGroup } from "./alert";
import { conditionOf } from "./rules";

/** The grammar of Prometheus' own editor. Loaded by who has an expression to check: most stacks have none of their own. */
const grammar = (): LRParser =>
  (createRequire(__filename)("@prometheus-io/lezer-promql") as { parser: LRParser }).parser;

function checkExpression(parser: LRParser, what: string, expr: string): void {
  let wrong: number | undefined;
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) wrong ??= from;
    },
  });
  if (wrong === undefined) return;
  throw new RangeError(`${what} must be PromQL, got ${expr}: wrong at ${expr.slice(wrong, wrong + 20) || "its end"}`);
}

/**
 * Reads a group's expressions: Prometheus does not start with one that is wrong. What a function takes is not checked.
 *
 * @throws RangeError naming the alert, and where its expression stops being one
 */
export function checkSyntax({ alerts, recordings = [] }: AlertGroup): void {
  const parser = grammar();
  for (const alert of alerts) checkExpression(parser, `alerts.${alert.name}.expr`, conditionOf(alert));
  for (const { record, expr } of recordings) checkExpression(parser, `recordings.${record}.expr`, expr);
}
