import { z } from "zod";

/** Where in the program something was declared. Line and column count from 1. */
export const sourcePosition = z.strictObject({ file: z.string(), line: z.int().min(1), column: z.int().min(1) });
export type SourcePosition = z.infer<typeof sourcePosition>;

/** An owned, expiring permission for one object to break one rule. */
export const exception = z.strictObject({
  rule: z.string().min(1),
  reason: z.string().min(1),
  owner: z.string().min(1),
  expires: z.iso.date(),
});
export type Exception = z.infer<typeof exception>;

const patchOperation = z.strictObject({
  op: z.enum(["add", "remove", "replace"]),
  path: z.string(),
  value: z.unknown().exactOptional(),
});

/**
 * What a pack's rule found on one resource, as it arrives from a pack's `./findings` entry, from its Analyzer (message only), or from a
 * report file. The pack declares the same shape of its own accord: neither side imports the other.
 */
export const finding = z.strictObject({
  rule: z.string().min(1),
  verdict: z.enum(["violation", "undetermined"]),
  /** On what is undetermined: the pack's configuration lets it count like a violation. */
  blocks: z.literal(true).exactOptional(),
  severity: z.enum(["critical", "high", "medium", "low"]),
  level: z.enum(["mandatory", "advisory", "disabled", "remediate"]),
  message: z.string().min(1),
  urn: z.string(),
  type: z.string(),
  path: z.string(),
  /** `WebService "api"`: the nearest component around the resource. */
  component: z.string().exactOptional(),
  /** The component's argument that the place comes from, as far as its name tells, and its line in `source`'s file. */
  argument: z.strictObject({ name: z.string(), line: z.int().min(1) }).exactOptional(),
  source: sourcePosition.exactOptional(),
  fix: z.array(patchOperation).exactOptional(),
  exception: exception.exactOptional(),
});
export type Finding = z.infer<typeof finding>;
