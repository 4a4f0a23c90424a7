import type { ProgressEvent } from "../options.js";
import type { Io } from "./command.js";

const phases: Record<ProgressEvent["phase"], string> = {
  load: "starting",
  import: "loading the program",
  program: "running the program",
  policy: "judging",
  done: "done",
};

/** One line on a terminal that says what every stack is doing; nothing anywhere else. */
export interface Progress {
  update: (event: ProgressEvent) => void;
  clear: () => void;
}

export function createProgress(io: Io, quiet: boolean): Progress {
  if (quiet || io.stderr.isTTY !== true || io.env["TERM"] === "dumb")
    return { update: () => undefined, clear: () => undefined };
  const states = new Map<string, string>();
  return {
    update: ({ stack, phase, resources }) => {
      states.set(stack, `${stack}: ${phases[phase]}${resources > 0 && phase !== "done" ? ` (${resources})` : ""}`);
      const line = [...states.values()].join(" · ").slice(0, (io.stderr.columns || 80) - 1);
      io.stderr.write(`\r\u001b[2K${line}`);
    },
    clear: () => {
      if (states.size > 0) io.stderr.write("\r\u001b[2K");
      states.clear();
    },
  };
}
