import { shown } from "../../lib/check";
import type { Severity } from "../alertmanagerConfig";
import type { Metric } from "../metrics";

/** What a threshold counts, which bounds what it may be. */
export type Unit = "percent" | "seconds" | "minutes" | "hours" | "days" | "count" | "perMinute" | "burnRate";

/** A limit that a stack may set otherwise. */
export interface Threshold {
  value: number;
  unit: Unit;
}

/** Who looks after it. */
export const owners = ["platform", "data", "backend", "security", "fleet"] as const;
export type Owner = (typeof owners)[number];

/** What the person who is woken needs; a page is made of it (`docs/runbooks/<alert>.md`). */
export interface Runbook {
  meaning: string;
  impact: string;
  checks: readonly string[];
  fix: readonly string[];
}

/** An alert as data. */
export interface Alert {
  name: string;
  severity: Severity;
  owner: Owner;
  /** How long the condition must hold before somebody is told. */
  forMinutes: number;
  /** By name, which ends in the unit. */
  thresholds: Readonly<Record<string, Threshold>>;
  /** The condition in PromQL; `limit("name")` stands for a threshold. */
  expr: (limit: (name: string) => number) => string;
  /** One line; names what it is about by label. */
  summary: string;
  /** Says the value, with its unit. */
  description: string;
  /** What it does when its metrics are not there. @default "silent": TargetDown or TargetAbsent tell then */
  absent?: "silent" | "fires";
  runbook: Runbook;
}

/** A value that alerts share, computed once. */
export interface Recording {
  record: string;
  expr: string;
}

/** Alerts about one thing. */
export interface AlertGroup {
  name: string;
  /** Programs (`app` labels) whose metrics it reads: where none of them is deployed, neither is the group. @default always deployed */
  apps?: readonly string[];
  recordings?: readonly Recording[];
  /** Metrics of its own that it reads, by name. @default those of the catalogue only */
  metrics?: Readonly<Record<string, Metric>>;
  /** What its conditions are written in: PromQL is evaluated by Prometheus, LogQL by Loki. @default "promql" */
  language?: "promql" | "logql";
  /** Time between two evaluations. @default the server's own, a minute at most */
  intervalMinutes?: number;
  alerts: readonly Alert[];
}

/** What a stack may set otherwise about an alert. */
export interface AlertOverride {
  /** @default true */
  enabled?: boolean;
  severity?: Severity;
  forMinutes?: number;
  /** By name; the unit is in the name. */
  thresholds?: Record<string, number>;
}

/** Largest value of a unit, which are all that there are. A threshold is above 0 in any case: at 0 an alert is always or never on. */
export const largest: Readonly<Record<Unit, number>> = {
  percent: 100,
  seconds: 86_400,
  minutes: 10_080,
  hours: 720,
  days: 3650,
  count: 1_000_000_000,
  perMinute: 1_000_000,
  burnRate: 1000,
};

/**
 * The alert as a stack has it.
 *
 * @throws RangeError for a threshold that it does not have, or a value that its unit cannot have
 */
export function overridden(alert: Alert, override: AlertOverride = {}): Alert {
  const { severity = alert.severity, forMinutes = alert.forMinutes } = override;
  const thresholds = { ...alert.thresholds };
  for (const [name, value] of Object.entries(override.thresholds ?? {})) {
    const known = Object.hasOwn(alert.thresholds, name) ? alert.thresholds[name] : undefined;
    const field = `alerts.${alert.name}.thresholds.${name}`;
    if (known === undefined) {
      const names = Object.keys(alert.thresholds).join(", ") || "no thresholds";
      throw new RangeError(`${field} is not known; the alert has ${names}`);
    }
    thresholds[name] = { ...known, value };
  }
  for (const [name, { value, unit }] of Object.entries(thresholds)) {
    if (!(typeof value === "number" && value > 0 && value <= largest[unit])) {
      throw new RangeError(
        `alerts.${alert.name}.thresholds.${name} must be above 0 and at most ${largest[unit]} (${unit}), got ${shown(value)}`,
      );
    }
  }
  if (!(typeof forMinutes === "number" && forMinutes >= 0 && forMinutes <= 1440)) {
    throw new RangeError(`alerts.${alert.name}.forMinutes must be in 0 to 1440, got ${shown(forMinutes)}`);
  }
  return { ...alert, severity, forMinutes, thresholds };
}

/** Shorthands for the groups' files. */
export const percent = (value: number): Threshold => ({ value, unit: "percent" });
export const seconds = (value: number): Threshold => ({ value, unit: "seconds" });
export const minutes = (value: number): Threshold => ({ value, unit: "minutes" });
export const hours = (value: number): Threshold => ({ value, unit: "hours" });
export const days = (value: number): Threshold => ({ value, unit: "days" });
export const count = (value: number): Threshold => ({ value, unit: "count" });
export const perMinute = (value: number): Threshold => ({ value, unit: "perMinute" });
