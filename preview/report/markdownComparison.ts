import type { Comparison } from "../compare/comparison.js";
import type { Block } from "./markdownBlocks.js";
import { code, escapeHtml, escapeMarkdown } from "./markdownText.js";

/** What a pull request changes, the dangerous kinds in an open block of their own. */
export function comparisonBlocks(title: string, comparison: Comparison): Block[] {
  const { contract, replaced, unprotected, renamed, removed, changed, added, addedOutputs, base } = comparison;
  const object = ({ type, name }: { type: string; name: string }): string => `${code(name)} ${escapeMarkdown(type)}`;
  const dangers = [
    ...contract.map(
      ({ path, change, from, to }) =>
        `output ${code(path)} ${change}: ${code(from)}${to === undefined ? "" : ` → ${code(to)}`}`,
    ),
    ...unprotected.map(item => `${object(item)} loses ${item.lost.join(" and ")}`),
    ...replaced.map(item => `${object(item)} will be replaced: ${item.paths.map(code).join(", ")}`),
    ...renamed.map(
      ({ from, to }) => `${object(from)} becomes ${code(to.name)} without an alias: deleted and created anew`,
    ),
    ...removed.map(item => `${object(item)} is removed`),
  ];
  const others = [
    ...changed.map(
      item =>
        `${object(item)} changes: ${item.paths.slice(0, 8).map(code).join(", ")}${item.paths.length > 8 ? " …" : ""}`,
    ),
    ...added.map(item => `${object(item)} is added`),
    ...addedOutputs.map(name => `output ${code(name)} is added`),
  ];
  const against = `${escapeHtml(title)} against <code>${escapeHtml(base)}</code>`;
  const foot = "This compares two commits; it is not a diff against live state.";
  const block = (heading: string, open: boolean, items: string[]): Block[] =>
    items.length === 0 ? [] : [{ title: heading, open, items: items.map(item => `- ${item}`), foot }];
  return [
    ...block(`${against}: ${dangers.length} to look at`, true, dangers),
    ...block(`${against}: ${changed.length} changed, ${added.length} added`, false, others),
  ];
}
