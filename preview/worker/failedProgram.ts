import type { Deployment } from "../engine/deployment.js";
import { knownSecrets } from "../engine/result.js";
import { masker } from "../mask.js";
import type { Failure } from "./messages.js";

/** Carries a failure out of a program's run, without any secret that the program had or made until then. */
export class FailedProgram extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, deployment: Deployment) {
    const mask = masker(knownSecrets(deployment));
    super(mask(failure.message));
    const { hint, trace } = failure;
    this.failure = {
      ...failure,
      message: this.message,
      hint: hint === undefined ? undefined : mask(hint),
      trace: trace === undefined ? undefined : mask(trace),
    };
  }
}
