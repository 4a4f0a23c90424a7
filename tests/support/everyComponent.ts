import { join } from "node:path";
import { runPreview } from "../../preview/host";
import type { PreviewResult } from "../../preview/result";
import { buildPreview } from "../preview/host/support";

let result: Promise<PreviewResult> | undefined;

/** Every component in both forms, evaluated by the hermetic preview: with URNs, unknowns and providers as the engine has them. Once. */
export function everyComponent(): Promise<PreviewResult> {
  if (result === undefined) {
    buildPreview();
    const programDir = join(__dirname, "../fixtures/contract");
    result = runPreview({ programDir, stack: "production", policyPacks: [] });
  }
  return result;
}

/** The URN of the component of this name and those of everything below it. */
export function urnsBelow(
  resources: readonly { urn: string; type: string; parent?: string }[],
  name: string,
): Set<string> {
  const own = resources.filter(({ urn, type }) => type.startsWith("bulkhead:") && urn.endsWith(`::${name}`));
  const urns = new Set(own.map(({ urn }) => urn));
  // Parents are registered before their children.
  for (const { urn, parent } of resources) if (parent !== undefined && urns.has(parent)) urns.add(urn);
  return urns;
}
