import { formsOf } from "./maskForms.js";
import { isObject, isSecret, PLACEHOLDER, reveal, UNKNOWN } from "./value.js";

/** What stands where a secret was. */
export const MASK = "[secret]";

/** Every text within a secret value, its own wrappers included. Placeholders and unknowns are no secrets. */
export function secretTexts(value: unknown, into: Set<string> = new Set()): Set<string> {
  if (isSecret(value)) collectTexts(reveal(value), into);
  else if (Array.isArray(value)) for (const element of value) secretTexts(element, into);
  else if (isObject(value)) for (const inner of Object.values(value)) secretTexts(inner, into);
  return into;
}

function collectTexts(value: unknown, into: Set<string>): void {
  if (typeof value === "string") {
    if (value !== "" && value !== UNKNOWN && !value.includes(PLACEHOLDER)) into.add(value);
  } else if (typeof value === "number") into.add(String(value));
  else if (Array.isArray(value)) for (const element of value) collectTexts(element, into);
  else if (isObject(value)) for (const inner of Object.values(value)) collectTexts(inner, into);
}

/** Replaces every known secret in a text, in every form in which it can travel, by `[secret]`. */
export type Masker = (text: string) => string;

const unmasked: Masker = text => text;

/** Characters that are looked at to tell whether a secret may begin here: every form has at least as many. */
const beginning = 4;
/** Slots of the table of beginnings: a few tens of thousands of forms leave most of it empty. */
const slots = 1 << 18;

function slotOf(text: string, at: number): number {
  let hash = text.charCodeAt(at);
  for (let i = 1; i < beginning; i++) hash = Math.imul(hash, 0x9e37) + text.charCodeAt(at + i);
  return hash & (slots - 1);
}

/**
 * The only way to a report, a manifest or a log: whatever leaves the preview goes through one of these. Takes a few nanoseconds a
 * character however many secrets there are; a pattern of all their forms would try thousands at each.
 */
export function masker(secrets: Iterable<string>): Masker {
  const forms = new Set<string>();
  for (const secret of secrets) for (const form of formsOf(secret)) forms.add(form);
  forms.delete(MASK);
  if (forms.size === 0) return unmasked;

  const begins = new Uint8Array(slots);
  const byBeginning = new Map<string, string[]>();
  // The longest first, so that a secret that holds another one vanishes whole.
  for (const form of [...forms].sort((a, b) => b.length - a.length)) {
    begins[slotOf(form, 0)] = 1;
    const key = form.slice(0, beginning);
    const same = byBeginning.get(key);
    if (same === undefined) byBeginning.set(key, [form]);
    else same.push(form);
  }
  const longestAt = (text: string, at: number): number => {
    if (begins[slotOf(text, at)] === 0) return 0;
    const found = byBeginning.get(text.slice(at, at + beginning))?.find(form => text.startsWith(form, at));
    return found?.length ?? 0;
  };
  return text => replaceSecrets(text, longestAt);
}

/** Secrets that overlap vanish together; what is masked already stays as it is. */
function replaceSecrets(text: string, longestAt: (text: string, at: number) => number): string {
  let masked = "";
  let hiddenUntil = 0;
  for (let at = 0; at <= text.length - beginning; at++) {
    const length = longestAt(text, at);
    if (length <= MASK.length && at >= hiddenUntil && text[at] === MASK[0] && text.startsWith(MASK, at)) {
      at += MASK.length - 1;
      continue;
    }
    if (length === 0) continue;
    if (at >= hiddenUntil) masked += text.slice(hiddenUntil, at) + MASK;
    hiddenUntil = Math.max(hiddenUntil, at + length);
  }
  return hiddenUntil === 0 ? text : masked + text.slice(hiddenUntil);
}

/** The value with secrets replaced by `[secret]`: by their wrapper whatever their length, and by their text wherever it turns up. */
export function maskValue<T>(value: T, mask: Masker): T {
  return masked(value, mask, ([key, inner]) => [mask(key), maskValue(inner, mask)]) as T;
}

/** The same without touching keys, nor the values of the `fixed` ones: for records whose shape is ours. */
export function maskFields<T>(value: T, mask: Masker, fixed: ReadonlySet<string>): T {
  if (mask === unmasked) return value;
  return masked(value, mask, ([key, inner]) => [key, fixed.has(key) ? inner : maskFields(inner, mask, fixed)]) as T;
}

type Entry = [key: string, value: unknown];

function masked(value: unknown, mask: Masker, entry: (entry: Entry) => Entry): unknown {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map(item => masked(item, mask, entry));
  if (!isObject(value)) return value;
  return isSecret(value) ? MASK : Object.fromEntries(Object.entries(value).map(entry));
}
