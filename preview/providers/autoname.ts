import { createHash } from "node:crypto";
import type { Properties } from "../value.js";

/**
 * A suffix for an object without a name. Providers draw it at random; here it follows from URN and inputs, so that the same program gives
 * the same names and a changed ConfigMap a new one.
 *
 * @param digits how many hexadecimal digits
 */
export function suffixOf(urn: string, inputs: Properties, digits: number): string {
  return createHash("sha256").update(urn).update(canonical(inputs)).digest("hex").slice(0, digits);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
