import type { PreviewResult, ResourceRecord } from "../result.js";
import { lower } from "../value.js";
import type { Comparison } from "./comparison.js";
import { contractChanges } from "./contract.js";
import { differences } from "./difference.js";
import { findRenames } from "./rename.js";
import { isAutonamed, replacingPaths } from "./replacement.js";

type Side = Pick<PreviewResult, "resources" | "outputs">;

/** What changes from one evaluation of a stack to another, by URN. */
export function compareResults(base: Side, head: Side, ref: { base: string; baseCommit: string }): Comparison {
  const before = new Map(comparable(base).map(resource => [resource.urn, resource]));
  const kept: { from: ResourceRecord; to: ResourceRecord }[] = [];
  const added: ResourceRecord[] = [];
  for (const to of comparable(head)) {
    const urn = [to.urn, ...to.aliases].find(candidate => before.has(candidate));
    const from = urn === undefined ? undefined : before.get(urn);
    if (from === undefined || urn === undefined) added.push(to);
    else {
      kept.push({ from, to });
      before.delete(urn);
    }
  }
  const removed = [...before.values()];
  const renamed = findRenames(removed, added);
  const [gone, come] = [new Set(renamed.map(({ from }) => from)), new Set(renamed.map(({ to }) => to))];

  const changes = kept
    .map(({ from, to }) => ({ from, to, paths: changedPaths(from, to) }))
    .filter(({ paths }) => paths.length > 0);
  return {
    ...ref,
    added: added.filter(resource => !come.has(resource)).map(named),
    removed: removed.filter(resource => !gone.has(resource)).map(named),
    changed: changes.map(({ to, paths }) => ({ ...named(to), paths })),
    renamed: renamed.map(({ from, to }) => ({ from: named(from), to: named(to) })),
    unprotected: kept.flatMap(({ from, to }) => {
      const lost = (["protect", "retainOnDelete"] as const).filter(option => from[option] && !to[option]);
      return lost.length > 0 ? [{ ...named(to), lost }] : [];
    }),
    replaced: changes.flatMap(({ from, to, paths }) => {
      const replacing = replacingPaths(from, to, paths);
      return replacing.length > 0 ? [{ ...named(to), paths: replacing }] : [];
    }),
    ...contractChanges(base.outputs, head.outputs),
  };
}

/** Default providers carry the SDK's version in their name: they come and go with every upgrade and mean nothing. */
function comparable({ resources }: Side): ResourceRecord[] {
  return resources.filter(
    ({ type, name }) =>
      type !== "pulumi:pulumi:Stack" && !(type.startsWith("pulumi:providers:") && name.startsWith("default")),
  );
}

function named({ urn, type, name }: ResourceRecord): { urn: string; type: string; name: string } {
  return { urn, type, name };
}

function changedPaths(from: ResourceRecord, to: ResourceRecord): string[] {
  const paths = differences(lower(from.inputs, true), lower(to.inputs, true));
  // Its name is made from its contents: the change is what made it change.
  return isAutonamed(from) && isAutonamed(to) ? paths.filter(path => path !== "/metadata/name") : paths;
}
