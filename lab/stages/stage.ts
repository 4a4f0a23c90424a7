import type { Lab } from "../src/lab.js";

/** What a stage measured, as the report keeps it. Units stand in the names: `readySeconds`, `memoryMiB`. */
export type Figure = number | string | boolean | readonly Figure[] | { readonly [name: string]: Figure };
export type Figures = Readonly<Record<string, Figure>>;

/** One group of promises that the running system must keep. A file `NN-name.ts` beside this one exports it as `stage`. */
export interface Stage {
  /** Place in the order, and its number in the report. */
  id: number;
  /** What is promised, as a sentence. */
  title: string;
  /** Takes long, or breaks what runs: only with `--deep`, or when asked for by number. @default false */
  deep?: boolean;
  /** Uses the lab's own node: its network, its containers, its programs. Not run on the cluster of LAB_KUBECONFIG. @default false */
  labOnly?: boolean;
  /**
   * Leaves the system as it found it, whatever happens.
   *
   * @throws BrokenPromise, or any error, when a promise is not kept
   */
  run(lab: Lab): Promise<Figures>;
}

/** The system does not do what was promised; the message is all that a reader needs. */
export class BrokenPromise extends Error {}

/** @throws BrokenPromise with this message unless the promise is kept */
export function promise(isKept: boolean, message: string): asserts isKept {
  if (!isKept) throw new BrokenPromise(message);
}

/** All faults at once, so that one run tells everything. @throws BrokenPromise unless there is none */
export function promiseNone(faults: readonly string[], what: string): void {
  promise(faults.length === 0, `${what}: ${faults.join("; ")}`);
}
