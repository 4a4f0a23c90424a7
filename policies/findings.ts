/**
 * The pack without Pulumi: what `exports["./findings"]` offers. Loads neither @pulumi/policy nor @pulumi/pulumi, so that a host has
 * findings in milliseconds.
 */
import { type PackConfig, readConfig } from "./config.js";
import type { Finding, JudgedResource } from "./finding.js";
import { type Judgement, judgeWith } from "./judge.js";
import { remediate } from "./remediate.js";
import { rules } from "./rules/index.js";

export { type PackConfig, PackConfigError, readConfig } from "./config.js";
export type { Exception, Finding, JudgedResource, Level, PatchOperation, Severity, SourcePosition } from "./finding.js";
export { applyPatch } from "./patch.js";
export type { Rule } from "./rule.js";
export { rules };

/**
 * All findings of a stack.
 *
 * @param config What `--policy-pack-config` holds for the pack. Default: production.
 * @param now The day that exceptions expire by.
 * @throws PackConfigError when the configuration is wrong; never because of a resource.
 */
export function judge(
  resources: readonly JudgedResource[],
  config: PackConfig = {},
  now: Date = new Date(),
): Finding[] {
  return judgeWith({ rules, configured: readConfig(config, rules), now }, resources);
}

/**
 * The resource's inputs after every rule at level `remediate` has repaired what it can; the same object where there is nothing to repair.
 *
 * @throws PackConfigError when the configuration is wrong
 */
export function remediated(
  resource: JudgedResource,
  config: PackConfig = production,
  now: Date = new Date(),
): JudgedResource {
  let repairs = repairsOf.get(config);
  if (repairs === undefined) {
    const configured = readConfig(config, rules);
    repairs = { rules, configured, run: rules.filter(rule => configured.levelOf(rule) === "remediate") };
    repairsOf.set(config, repairs);
  }
  return remediate({ ...repairs, now }, resource);
}

const production: PackConfig = {};
/** A host asks for each resource with the same configuration: it is read once. */
const repairsOf = new WeakMap<PackConfig, Omit<Judgement, "now">>();
