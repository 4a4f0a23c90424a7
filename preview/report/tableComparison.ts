import type { Comparison } from "../compare/comparison.js";
import { hang, harmless, type Style } from "./style.js";

const longestList = 20;

/** What changes from the base commit; the dangerous kinds first. */
export function comparisonLines(comparison: Comparison, style: Style, width: number): string[] {
  const { contract, replaced, unprotected, renamed, removed, changed, added, addedOutputs } = comparison;
  const lines = [
    ...list(contract, ({ path, change, from, to }) =>
      style.red(
        harmless(
          `  ! output ${path} ${change}${to === undefined ? ` (was ${from})` : ` from ${from} to ${to}`}: breaks its readers`,
        ),
      ),
    ),
    ...list(unprotected, ({ name, type, lost }) =>
      style.red(harmless(`  ! ${type} ${name} loses ${lost.join(" and ")}`)),
    ),
    ...list(replaced, ({ name, type, paths }) =>
      style.red(harmless(`  ! ${type} ${name} will be replaced: ${paths.join(", ")}`)),
    ),
    ...list(renamed, ({ from, to }) =>
      style.yellow(harmless(`  ± ${from.type} ${from.name} → ${to.name} without an alias: deleted and created anew`)),
    ),
    ...list(removed, ({ name, type }) => style.red(harmless(`  - ${type} ${name}`))),
    ...list(changed, ({ name, type, paths }) => style.yellow(harmless(`  ~ ${type} ${name}: ${shortList(paths)}`))),
    ...list(added, ({ name, type }) => style.green(harmless(`  + ${type} ${name}`))),
    ...list(addedOutputs, name => style.green(harmless(`  + output ${name}`))),
  ];
  const nothing = lines.length === 0 ? ["  no change"] : lines;
  return [
    ...nothing,
    ...hang("  ", "This compares two commits; it is not a diff against live state.", width - 2).map(style.dim),
  ];
}

function list<T>(items: readonly T[], line: (item: T) => string): string[] {
  const shown = items.slice(0, longestList).map(line);
  return items.length > longestList ? [...shown, `    … and ${items.length - longestList} more of these`] : shown;
}

function shortList(paths: readonly string[]): string {
  return paths.length > 4 ? `${paths.slice(0, 4).join(", ")} and ${paths.length - 4} more` : paths.join(", ");
}
