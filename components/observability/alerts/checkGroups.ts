import { checkList, checkObject, checkOneOf, checkText, checkTexts, checkWhole, shown } from "../../lib/check";
import { severities } from "../alertmanagerConfig";
import { metrics } from "../metrics";
import { metricsOf } from "../promql";
import { type Alert, type AlertGroup, largest, overridden, owners, type Unit } from "./alert";
import { conditionOf } from "./rules";
import { checkSyntax } from "./syntax";

/** What the name of a threshold ends in, by its unit. A count is named after what is counted. */
const endings: Partial<Record<Unit, string>> = {
  percent: "percent",
  seconds: "seconds",
  minutes: "minutes",
  hours: "hours",
  days: "days",
  perMinute: "perminute",
};

/** @throws RangeError for a name that says another unit than the threshold has: whoever overrides it reads the name only */
function checkUnits({ name, thresholds }: Alert): void {
  for (const [threshold, { unit }] of Object.entries(thresholds)) {
    const said = Object.values(endings).find(ending => threshold.toLowerCase().endsWith(ending));
    if (said !== endings[unit]) {
      throw new RangeError(
        `alerts.${name}.thresholds.${threshold} must be named after its unit, ${unit}, got ${said ?? "no unit in its name"}`,
      );
    }
  }
}

/** @throws RangeError for a metric that nobody gives */
function checkMetrics(what: string, expr: string, known: (name: string) => boolean): void {
  const unknown = metricsOf(expr).find(name => !known(name));
  if (unknown !== undefined) {
    throw new RangeError(`${what} must read metrics of the catalogue (metrics.ts) or of its group, got ${unknown}`);
  }
}

/** @throws RangeError for a name that two have */
function checkNames(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`${what} must have names of their own, got ${twice} twice`);
}

const word = /^[A-Za-z][\w-]{0,62}$/;

/** @throws RangeError for what is no group at all: plain JavaScript may give anything */
function checkShape({
  name,
  alerts,
  recordings,
  apps,
  metrics: declared,
  language,
  intervalMinutes,
}: AlertGroup): void {
  checkText("alertGroups: name", name, "letters, digits, - and _, starting with a letter", word);
  const field = `alertGroups.${name}`;
  checkList(`${field}.alerts`, alerts);
  if (apps !== undefined) checkTexts(`${field}.apps`, apps);
  if (declared !== undefined) checkObject(`${field}.metrics`, declared);
  if (language !== undefined) checkOneOf(`${field}.language`, language, ["promql", "logql"]);
  if (intervalMinutes !== undefined) checkWhole(`${field}.intervalMinutes`, intervalMinutes, 1, 1440);
  if (recordings !== undefined) checkList(`${field}.recordings`, recordings);
  recordings?.forEach(({ record, expr }, index) => {
    checkText(`${field}.recordings[${index}].record`, record, "the name of a metric", /^[a-zA-Z_:][\w:]*$/);
    checkText(`${field}.recordings[${index}].expr`, expr, "an expression", /\S/);
  });
  alerts.forEach(({ name: alert, severity, owner, thresholds, expr, summary, description, absent }, index) => {
    checkText(`${field}.alerts[${index}].name`, alert, "letters, digits, - and _, starting with a letter", word);
    checkOneOf(`alerts.${alert}.severity`, severity, severities);
    checkOneOf(`alerts.${alert}.owner`, owner, owners);
    checkText(`alerts.${alert}.summary`, summary, "a text that is not blank", /\S/);
    checkText(`alerts.${alert}.description`, description, "a text that is not blank", /\S/);
    if (absent !== undefined) checkOneOf(`alerts.${alert}.absent`, absent, ["silent", "fires"]);
    checkObject(`alerts.${alert}.thresholds`, thresholds);
    for (const [limit, threshold] of Object.entries(thresholds)) {
      checkObject(`alerts.${alert}.thresholds.${limit}`, threshold);
      checkOneOf(`alerts.${alert}.thresholds.${limit}.unit`, threshold.unit, Object.keys(largest));
    }
    if (typeof expr !== "function") throw new RangeError(`alerts.${alert}.expr must be a function, got ${shown(expr)}`);
  });
}

/**
 * Refuses groups that Prometheus would take and that would never, or always, alarm.
 *
 * @param own those of them that nobody has tried: their expressions are read
 * @throws RangeError naming the alert and the field
 */
export function checkGroups(groups: readonly AlertGroup[], own: readonly AlertGroup[] = []): void {
  groups.forEach(checkShape);
  const alerts = groups.flatMap(group => group.alerts);
  const recorded = groups.flatMap(({ recordings = [] }) => recordings.map(({ record }) => record));
  checkNames(
    "alert groups",
    groups.map(({ name }) => name),
  );
  checkNames(
    "alerts",
    alerts.map(({ name }) => name),
  );
  checkNames("recordings", recorded);
  for (const alert of alerts) {
    checkUnits(alert);
    overridden(alert);
  }
  own.forEach(checkSyntax);
  for (const { language = "promql", alerts: own, recordings = [], metrics: declared = {} } of groups) {
    if (language !== "promql") continue;
    const known = (name: string) => name in metrics || name in declared || recorded.includes(name);
    for (const alert of own) checkMetrics(`alerts.${alert.name}.expr`, conditionOf(alert), known);
    for (const { record, expr } of recordings) checkMetrics(`recordings.${record}.expr`, expr, known);
  }
}
