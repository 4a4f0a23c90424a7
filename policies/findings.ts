/**
 * The pack without Pulumi: what `exports["./findings"]` offers. Loads neither @pulumi/policy nor @pulumi/pulumi, so that a host has
 * findings in milliseconds.
 */
import type { PackConfig } from "./config.js";
import type { Finding, JudgedResource } from "./finding.js";
import { judgeWith } from "./judge.js";
import { rules } from "./rules/index.js";

export { type PackConfig, PackConfigError, readConfig } from "./config.js";
export type { Exception, Finding, JudgedResource, Level, PatchOperation, Severity, SourcePosition } from "./finding.js";
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
  return judgeWith(rules, resources, config, now);
}
