/**
 * Property values as they travel between program, engine and policies: plain JSON in which objects with the key `SIGNATURE` stand for what
 * JSON cannot say, and one string stands for "not known before the update".
 */
export type Properties = Record<string, unknown>;

/** The key that marks a special object; its value says which kind. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
/** `{ [SIGNATURE]: SECRET, value }` */
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** `{ [SIGNATURE]: OUTPUT, value?, secret?, dependencies? }`; no value means unknown. Only remote components get these. */
export const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/** `{ [SIGNATURE]: RESOURCE, urn, id? }` */
export const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
/** A value that is not known at preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Starts every placeholder for a secret that is not there. */
export const PLACEHOLDER = "bulkhead-placeholder-";

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: unknown): value is { value: unknown } {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN || (isObject(value) && value[SIGNATURE] === OUTPUT && !("value" in value));
}

/** Whether an unknown stands anywhere in the value. */
export function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isObject(value) && Object.values(value).some(containsUnknown);
}

/** Whether a placeholder stands anywhere in the value, also inside a text and base64-encoded, as in a Secret's data. */
export function containsPlaceholder(value: unknown): boolean {
  if (typeof value === "string") {
    if (value.includes(PLACEHOLDER)) return true;
    return /^[A-Za-z0-9+/]{24,}={0,2}$/.test(value) && Buffer.from(value, "base64").toString().includes(PLACEHOLDER);
  }
  if (Array.isArray(value)) return value.some(containsPlaceholder);
  return isObject(value) && Object.values(value).some(containsPlaceholder);
}

export function secret(value: unknown): Properties {
  return { [SIGNATURE]: SECRET, value };
}

/** The value without its secret wrappers, for whoever must look inside. Never for printing. */
export function reveal(value: unknown): unknown {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));
}

/**
 * What the engine hands to providers and policies: output values become their value or unknown, references to resources become ids; only
 * secrets and unknowns stay marked. A secret unknown is just unknown.
 *
 * @param dropInternal leaves out keys that start with two underscores, at every level
 */
export function lower(value: unknown, dropInternal = false): unknown {
  if (Array.isArray(value)) return value.map(element => lower(element, dropInternal));
  if (!isObject(value)) return value;
  switch (value[SIGNATURE]) {
    case OUTPUT: {
      const inner = "value" in value ? lower(value["value"], dropInternal) : UNKNOWN;
      return value["secret"] === true && inner !== UNKNOWN ? secret(inner) : inner;
    }
    case SECRET: {
      const inner = lower(value["value"], dropInternal);
      return inner === UNKNOWN ? UNKNOWN : secret(inner);
    }
    case RESOURCE:
      if (!("id" in value)) return value["urn"];
      return value["id"] === "" ? UNKNOWN : value["id"];
  }
  const lowered: Properties = {};
  for (const key of Object.keys(value)) {
    if (!(dropInternal && key.startsWith("__"))) assign(lowered, key, lower(value[key], dropInternal));
  }
  return lowered;
}

/** @param dropInternal leaves out properties whose name starts with two underscores, as the engine does for `Analyze` */
export function lowerAll(properties: Properties, dropInternal = false): Properties {
  const lowered: Properties = {};
  for (const key of Object.keys(properties)) {
    if (!(dropInternal && key.startsWith("__"))) assign(lowered, key, lower(properties[key]));
  }
  return lowered;
}

/** Plain assignment, except for the one key that would change the object's prototype instead. */
function assign(target: Properties, key: string, value: unknown): void {
  if (key !== "__proto__") target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
