/**
 * The pack without Pulumi: what `exports["./findings"]` offers. Loads neither @pulumi/policy nor @pulumi/pulumi, so that a host has
 * findings in milliseconds.
 */
import { type Configured, type PackConfig, readConfig } from "./config.js";
import type { Finding, JudgedResource } from "./finding.js";
import { judgeWith } from "./judge.js";
import { remediate } from "./remediate.js";
import type { Rule } from "./rule.js";
import { rules } from "./rules/index.js";

export { type PackConfig, PackConfigError, readConfig } from "./config.js";
export type { Exception, Finding, JudgedResource, Level, PatchOperation, Severity, SourcePosition } from "./finding.js";
export { applyPatch } from "./patch.js";
export type { Rule } from "./rule.js";
export { rules };

/**
 * All findings of a stack.
 *
 * @param config What `--policy-pack-config` holds for the pack; an object is read once and must not change. Default: production.
 * @param now The day that exceptions expire by.
 * @throws PackConfigError when the configuration is wrong; never because of a resource.
 */
export function judge(
  resources: readonly JudgedResource[],
  config: PackConfig = production,
  now: Date = new Date(),
): Finding[] {
  return judgeWith({ rules, configured: readOnce(config).configured, now }, resources);
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
  const { configured, repairing } = readOnce(config);
  return remediate({ rules, configured, run: repairing, now }, resource);
}

const production: PackConfig = {};
/** A host asks for each resource with the same configuration. */
const read = new WeakMap<PackConfig, { configured: Configured; repairing: readonly Rule[] }>();

function readOnce(config: PackConfig): { configured: Configured; repairing: readonly Rule[] } {
  const known = read.get(config);
  if (known !== undefined) return known;
  const configured = readConfig(config, rules);
  const repairing = rules.filter(rule => configured.levelOf(rule) === "remediate");
  const once = { configured, repairing };
  read.set(config, once);
  return once;
}
