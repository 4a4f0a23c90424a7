import { isIP } from "node:net";
import { shown } from "../lib/check";
import { withDefaults } from "../lib/compact";

/** Throws the error for a bad argument: its name, the rule, the value got. */
export function refuse(argument: string, rule: string, got: unknown): never {
  throw new RangeError(`${argument} must be ${rule}, got ${shown(got)}`);
}

const matching =
  (rule: string, expected: RegExp, most = 1024) =>
  (argument: string, value: string) => {
    if (typeof value !== "string" || value.length > most || !expected.test(value)) refuse(argument, rule, value);
    return value;
  };

const label = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";

/** A host name as browsers send it. */
export const hostName = matching("a DNS name in lower case", new RegExp(`^${label}(?:\\.${label})*$`), 253);

/** A path that means the same to nginx and to whoever is behind it: nothing encoded, no `.` or `..` segment. */
export const urlPath = matching(
  "an absolute path of letters, digits and - . _ ~ / without empty, . or .. segments",
  /^\/(?:(?!\.\.?(?:\/|$))[A-Za-z0-9._~-]+\/?)*$/,
);

/** A file or folder inside the container. */
export const filePath = matching(
  "an absolute path of letters, digits and - . _ /",
  /^(?:\/(?!\.\.?(?:\/|$))[A-Za-z0-9._-]+)+$/,
);

/** An origin as browsers send it. */
export const origin = matching(
  "an origin: scheme, host in lower case and port unless it is the scheme's own, no path",
  new RegExp(`^https?://${label}(?:\\.${label})*(?::[1-9][0-9]{0,4})?$`),
  300,
);

/** A header's name (RFC 9110 token, less what nginx refuses or changes in one). */
export const headerName = matching("a header name of letters, digits and hyphens", /^[A-Za-z][A-Za-z0-9-]*$/, 64);

export const cookieName = matching("a cookie name of letters, digits and _", /^[A-Za-z_][A-Za-z0-9_]*$/, 64);

/** A name that becomes part of nginx's own names. */
export const keyName = matching("lower-case letters, digits and hyphens", /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/, 40);

/** One source of a Content-Security-Policy directive, or one entry of a Permissions-Policy allow-list. */
export const policySource = matching(
  "one source without blanks, commas, semicolons, quotes (but around a keyword), backslashes or dollar signs",
  /^(?:'[A-Za-z0-9+/=_-]+'|[A-Za-z0-9*:/._?&=%+~-]+)$/,
);

export const policyDirective = matching("a directive's name in lower case", /^[a-z]+(?:-[a-z]+)*$/, 64);

/** A whole number within a range. */
export function whole(argument: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    refuse(argument, `a whole number from ${least} to ${most}`, value);
  }
  return value;
}

/** A port that a process without root may listen on. */
export const ownPort = (argument: string, value: number) => whole(argument, value, 1024, 65535);

/** Any TCP port. */
export const port = (argument: string, value: number) => whole(argument, value, 1, 65535);

/** A DNS server: nginx takes a port after its address. */
export function resolver(argument: string, value: string): string {
  const form = matching("an IPv4 address, with a port or without", /^[0-9.]+(?::[1-9][0-9]{0,4})?$/);
  if (isIP(form(argument, value).split(":")[0] ?? "") !== 4) {
    refuse(argument, "an IPv4 address, with a port or without", value);
  }
  return value;
}

/** An address range in CIDR notation, in the form that nginx and Kubernetes take. */
export function cidr(argument: string, value: string): string {
  const [address = "", prefix = "", ...rest] = typeof value === "string" ? value.split("/") : [];
  const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  if (rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits || address.includes("%")) {
    refuse(argument, "an address range in CIDR notation", value);
  }
  // As browsers write it: nginx does not know every form that is allowed, such as 0:0:0:0:0:0:0::.
  return isIP(address) === 6 ? `${new URL(`http://[${address}]`).hostname.slice(1, -1)}/${prefix}` : value;
}

/** One of the values allowed. */
export function oneOf<T extends string>(argument: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) refuse(argument, `one of ${allowed.join(", ")}`, value);
  return value;
}

/** Arguments that are an object, without those that are null or undefined: they count as absent. */
export function record<T extends object>(argument: string, value: T): T {
  const isRecord: boolean = typeof value === "object" && (value as unknown) !== null && !Array.isArray(value);
  if (!isRecord) refuse(argument, "an object", value);
  return withDefaults<object, T>({}, value);
}

/** A truth value: the text "false" would be true. */
export function flag(argument: string, value: boolean): boolean {
  if (typeof value !== "boolean") refuse(argument, "true or false", value);
  return value;
}

/** A list: a single text would be taken apart into its letters. */
export function list<T>(argument: string, values: readonly T[], least = 0): readonly T[] {
  const isList: boolean = Array.isArray(values);
  if (!isList || values.length < least) {
    refuse(argument, least === 0 ? "a list" : `a list of at least ${least}`, values);
  }
  return values;
}

/** Refuses a list in which one entry stands twice. */
export function distinct(argument: string, values: readonly string[]): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) refuse(argument, "a list without repetitions", twice);
}
