import type { PreviewErrorKind } from "../errors.js";
import type { SourcePosition } from "../finding.js";
import type { ProgressEvent } from "../options.js";
import type { Pack } from "../policy/pack.js";
import type { Fixtures } from "../project/fixtures.js";
import type { StackSettings } from "../project/project.js";
import type { PreviewResult } from "../result.js";

/** What the host sends its worker, once. */
export interface Assignment {
  settings: StackSettings;
  fixtures: Fixtures;
  packs: Pack[];
  /** Said at the top of the result's log: why the mode is what it is. */
  note: string | undefined;
}

export interface Failure {
  kind: PreviewErrorKind;
  message: string;
  source?: SourcePosition | undefined;
  hint?: string | undefined;
  trace?: string | undefined;
}

/** What a worker reports. After `done` or `failed` it ends. */
export type Report =
  | { type: "progress"; phase: ProgressEvent["phase"]; resources: number }
  | { type: "done"; result: PreviewResult }
  | { type: "failed"; failure: Failure };
