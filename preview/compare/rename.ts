import type { ResourceRecord } from "../result.js";
import { leaves } from "./difference.js";

/** Share of equal leaves from which on two resources are taken for one that was renamed. */
const alike = 0.7;
/** Comparing every removed with every added resource of a type is quadratic. */
const mostCandidates = 200;

export interface Rename {
  from: ResourceRecord;
  to: ResourceRecord;
}

/** Pairs of a removed and an added resource of one type whose inputs say much the same, the best pairs first. */
export function findRenames(removed: readonly ResourceRecord[], added: readonly ResourceRecord[]): Rename[] {
  const pairs = removed.slice(0, mostCandidates).flatMap(from =>
    added
      .filter(to => to.type === from.type)
      .slice(0, mostCandidates)
      .map(to => ({ from, to, likeness: likeness(from, to) })),
  );
  pairs.sort((a, b) => b.likeness - a.likeness);
  const taken = new Set<ResourceRecord>();
  const renames: Rename[] = [];
  for (const { from, to, likeness: share } of pairs) {
    if (share < alike || taken.has(from) || taken.has(to)) continue;
    taken.add(from).add(to);
    renames.push({ from, to });
  }
  return renames;
}

/** 0 to 1, the resource's own name not counted as a difference. */
function likeness(from: ResourceRecord, to: ResourceRecord): number {
  const renamed = new Set(leaves(from.inputs).map(leaf => leaf.replaceAll(from.name, to.name)));
  const others = new Set(leaves(to.inputs));
  const all = new Set([...renamed, ...others]);
  // Components without inputs say nothing about themselves.
  if (all.size === 0) return from.custom ? 1 : 0;
  return [...renamed].filter(leaf => others.has(leaf)).length / all.size;
}
