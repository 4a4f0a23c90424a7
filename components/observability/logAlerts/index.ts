import { checkBoolean, checkText, checkTexts, shown } from "../../lib/check";
import type { AlertGroup, AlertOverride } from "../alerts/alert";
import { anyAvailability } from "../alerts/availability";
import { alertGroups } from "../alerts/index";
import { checkOverrideShapes, checkOverrides, type RuleFile, type RuleOptions, ruleFile } from "../alerts/rules";
import { auditLogs } from "./auditLogs";
import { edgeLogs } from "./edgeLogs";
import { errorLogs } from "./errorLogs";
import { logSources } from "./logSources";
import { storeLogs } from "./storeLogs";

export interface LogAlertSettings {
  /** The API server writes its audit log to its standard output (`--audit-log-path=-`). @default false */
  auditLog?: boolean;
  /** Components that always log something; one that stops is reported. @default none */
  sources?: readonly string[];
  /** What a stack wants otherwise about an alert, by its name; those on metrics are left aside. @default as they are */
  overrides?: Readonly<Record<string, AlertOverride>>;
  /** Where the runbook pages are, ending in `/`. @default "docs/runbooks/" */
  runbookUrl?: string;
}

/** Groups that need nothing but logs: on programs that are not there they are quiet. */
const always: readonly AlertGroup[] = [edgeLogs, errorLogs, storeLogs];

/** Every group there may be; tests/logs compares it with the folder. */
export const logAlertGroups = (sources: readonly string[]): AlertGroup[] => [...always, auditLogs, logSources(sources)];

/**
 * Rule files for Loki's ruler, by group.
 *
 * @throws RangeError naming the alert and the field that an override gets wrong, or the source that is no name
 */
export function logRules({
  auditLog = false,
  sources = [],
  overrides = {},
  runbookUrl,
}: LogAlertSettings): Record<string, RuleFile> {
  checkBoolean("alerts.auditLog", auditLog);
  checkTexts("alerts.sources", sources);
  checkOverrideShapes(overrides);
  if (runbookUrl !== undefined) {
    checkText("alerts.runbookUrl", runbookUrl, "an address or path that ends in /, without spaces", /^[\x21-\x7e]*\/$/);
  }
  const bad = (sources as readonly unknown[]).find(
    source => typeof source !== "string" || !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(source),
  );
  if (bad !== undefined) throw new RangeError(`sources must be names of components, got ${shown(bad)}`);
  const groups = [...always, ...(auditLog ? [auditLogs] : []), ...(sources.length > 0 ? [logSources(sources)] : [])];
  // One list of a stack's wishes may serve both: what it says of alerts on metrics is the stack's to check.
  checkOverrides([...logAlertGroups([]), ...alertGroups, anyAvailability], overrides);
  const options: RuleOptions = { overrides, ...(runbookUrl === undefined ? {} : { runbookUrl }) };
  return Object.fromEntries(groups.map(group => [group.name, ruleFile(group, options)]));
}
