import { checkBoolean, checkObject, checkOneOf, checkText } from "../../lib/check";
import { severities } from "../alertmanagerConfig";
import { type Alert, type AlertGroup, type AlertOverride, overridden } from "./alert";

/** A rule as Prometheus reads it. */
export interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A rule file. */
export interface RuleFile {
  groups: { name: string; interval?: string; rules: Rule[] }[];
}

export interface RuleOptions {
  /** By alert. @default none */
  overrides?: Readonly<Record<string, AlertOverride>>;
  /** Where the runbook pages are, ending in `/`. @default the repository's path */
  runbookUrl?: string;
  /** Address of the panel that shows what an alert is about. @default none */
  dashboardUrl?: (alert: string) => string | undefined;
}

export const ruleDefaults = { runbookUrl: "docs/runbooks/" };

/** The condition with its thresholds filled in. */
export function conditionOf(alert: Alert): string {
  const condition = alert.expr(name => {
    const threshold = alert.thresholds[name];
    if (threshold === undefined) throw new RangeError(`alert ${alert.name} has no threshold ${name}`);
    return threshold.value;
  });
  checkText(`alerts.${alert.name}.expr`, condition, "a function that gives an expression", /\S/);
  return condition;
}

function alertRule(domain: string, alert: Alert, runbookUrl: string, dashboardUrl: string | undefined): Rule {
  return {
    alert: alert.name,
    expr: conditionOf(alert),
    ...(alert.forMinutes === 0 ? {} : { for: `${Math.round(alert.forMinutes * 60)}s` }),
    labels: { severity: alert.severity, owner: alert.owner, domain },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${runbookUrl}${alert.name}.md`,
      ...(dashboardUrl === undefined ? {} : { dashboard_url: dashboardUrl }),
    },
  };
}

/**
 * The rule file of a group.
 *
 * @throws RangeError naming the alert and the field that an override gets wrong
 */
export function ruleFile(
  group: AlertGroup,
  { overrides = {}, runbookUrl = ruleDefaults.runbookUrl, dashboardUrl }: RuleOptions = {},
): RuleFile {
  const recordings: Rule[] = (group.recordings ?? []).map(({ record, expr }) => ({ record, expr }));
  const alerts = group.alerts
    .filter(({ name }) => overrides[name]?.enabled ?? true)
    .map(alert =>
      alertRule(group.name, overridden(alert, overrides[alert.name]), runbookUrl, dashboardUrl?.(alert.name)),
    );
  const interval = group.intervalMinutes === undefined ? {} : { interval: `${group.intervalMinutes}m` };
  return { groups: [{ name: group.name, ...interval, rules: [...recordings, ...alerts] }] };
}

/** The groups of what is deployed: a component that is not there brings no alerts. */
export function groupsFor(groups: readonly AlertGroup[], apps: ReadonlySet<string>): AlertGroup[] {
  return groups.filter(group => group.apps === undefined || group.apps.some(app => apps.has(app)));
}

const overridable = ["enabled", "severity", "forMinutes", "thresholds"];

/**
 * Refuses what is no override; its numbers are checked with the alert's own.
 *
 * @throws RangeError naming the alert and the field
 */
export function checkOverrideShapes(overrides: unknown): asserts overrides is Readonly<Record<string, AlertOverride>> {
  checkObject("alerts", overrides);
  for (const [name, override] of Object.entries(overrides as Record<string, unknown>)) {
    const field = `alerts.${name}`;
    checkObject(field, override);
    for (const member of Object.keys(override as object)) checkOneOf(`a member of ${field}`, member, overridable);
    const { enabled, severity, thresholds } = override as Record<string, unknown>;
    if (enabled !== undefined) checkBoolean(`${field}.enabled`, enabled);
    if (severity !== undefined) checkOneOf(`${field}.severity`, severity, severities);
    if (thresholds !== undefined) checkObject(`${field}.thresholds`, thresholds);
  }
}

/**
 * Refuses overrides of alerts that do not exist: a misspelt one would change nothing, unnoticed.
 *
 * @throws RangeError naming it
 */
export function checkOverrides(
  groups: readonly AlertGroup[],
  overrides: Readonly<Record<string, AlertOverride>>,
): void {
  const known = new Set(groups.flatMap(group => group.alerts.map(({ name }) => name)));
  const unknown = Object.keys(overrides).find(name => !known.has(name));
  if (unknown !== undefined) throw new RangeError(`alerts.${unknown} is no alert; see docs/runbooks for their names`);
}
