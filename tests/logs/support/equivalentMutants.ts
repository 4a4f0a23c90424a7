/** Changes of LogQL that change nothing that can happen, each with its reason. */
interface Equivalent {
  alert: string;
  change: string;
  /** Part of the changed expression, where there are several changes of this kind. @default any: there is only one */
  where?: string;
  why: string;
}

const second = "[1440m] offset 15m";
const existence = "whether there has been one is asked, not how many";

const equivalent: readonly Equivalent[] = [
  { alert: "NewError", change: "1 → 0", why: "what is not there is not counted 0, it is not there" },
  { alert: "AuditShellOpened", change: "1 → 0", why: "what is not there is not counted 0, it is not there" },
  {
    ...{ alert: "NewError", change: "15m → 1800s", where: "[1800s]" },
    why: "what is older than 15 minutes was there before, and so is not new",
  },
  {
    ...{ alert: "NewError", change: "service_name, → nothing", where: "on (error_fingerprint)" },
    why: "a program's name is in the fingerprint",
  },
  ...["max", "avg", "count"].map(other => ({
    ...{ alert: "NewError", change: `sum → ${other}`, why: existence },
    where: `unless on (service_name, error_fingerprint) ${other}`,
  })),
  ...["rate", "bytes_over_time"].map(other => ({
    ...{ alert: "NewError", change: `count_over_time → ${other}`, why: existence },
    where: `sum by (service_name, error_fingerprint) (${other}`,
  })),
  ...[
    { change: `"" → "_"`, where: `!="_" ${second}` },
    { change: '| error_fingerprint!="" → nothing', where: `{service_name=~".+"} ${second}` },
  ].map(one => ({ ...one, alert: "NewError", why: "what has no fingerprint is not on the left" })),
];

/** Whether a change of an alert's condition changes nothing. */
export const excusesLogMutant = (alert: string, change: string, expr: string): boolean =>
  equivalent.some(one => one.alert === alert && one.change === change && expr.includes(one.where ?? ""));

/** How many are excused. */
export const excusedLogMutants = equivalent.length;
