import type { SourcePosition } from "./finding.js";

/**
 * What kind of failure ended a preview: `usage` (settings, fixtures, unreadable input: exit code 2), `program` (the Pulumi program failed:
 * 4), `internal` (a policy pack or the preview itself failed: 1).
 */
export type PreviewErrorKind = "usage" | "program" | "internal";

export interface PreviewErrorDetails {
  /** The line its reader can change. */
  source?: SourcePosition | undefined;
  /** One sentence on what to do about it. */
  hint?: string | undefined;
  /** Stack trace of the failure, for `--debug` only. */
  trace?: string | undefined;
}

/** The only error that leaves the host. Its message is for a person and holds no secret. */
export class PreviewError extends Error {
  readonly source: SourcePosition | undefined;
  readonly hint: string | undefined;
  readonly trace: string | undefined;

  constructor(
    readonly kind: PreviewErrorKind,
    message: string,
    details: PreviewErrorDetails = {},
  ) {
    super(message);
    this.name = "PreviewError";
    this.source = details.source;
    this.hint = details.hint;
    this.trace = details.trace;
  }
}
