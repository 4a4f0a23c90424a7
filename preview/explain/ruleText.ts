import type { Explanation } from "../policy/explainEntry.js";
import { hang, harmless, type Style, wrap } from "../report/style.js";

/** One rule for a person at a terminal. */
export function ruleText(rule: Explanation, style: Style, width: number): string {
  const { id, title, pack, severity, levels, why, remediation, reads = [], elsewhere = {}, parameters = [] } = rule;
  const names = Object.entries(levels).map(([environment, level]) => `${environment} ${level}`);
  return [
    `${style.bold(harmless(id))}  ${harmless(title)}`,
    ...wrap(harmless([severity, ...names, pack].join(" · ")), width).map(line => style.dim(line)),
    ...section("Why", paragraph(why, width), style),
    ...section("What to do", paragraph(remediation, width), style),
    ...section(
      "What it reads",
      reads.flatMap(field => hang("  ", harmless(field), width)),
      style,
    ),
    ...section(`Refused${rule.refused === undefined ? "" : `: ${rule.refused.what}`}`, code(rule.refused?.code), style),
    ...section("Accepted", code(rule.accepted?.code), style),
    ...section("Refused, too", list(rule.alsoRefused, width), style),
    ...section("Accepted, too", list(rule.alsoAccepted, width), style),
    ...section(
      "Parameters",
      parameters.flatMap(({ name, type, default: value, description }) =>
        hang("  ", harmless(`${name} (${type}, ${JSON.stringify(value)} by default): ${description}`), width),
      ),
      style,
    ),
    ...section("Exceptions, on the component or in the pack's configuration", paragraph(rule.exception, width), style),
    ...section(
      "The same idea elsewhere",
      Object.entries(elsewhere).flatMap(([tool, ids]) => hang("  ", harmless(`${tool}: ${ids.join(", ")}`), width)),
      style,
    ),
    ...section(
      "More",
      [rule.page, rule.docs].flatMap(place => (place === undefined ? [] : [`  ${harmless(place)}`])),
      style,
    ),
    "",
  ].join("\n");
}

export function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ["", style.bold(harmless(title)), ...lines];
}

function paragraph(text: string | undefined, width: number): string[] {
  return text === undefined ? [] : wrap(harmless(text), width - 2).map(line => `  ${line}`);
}

function code(text: string | undefined): string[] {
  return text === undefined ? [] : text.split("\n").map(line => `  ${harmless(line)}`);
}

function list(items: readonly string[] | undefined, width: number): string[] {
  return (items ?? []).flatMap(item => hang("  - ", harmless(item), width));
}
