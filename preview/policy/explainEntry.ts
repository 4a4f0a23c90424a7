import { createRequire } from "node:module";
import { PreviewError } from "../errors.js";
import type { RuleInfo } from "../result.js";
import { isObject } from "../value.js";
import { type JudgedResource, loadFindings } from "./findingsEntry.js";
import type { Pack } from "./pack.js";

const load = createRequire(__filename);

/** What a pack says of a rule. All but the first members are there only for packs with an `./explain` entry. */
export interface Explanation extends Omit<RuleInfo, "level" | "tags"> {
  why?: string;
  /** By environment; under "here" for a pack that knows no environments. */
  levels: Record<string, string>;
  reads?: string[];
  refused?: { what: string; code: string };
  accepted?: { code: string };
  alsoRefused?: string[];
  alsoAccepted?: string[];
  parameters?: { name: string; type: string; default: unknown; description: string }[];
  exception?: string;
  elsewhere?: Record<string, string[]>;
  page?: string;
}

/** A rule that judged a resource. */
export interface AppliedRule {
  id: string;
  title: string;
  level: string;
  scope: "resource" | "stack";
}

interface ExplainEntry {
  explain(id: string): Omit<Explanation, "pack"> | undefined;
  appliedTo(resource: JudgedResource, config: Pack["config"]): AppliedRule[];
}

function entryOf(pack: Pack): ExplainEntry | undefined {
  if (pack.explain === undefined) return undefined;
  const module: unknown = load(pack.explain);
  if (isObject(module) && typeof module["explain"] === "function" && typeof module["appliedTo"] === "function") {
    return module as unknown as ExplainEntry;
  }
  throw new PreviewError("internal", `policy pack ${pack.name}: ./explain must export explain() and appliedTo()`);
}

export function ruleIds(packs: readonly Pack[]): string[] {
  return packs.flatMap(pack => loadFindings(pack).rules.map(({ id }) => id));
}

/** The first pack's rule of this id. */
export function explainRule(packs: readonly Pack[], id: string): Explanation | undefined {
  for (const pack of packs) {
    const told = entryOf(pack)?.explain(id);
    if (told !== undefined) return { ...told, pack: pack.name };
    const info = loadFindings(pack).rules.find(rule => rule.id === id);
    if (info === undefined) continue;
    const { title, severity, level, docs, remediation } = info;
    const more = { ...(docs !== undefined && { docs }), ...(remediation !== undefined && { remediation }) };
    return { id, pack: pack.name, title, severity, levels: { here: level }, ...more };
  }
  return undefined;
}

/** Every rule that judged the resource, as far as the packs say; what else found something there, its findings tell. */
export function appliedRules(packs: readonly Pack[], resource: JudgedResource): AppliedRule[] {
  return packs.flatMap(pack => entryOf(pack)?.appliedTo(resource, pack.config) ?? []);
}
