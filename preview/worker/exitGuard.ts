import { positionIn } from "./failure.js";
import type { Failure } from "./messages.js";

/** A program that ends its own process would take the preview's findings with it: that is its failure, with the line that did it. */
export function guardExit(programDir: string, fail: (failure: Failure) => void): void {
  process.exit = code => {
    const trace = new Error().stack ?? "";
    const exitCode = code ?? process.exitCode ?? 0;
    fail({
      kind: "program",
      message: `the program called process.exit(${exitCode}) before it was done`,
      source: positionIn(trace, programDir),
      trace,
    });
    // The call must not return; whatever catches this is part of a program that has already failed.
    throw new Error("process.exit");
  };
}
