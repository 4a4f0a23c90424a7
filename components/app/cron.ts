import { shown } from "../lib/check";

interface Field {
  name: string;
  min: number;
  max: number;
  /** Names in the place of numbers, from `min` on. */
  names?: readonly string[];
}

/** The five fields as Kubernetes' CronJob controller reads them; there Sunday is 0 and never 7. */
const fields: readonly Field[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  {
    name: "month",
    min: 1,
    max: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of week", min: 0, max: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const macros = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/** Most days that a month can have, from January on. */
const daysOf = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function valueOf({ name, min, max, names = [] }: Field, text: string): number {
  const named = names.indexOf(text.toLowerCase());
  const value = named >= 0 ? named + min : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new RangeError(`${name} must be in ${min} to ${max}, got ${shown(text)}`);
  return value;
}

/** The values that one entry of a field's list stands for: `*`, `5`, `1-5`, each with an optional step `/2`. */
function entryOf(field: Field, entry: string): number[] {
  const [range = "", step, ...rest] = entry.split("/");
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d?$/.test(step))) {
    throw new RangeError(`${field.name} must have a step above 0 after its /, got ${shown(entry)}`);
  }
  const [from, to, ...more] = range === "*" || range === "?" ? [`${field.min}`, `${field.max}`] : range.split("-");
  if (more.length > 0) throw new RangeError(`${field.name} must be a value or a range, got ${shown(entry)}`);
  const first = valueOf(field, from ?? "");
  const last = to !== undefined ? valueOf(field, to) : step === undefined ? first : field.max;
  if (last < first) throw new RangeError(`${field.name} must have a range that goes upwards, got ${shown(entry)}`);
  const by = Number(step ?? 1);
  return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by);
}

/** Whether a field is left open. With a step it counts as restricted, as in the controller. */
const isAny = (text: string) => text.split(",").some(entry => /^[*?](\/1)?$/.test(entry));

/**
 * A schedule as Kubernetes takes it: five fields, or one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
 *
 * @throws RangeError naming the field that is wrong, or when no day ever matches (February 30th)
 */
export function checkSchedule(schedule: unknown): void {
  const reject = (why: string): never => {
    throw new RangeError(`schedule must be a cron expression of five fields, such as "0 3 * * *": ${why}`);
  };
  if (typeof schedule !== "string") return reject(`got ${shown(schedule)}`);
  if (macros.includes(schedule)) return;
  if (/^(CRON_)?TZ=/.test(schedule)) return reject(`a time zone belongs in timeZone, got ${shown(schedule)}`);
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== fields.length) return reject(`got ${shown(schedule)}`);

  let values: number[][] = [];
  try {
    values = fields.map((field, index) => (parts[index] ?? "").split(",").flatMap(entry => entryOf(field, entry)));
  } catch (error) {
    reject((error as Error).message);
  }
  const [, , days = [], months = []] = values;
  // With both days restricted either one is enough, and every week has every weekday.
  const byDate = isAny(parts[4] ?? "");
  if (byDate && !months.some(month => days.some(day => day <= (daysOf[month - 1] ?? 0)))) {
    reject(`no month of it has such a day, so it would never run, got ${shown(schedule)}`);
  }
}

/** A time zone of the IANA database, spelt as there: the controller looks it up by its file's name. */
export function checkTimeZone(timeZone: unknown): void {
  const reject = (): never => {
    throw new RangeError(`timeZone must be a name such as "Europe/Berlin" or "Etc/UTC", got ${shown(timeZone)}`);
  };
  if (typeof timeZone !== "string" || !/^(UTC|[A-Z][A-Za-z]+(\/[A-Z][A-Za-z0-9_+-]+)+)$/.test(timeZone))
    return reject();
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    reject();
  }
}
