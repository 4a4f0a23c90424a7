import { shown } from "../lib/check";

/** A setting that cannot work. The component that was given it adds its own name and type. */
export class InvalidSetting extends RangeError {
  constructor(setting: string, rule: string, got: unknown) {
    super(`${setting} ${rule}, got ${shown(got)}`);
    this.name = "InvalidSetting";
  }
}

/** A name that needs no quoting in SQL, in an ACL rule or in a shell, at most 63 bytes (PostgreSQL's NAMEDATALEN - 1). */
export function checkIdentifier(setting: string, name: unknown, reserved: readonly string[] = []): void {
  if (typeof name !== "string" || !/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    throw new InvalidSetting(setting, "must be 1 to 63 lower-case letters, digits and _, starting with a letter", name);
  }
  if (reserved.includes(name)) throw new InvalidSetting(setting, `must not be one of ${reserved.join(", ")}`, name);
}

export function checkAtLeast(setting: string, minimum: number, got: unknown): void {
  if (typeof got !== "number" || !Number.isInteger(got) || got < minimum) {
    throw new InvalidSetting(setting, `must be a whole number of at least ${minimum}`, got);
  }
}
