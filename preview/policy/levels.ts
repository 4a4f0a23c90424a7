import { type AnalyzerInfo, EnforcementLevel, PolicySeverity } from "@pulumi/pulumi/proto/analyzer_pb";
import { PreviewError } from "../errors.js";
import type { Finding } from "../finding.js";
import type { RuleInfo } from "../result.js";
import { isObject, type Properties } from "../value.js";

const levels: Record<EnforcementLevel, Finding["level"]> = {
  [EnforcementLevel.ADVISORY]: "advisory",
  [EnforcementLevel.MANDATORY]: "mandatory",
  [EnforcementLevel.DISABLED]: "disabled",
  [EnforcementLevel.REMEDIATE]: "remediate",
};
const byName = new Map<string, EnforcementLevel>([
  ["advisory", EnforcementLevel.ADVISORY],
  ["mandatory", EnforcementLevel.MANDATORY],
  ["disabled", EnforcementLevel.DISABLED],
  ["remediate", EnforcementLevel.REMEDIATE],
]);

/** A policy that states no severity is taken for medium. */
const severities: Record<PolicySeverity, Finding["severity"]> = {
  [PolicySeverity.POLICY_SEVERITY_UNSPECIFIED]: "medium",
  [PolicySeverity.POLICY_SEVERITY_LOW]: "low",
  [PolicySeverity.POLICY_SEVERITY_MEDIUM]: "medium",
  [PolicySeverity.POLICY_SEVERITY_HIGH]: "high",
  [PolicySeverity.POLICY_SEVERITY_CRITICAL]: "critical",
};

export function levelName(level: EnforcementLevel): Finding["level"] {
  return levels[level];
}

export function severityName(severity: PolicySeverity): Finding["severity"] {
  return severities[severity];
}

/** What applies to one policy: its own entry in the configuration, else that of "all", else what the pack says. */
export interface PolicySetting {
  level: EnforcementLevel;
  properties: Properties;
}

/**
 * @throws PreviewError (usage) on a level that does not exist
 */
export function settingFor(config: Properties, policy: string, own: EnforcementLevel): PolicySetting {
  const entry = config[policy] ?? config["all"];
  const { enforcementLevel, ...properties } = isObject(entry) ? entry : { enforcementLevel: entry };
  if (enforcementLevel === undefined) return { level: own, properties };
  const level = typeof enforcementLevel === "string" ? byName.get(enforcementLevel) : undefined;
  if (level === undefined) {
    const allowed = [...byName.keys()].join(", ");
    throw new PreviewError(
      "usage",
      `policy configuration: level of ${policy} must be one of ${allowed}, got ${JSON.stringify(enforcementLevel)}`,
    );
  }
  return { level, properties };
}

/** The rules of a pack that has nothing but its analyzer info. */
export function rulesOf(info: AnalyzerInfo, settings: Map<string, PolicySetting>): RuleInfo[] {
  return info.getPoliciesList().map(policy => {
    const setting = settings.get(policy.getName());
    return {
      id: policy.getName(),
      pack: info.getName(),
      title: policy.getDisplayname() || policy.getDescription() || policy.getName(),
      severity: severityName(policy.getSeverity()),
      level: levelName(setting?.level ?? policy.getEnforcementlevel()),
      ...(policy.getUrl() === "" ? {} : { docs: policy.getUrl() }),
      ...(policy.getRemediationSteps() === "" ? {} : { remediation: policy.getRemediationSteps() }),
      ...(policy.getTagsList().length === 0 ? {} : { tags: policy.getTagsList() }),
    };
  });
}
