import type { Edits } from "../../../policies/rule.js";

/**
 * Rule, edits of the compliant program, whether the rule then finds a violation, the pack's own parameters, and what the violation's
 * message holds.
 */
export type Case = [rule: string, edits: Edits, isBroken: boolean, pack?: Record<string, unknown>, says?: string];

export function kubernetes(apiVersion: string, kind: string, properties: Record<string, unknown> = {}) {
  return {
    type: `kubernetes:${apiVersion}:${kind}`,
    properties: { metadata: { name: "x", namespace: "shop" }, ...properties },
  };
}

export function each<T>(values: readonly T[], make: (value: T) => Case): Case[] {
  return values.map(make);
}
