import type { Finding, SourcePosition } from "./finding.js";

/**
 * What one hermetic preview of one stack found out: the only thing that passes from the host to reports, manifests and comparison.
 * Plain JSON, so that it crosses a process boundary and can be kept as a file. Values are as on the wire: an unknown is the sentinel
 * string `UNKNOWN`, a secret `{ [SIGNATURE]: SECRET, value }` (see value.ts): whoever prints one masks it first.
 */
export interface PreviewResult {
  project: string;
  stack: string;
  organization: string;
  mode: "one-process" | "separate";
  /** In registration order; a component before its children. */
  resources: ResourceRecord[];
  /** The stack's outputs. */
  outputs: Record<string, unknown>;
  findings: Finding[];
  /** Rules that the packs brought, for reports. A pack without the `./findings` entry has what its analyzer info says. */
  rules: RuleInfo[];
  coverage: Coverage;
  /** What the program logged, secrets already masked. */
  logs: LogEntry[];
  /** Configuration keys that are absent or encrypted for somebody else and were replaced by placeholders. */
  toBeSet: string[];
  /** Every secret value the run saw, for masking; never serialised into a report. */
  secrets: string[];
  /** What policies with the level `remediate` changed: `inputs` are as they left them. */
  remediated?: { urn: string; rule: string }[];
  /** Milliseconds: host and SDK load, program import, program run, policy evaluation, total. */
  timings: { load: number; import: number; program: number; policy: number; total: number };
}

export interface ResourceRecord {
  urn: string;
  type: string;
  name: string;
  parent?: string;
  custom: boolean;
  /** A component that another process would construct (yaml v2, Chart v4, kustomize v2, any remote component). */
  remote: boolean;
  provider?: { urn: string; type: string; name: string };
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
  aliases: string[];
  /** The frame that called the resource's constructor. */
  source?: SourcePosition;
  /** The outermost frame in the program: the line its author can change. */
  programSource?: SourcePosition;
}

export interface RuleInfo {
  id: string;
  pack: string;
  title: string;
  severity: "critical" | "high" | "medium" | "low";
  level: "mandatory" | "advisory" | "disabled" | "remediate";
  docs?: string;
  remediation?: string;
  tags?: string[];
}

/** What the run could not see, so that green never means "not looked at". */
export interface Coverage {
  /** Function calls to providers that no fixture answered. */
  unhandledInvokes: { token: string; source?: SourcePosition }[];
  /** Components whose children stay unknown (Helm charts, kustomize without an expander, other remote components). */
  unexpandedComponents: { urn: string; type: string; reason: string }[];
  /** StackReferences without a fixture. */
  missingStackReferences: string[];
  /** Resources read by `get` without a fixture. */
  unhandledReads: string[];
  /** Resource hooks and other engine features that a preview does not run. */
  ignored: string[];
}

export interface LogEntry {
  severity: "debug" | "info" | "warning" | "error";
  message: string;
  urn?: string;
}
