import { secretTexts } from "../mask.js";
import { isObject, type Properties, secret } from "../value.js";

/** Marks every text of rendered objects that holds one of the secrets that went into the rendering. */
export function markSecrets(objects: Properties[], values: unknown): Properties[] {
  const secrets = [...secretTexts(values)];
  if (secrets.length === 0) return objects;
  const known = [...secrets, ...secrets.map(text => Buffer.from(text).toString("base64"))];
  const mark = (value: unknown): unknown => {
    if (typeof value === "string") return known.some(text => value.includes(text)) ? secret(value) : value;
    if (Array.isArray(value)) return value.map(mark);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner)]));
  };
  return objects.map(object => mark(object) as Properties);
}
