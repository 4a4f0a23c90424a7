import type { Failure } from "./messages.js";

/** Carries a failure out of a program's run. */
export class FailedProgram extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}
