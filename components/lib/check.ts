/** Checks of arguments by value, for pure functions: plain JavaScript, YAML and `as` reach past the types. Each throws a RangeError. */

const shownLength = 120;

/** A value as a message shows it: short, on one line, and never the inside of a resource. */
export function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) {
    if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
    if ("__pulumiOutput" in value) return "an Output";
    const { constructor } = value as { constructor?: unknown };
    return typeof constructor === "function" && constructor !== Object ? `a ${constructor.name}` : "an object";
  }
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= shownLength ? text : `${text.slice(0, shownLength)}… (${text.length} characters)`;
}

/** A whole number between two bounds. */
export function checkWhole(field: string, value: unknown, min: number, max: number): void {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${field} must be a whole number in ${min} to ${max}, got ${shown(value)}`);
  }
}

/** A text of a certain form; `rule` says the form in words. */
export function checkText(field: string, value: unknown, rule: string, pattern: RegExp): void {
  if (typeof value !== "string" || !pattern.test(value)) {
    throw new RangeError(`${field} must be ${rule}, got ${shown(value)}`);
  }
}

/** Whether something is an object with members of its own, and no list. */
export const isRecord = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list of objects. */
export function checkList(field: string, value: unknown): void {
  if (!Array.isArray(value) || !value.every(isRecord)) {
    throw new RangeError(`${field} must be a list of objects, got ${shown(value)}`);
  }
}

/** A list of texts that are not empty: a single text would be taken apart into its letters. */
export function checkTexts(field: string, value: unknown, { atLeast = 0 } = {}): void {
  if (!Array.isArray(value) || value.length < atLeast) {
    throw new RangeError(`${field} must be a list of texts${atLeast > 0 ? ", not empty" : ""}, got ${shown(value)}`);
  }
  value.forEach((entry: unknown, index) => {
    // An Output is an object; what it holds is known later.
    if (typeof entry !== "string" && (typeof entry !== "object" || entry === null)) {
      throw new RangeError(`${field}[${index}] must be a text, got ${shown(entry)}`);
    }
  });
}

/** An object with members: not a list, and no Output, whose members are not there yet. */
export function checkObject(field: string, value: unknown): void {
  if (!isRecord(value) || "__pulumiOutput" in (value as object)) {
    throw new RangeError(`${field} must be an object, got ${shown(value)}`);
  }
}

export function checkBoolean(field: string, value: unknown): void {
  if (typeof value !== "boolean") throw new RangeError(`${field} must be true or false, got ${shown(value)}`);
}

export function checkOneOf(field: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value !== "string" || !allowed.includes(value)) {
    throw new RangeError(`${field} must be one of ${allowed.join(", ")}, got ${shown(value)}`);
  }
}

/** A secret: a text, or what becomes one later. Nothing of it is shown, whatever it is: a password of digits may come as a number. */
export function checkSecret(field: string, value: unknown): void {
  if (typeof value === "object" && value !== null && ("__pulumiOutput" in value || "then" in value)) return;
  if (typeof value === "string" && value !== "") return;
  if (value === undefined || value === null || value === "") throw new RangeError(`${field} must be given`);
  throw new RangeError(`${field} must be a text or an Output, got something else`);
}

/** A name as Kubernetes takes it for containers, volumes and destinations (RFC 1123 label). */
export function checkLabel(field: string, value: unknown): void {
  const rule = "lower-case letters, digits and inner hyphens, at most 63 characters";
  checkText(field, value, rule, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
}

export const checkPort = (field: string, value: unknown): void => checkWhole(field, value, 1, 65_535);

/** A port that a process which is not root can open. */
export const checkHighPort = (field: string, value: unknown): void => checkWhole(field, value, 1024, 65_535);

/** A path inside a container. Kubernetes refuses a colon; `..` and the root itself would mean another place than what is written. */
export function checkPath(field: string, value: unknown): void {
  const rule = "an absolute path below / without .. or a colon";
  checkText(field, value, rule, /^(?!.*(?:\/\.\.?(?:\/|$)|\/\/))\/[^:\0]*[^:\0/]$/s);
}

/** The path of a URL, for probes and metrics. */
export function checkUrlPath(field: string, value: unknown): void {
  checkText(field, value, "a path that starts with / and has no spaces", /^\/[\x21-\x7e]*$/);
}

/** The address of a server over TLS; without user and password, which would be seen wherever the address is. */
export function checkHttpsUrl(field: string, value: unknown): void {
  if (typeof value === "string" && /^\w+:\/\/[^/?#]*@/.test(value)) {
    throw new RangeError(`${field} must be a URL without user and password`);
  }
  if (typeof value !== "string" || !/^https:\/\/\S+$/.test(value) || !URL.canParse(value)) {
    throw new RangeError(`${field} must be a URL that starts with https://, got ${shown(value)}`);
  }
}

/** A day of the calendar. */
export function checkDay(field: string, value: unknown): void {
  checkText(field, value, "a day, YYYY-MM-DD", /^\d{4}-\d{2}-\d{2}$/);
  const day = new Date(`${value as string}T00:00:00Z`);
  // JavaScript reads February 30th as March 2nd.
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(value as string)) {
    throw new RangeError(`${field} must be a day that exists, got ${shown(value)}`);
  }
}
