/** What stands on Pulumi's wire for a value not known before deployment, one per type it will have. The SDKs send only the string's. */
const unknowns: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
export const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Key, and its value for a secret and for an output, that mark a wrapped value on the wire. */
export const signatureKey = "4dabf18193072939515e22adb298388d";
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Wrappers may be nested; more than this many is malformed input (a cycle), and reads as unknown. */
const wrapperDepthLimit = 8;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

// A getter or a Proxy may throw: what cannot be read is not known. None of the three throws.

function member(holder: unknown, key: string): unknown {
  try {
    return isRecord(holder) ? own(holder, key) : undefined;
  } catch {
    return unknownString;
  }
}

/** The elements, where there is none undefined; undefined for what is no list. */
function elements(holder: unknown): unknown[] | undefined {
  try {
    return Array.isArray(holder) ? [...(holder as unknown[])] : undefined;
  } catch {
    return [unknownString];
  }
}

/** The own keys; undefined where they cannot be told. */
function keysOf(holder: object): string[] | undefined {
  try {
    return Object.keys(holder);
  } catch {
    return undefined;
  }
}

/** Length of every sentinel, so that hardly any text has to be looked up. */
const unknownLength = unknownString.length;

function isUnknown(value: unknown): boolean {
  return typeof value === "string" && value.length === unknownLength && unknowns.has(value);
}

/** What a wrapper of a secret or an output holds; `isWrapped` is false for anything else. */
function unwrapped(value: Record<string, unknown>): { isWrapped: boolean; isSecret: boolean; value: unknown } {
  const signature = own(value, signatureKey);
  if (signature === secretSignature) return { isWrapped: true, isSecret: true, value: own(value, "value") };
  if (signature !== outputSignature) return { isWrapped: false, isSecret: false, value };
  const isKnown = Object.hasOwn(value, "value");
  return { isWrapped: true, isSecret: own(value, "secret") === true, value: isKnown ? value["value"] : unknownString };
}

/** A value without its wrappers. */
function bare(raw: unknown): { value: unknown; isSecret: boolean } {
  let value = raw;
  let isSecret = false;
  try {
    for (let depth = 0; isRecord(value) && Object.hasOwn(value, signatureKey); depth++) {
      const inner = unwrapped(value);
      if (!inner.isWrapped) break;
      isSecret ||= inner.isSecret;
      value = depth < wrapperDepthLimit ? inner.value : unknownString;
    }
  } catch {
    return { value: unknownString, isSecret };
  }
  return { value, isSecret };
}

/** A JSON pointer (RFC 6901) of these keys; "" for none. */
export function pointer(keys: readonly (string | number)[]): string {
  return keys.map(key => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * One place in a resource's inputs, with what stands there. Reading never throws: a missing key, a value of another type and a broken
 * input all read as absent, and everything below an unknown value is that unknown value.
 */
export class Field {
  /** The plain value: wrappers taken off, undefined where absent or unknown. Its own members may still be wrapped: read on with `at`. */
  readonly value: unknown;
  readonly isUnknown: boolean;
  /** The value, or one that holds it, is marked as a secret. */
  readonly isSecret: boolean;
  private children: Map<string, Field> | undefined;
  private elements: readonly Field[] | undefined;

  private constructor(
    raw: unknown,
    private readonly parent: Field | undefined,
    private readonly key: string | number,
  ) {
    const { value, isSecret } = typeof raw === "object" ? bare(raw) : { value: raw, isSecret: false };
    this.isUnknown = isUnknown(value);
    this.value = this.isUnknown ? undefined : value;
    this.isSecret = isSecret || parent?.isSecret === true;
  }

  static root(raw: unknown): Field {
    return new Field(raw, undefined, "");
  }

  /** JSON pointer of this place; for what lies below an unknown value, that value's. */
  get path(): string {
    return this.parent === undefined ? "" : `${this.parent.path}${pointer([this.key])}`;
  }

  /** Nothing stands here, or null: Kubernetes does not tell the two apart. */
  get isAbsent(): boolean {
    return !this.isUnknown && (this.value === undefined || this.value === null);
  }

  /** What holds this place; undefined for the root. */
  get holder(): Field | undefined {
    return this.parent;
  }

  /** The last key of the path. */
  get name(): string {
    return String(this.key);
  }

  at(...keys: string[]): Field {
    return keys.reduce<Field>((field, key) => field.child(key), this);
  }

  /** The place that a JSON pointer from here leads to. */
  follow(path: string): Field {
    if (path === "") return this;
    return path
      .slice(1)
      .split("/")
      .map(key => key.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<Field>((field, key) => field.items()[Number(key)] ?? field.child(key), this);
  }

  private child(key: string): Field {
    if (this.isUnknown) return this;
    const known = this.children?.get(key);
    if (known !== undefined) return known;
    const child = new Field(member(this.value, key), this, key);
    this.children ??= new Map();
    this.children.set(key, child);
    return child;
  }

  /** The elements of a list; none where there is no list; the unknown itself where the list is unknown. */
  items(): readonly Field[] {
    if (this.isUnknown) return [this];
    this.elements ??= (elements(this.value) ?? []).map((item, index) => new Field(item, this, index));
    return this.elements;
  }

  /** The members of an object; none where there is no object; the unknown itself where the object is unknown. */
  members(): Field[] {
    if (this.isUnknown) return [this];
    if (!isRecord(this.value)) return [];
    return keysOf(this.value)?.map(key => this.child(key)) ?? [new Field(unknownString, this, "")];
  }

  /** The string that stands here; undefined for anything else. */
  get text(): string | undefined {
    return typeof this.value === "string" ? this.value : undefined;
  }

  /** The value for a message: short, and nothing of a secret. */
  get shown(): string {
    if (this.isSecret) return "[secret]";
    if (this.isUnknown) return "[unknown]";
    if (this.isAbsent) return "nothing";
    if (Array.isArray(this.value)) return "a list";
    if (!["string", "number", "boolean"].includes(typeof this.value)) return "an object";
    const text = JSON.stringify(this.value);
    return text.length > 120 ? `${text.slice(0, 117)}…` : text;
  }
}
