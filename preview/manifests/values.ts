import { MASK } from "../mask.js";
import { containsPlaceholder, isObject, isSecret, isUnknown, reveal } from "../value.js";
import type { ManifestObject } from "./objects.js";

/** What stands for a Secret's data when it is not to be shown; base64, so that the file stays a valid object. */
const redacted = Buffer.from("redacted").toString("base64");
/** What stands for an unknown with `--allow-placeholders`. */
const unknownText = "known-after-up";

/** A value that is missing from a manifest. */
export interface Gap {
  urn: string;
  /** As a person writes it: `spec.template.spec.containers[0].image` */
  path: string;
  what: "known after up" | "to be set before up";
}

/** The object as it goes into the file, and what is missing in it. */
export function writable(
  object: ManifestObject,
  options: { showSecrets: boolean; allowPlaceholders: boolean },
): { body: Record<string, unknown>; gaps: Gap[] } {
  const gaps: Gap[] = [];
  const visit = (value: unknown, path: string): unknown => {
    if (isUnknown(value)) {
      gaps.push({ urn: object.urn, path, what: "known after up" });
      return unknownText;
    }
    if (isSecret(value) && !options.showSecrets) return MASK;
    if (isSecret(value)) return visit(reveal(value), path);
    if (Array.isArray(value)) return value.map((item, index) => visit(item, `${path}[${index}]`));
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value)
          .filter(([key, item]) => !key.startsWith("__") && item !== undefined)
          .map(([key, item]) => [key, visit(item, path === "" ? key : `${path}.${key}`)]),
      );
    }
    if (containsPlaceholder(value)) gaps.push({ urn: object.urn, path, what: "to be set before up" });
    return value;
  };
  const shown = object.kind === "Secret" && !options.showSecrets ? redactSecret(object.body) : object.body;
  const body = visit(shown, "") as Record<string, unknown>;
  return { body, gaps: options.allowPlaceholders ? [] : gaps };
}

/** A Secret's keys are shown, its values are not, marked as secret or not. */
function redactSecret(body: Record<string, unknown>): Record<string, unknown> {
  const hide = (field: string, by: string): Record<string, unknown> => {
    const values = body[field];
    if (values === undefined) return {};
    const known = isSecret(values) ? reveal(values) : values;
    if (!isObject(known)) return { [field]: {} };
    return { [field]: Object.fromEntries(Object.keys(known).map(key => [key, by])) };
  };
  return { ...body, ...hide("data", redacted), ...hide("stringData", "redacted") };
}
