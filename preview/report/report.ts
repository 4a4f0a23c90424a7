import { z } from "zod";
import { comparison } from "../compare/comparison.js";
import { finding, sourcePosition } from "../finding.js";

const severity = z.enum(["critical", "high", "medium", "low"]);
const level = z.enum(["mandatory", "advisory", "disabled", "remediate"]);

/** `blocks` is the pack's word; `blocking` is what follows from it and from the command line. */
export const reportFinding = finding.omit({ blocks: true }).extend({
  /** Where its reader can change something: the line of the program, or of the Kubernetes file. */
  source: sourcePosition.optional(),
  /** Where the resource's constructor was called, if that is not `source`: a line inside a component. */
  constructedAt: sourcePosition.optional(),
  pack: z.string(),
  /** Whether it makes the run fail. */
  blocking: z.boolean(),
  /** Stays the same when lines move: a hash of URN, rule and path. */
  fingerprint: z.string(),
  /** Whether `--baseline` has it; absent without one, and on what an exception excuses. */
  baseline: z.enum(["new", "known"]).optional(),
});
export type ReportFinding = z.infer<typeof reportFinding>;

export const reportResource = z.strictObject({
  urn: z.string(),
  type: z.string(),
  name: z.string(),
  parent: z.string().optional(),
  component: z.boolean(),
  protect: z.boolean(),
  source: sourcePosition.optional(),
});
export type ReportResource = z.infer<typeof reportResource>;

export const reportRule = z.strictObject({
  id: z.string(),
  pack: z.string(),
  title: z.string(),
  severity,
  level,
  docs: z.string().optional(),
  remediation: z.string().optional(),
  tags: z.array(z.string()).optional(),
});
export type ReportRule = z.infer<typeof reportRule>;

export const reportCoverage = z.strictObject({
  unhandledInvokes: z.array(z.strictObject({ token: z.string(), source: sourcePosition.optional() })),
  unexpandedComponents: z.array(z.strictObject({ urn: z.string(), type: z.string(), reason: z.string() })),
  missingStackReferences: z.array(z.string()),
  unhandledReads: z.array(z.string()),
  ignored: z.array(z.string()),
});

const failure = z.strictObject({
  kind: z.enum(["usage", "program", "internal"]),
  message: z.string(),
  source: sourcePosition.optional(),
  hint: z.string().optional(),
  /** Only with `--debug`. */
  trace: z.string().optional(),
});
export type Failure = z.infer<typeof failure>;

export const runReport = z.strictObject({
  /** `flowmarine/production`, or `check` */
  title: z.string(),
  project: z.string().optional(),
  stack: z.string().optional(),
  mode: z.enum(["one-process", "separate"]).optional(),
  /** The file that stands for the whole run where a finding has no line of its own: Pulumi.yaml. */
  definedIn: z.string().optional(),
  /** Set when this run could not be evaluated; the lists below are empty then. */
  failure: failure.optional(),
  resources: z.array(reportResource),
  /** Secrets are "[secret]", unknowns "[known after up]". */
  outputs: z.record(z.string(), z.unknown()),
  findings: z.array(reportFinding),
  /** What the baseline has and this run did not find any more; absent without a baseline. */
  fixed: z
    .array(z.strictObject({ fingerprint: z.string(), rule: z.string(), urn: z.string(), path: z.string() }))
    .optional(),
  rules: z.array(reportRule),
  coverage: reportCoverage,
  /** Configuration keys without a value of their own: placeholders stood in for them. */
  toBeSet: z.array(z.string()),
  logs: z.array(
    z.strictObject({
      severity: z.enum(["debug", "info", "warning", "error"]),
      message: z.string(),
      urn: z.string().optional(),
    }),
  ),
  /** Milliseconds. */
  timings: z
    .strictObject({ load: z.number(), import: z.number(), program: z.number(), policy: z.number(), total: z.number() })
    .optional(),
  comparison: comparison.optional(),
});
export type RunReport = z.infer<typeof runReport>;

export const verdict = z.strictObject({
  /** As of the command line: 0 ok, 1 internal error, 2 usage or unreadable input, 4 the program failed, 5 blocked. */
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(4), z.literal(5)]),
  strict: z.boolean(),
  failedRuns: z.int(),
  /** Violations of mandatory rules, not excused and not known from the baseline. */
  mandatory: z.int(),
  advisory: z.int(),
  undetermined: z.int(),
  /** Findings that an exception excuses. */
  excused: z.int(),
  /** With a baseline: open findings that it has, and entries of it that are found no more. */
  baseline: z.strictObject({ known: z.int(), fixed: z.int() }).optional(),
  /** What blocks beside mandatory violations: with `--strict` what could not be judged, with `--fail-on` what was lost. */
  otherBlocking: z.array(z.string()),
  sentence: z.string(),
});
export type Verdict = z.infer<typeof verdict>;

/** What a command found out, ready to be printed: secrets masked, paths relative to the repository. The JSON report is exactly this. */
export const report = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal("bulkhead"), version: z.string() }),
  command: z.enum(["preview", "check"]),
  runs: z.array(runReport),
  verdict,
});
export type Report = z.infer<typeof report>;
