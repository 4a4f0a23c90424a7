import type { PreviewResult } from "./result.js";

/** One preview of one stack. Paths may be relative to the working directory. */
export interface PreviewOptions {
  /** Folder that holds Pulumi.yaml. */
  programDir: string;
  /** Name of the stack: its settings are in `Pulumi.<stack>.yaml`. */
  stack: string;
  /** Organization that the program sees. @default "organization", as with a self-managed backend */
  organization?: string;
  /**
   * `one-process` runs program and packs in one worker on one SDK; `separate` starts each as the engine does.
   * @default "one-process" where program and packs resolve to one @pulumi/pulumi, else "separate"
   */
  mode?: PreviewResult["mode"];
  /** Folders of policy packs, judged in this order. */
  policyPacks: string[];
  /** By pack folder as given in `policyPacks`: a file in the format of `--policy-pack-config`. */
  policyConfigFiles?: Record<string, string>;
  /** Answers to stack references, invokes and reads. @default `Pulumi.<stack>.fixtures.yaml` beside Pulumi.yaml, where it exists */
  fixturesFile?: string;
  /** The program is given up after this many seconds. @default 120 */
  timeoutSeconds?: number;
  /** Environment of the program, over the caller's own. */
  env?: Record<string, string>;
  onProgress?: (event: ProgressEvent) => void;
  /** Aborting ends every process that the preview started; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Failures carry a stack trace. @default false */
  debug?: boolean;
}

/** What the preview is doing now, for a progress line. */
export interface ProgressEvent {
  stack: string;
  phase: "load" | "import" | "program" | "policy" | "done";
  /** Resources registered so far. */
  resources: number;
}
