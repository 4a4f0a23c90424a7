import { hash } from "node:crypto";
import type { Finding } from "../finding.js";

/** Says which finding it is, across runs and edits: URN, rule and path, not the line. */
export function fingerprintOf({ urn, rule, path }: Pick<Finding, "urn" | "rule" | "path">): string {
  return hash("sha256", [urn, rule, path].join("\0")).slice(0, 32);
}

/** Tells apart what one rule finds several times on one path: `<fingerprint>:1`, `<fingerprint>:2`. */
export function numbered(): (fingerprint: string) => string {
  const seen = new Map<string, number>();
  return fingerprint => {
    const next = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, next);
    return `${fingerprint}:${next}`;
  };
}
