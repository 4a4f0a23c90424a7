import { type Command, CommandLineError, exitCodeOf, exitCodes, type Io } from "./commands/command.js";
import { helpOf, overview } from "./commands/help.js";
import { errorText, isClosedPipe, print } from "./commands/print.js";
import { PreviewError } from "./errors.js";

/** In the order of the help. Each is loaded when it is asked for: the others would delay it. */
const commands: Record<string, () => Promise<Command>> = {
  preview: async () => (await import("./commands/preview.js")).preview,
  check: async () => (await import("./commands/check.js")).check,
  explain: async () => (await import("./commands/explain.js")).explain,
  init: async () => (await import("./commands/init.js")).init,
  version: async () => (await import("./commands/version.js")).version,
};

/** Runs a command line; never throws. @returns the exit code */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const debug = argv.includes("--debug");
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (io.signal.aborted) return exitCodes.interrupted;
    if (error instanceof PreviewError) {
      await print(io.stderr, errorText(error, debug));
      return exitCodeOf(error.kind);
    }
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const hint = "This is a fault of bulkhead itself; --debug shows where.";
    await print(io.stderr, errorText({ message: `internal error: ${message}`, hint, trace: stack }, debug));
    return exitCodes.internal;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined || first === "help" || first === "--help" || first === "-h") {
    const topic = rest.find(word => !word.startsWith("-"));
    const help = topic === undefined ? overview(await all()) : helpOf(await commandOf(topic));
    await print(io.stdout, help);
    return first === undefined ? exitCodes.usage : exitCodes.ok;
  }
  if (first === "--version" || first === "-V") return (await commandOf("version")).run([], io);
  const command = await commandOf(first);
  const options = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : undefined);
  if (options.includes("--help") || options.includes("-h")) {
    await print(io.stdout, helpOf(command));
    return exitCodes.ok;
  }
  return command.run(rest, io);
}

async function commandOf(name: string): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load !== undefined) return load();
  throw new CommandLineError("", `there is no command "${name}"; there are ${Object.keys(commands).join(", ")}, help`);
}

function all(): Promise<Command[]> {
  return Promise.all(Object.values(commands).map(load => load()));
}

/** Ctrl-C, a closing terminal and a supervisor's stop all end the same way: clean up, then 130. */
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The process's own command line. */
export async function runProcess(): Promise<void> {
  const abort = new AbortController();
  for (const signal of stopSignals) {
    process.on(signal, () => {
      // A second one means that cleaning up takes too long.
      if (abort.signal.aborted) process.exit(exitCodes.interrupted);
      abort.abort(new Error(`stopped by ${signal}`));
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: Error) => {
      if (!isClosedPipe(error)) throw error;
    });
  }
  const { stdout, stderr, stdin, env } = process;
  const code = await main(process.argv.slice(2), {
    stdout,
    stderr,
    stdin,
    env,
    cwd: process.cwd(),
    signal: abort.signal,
  });
  process.exit(abort.signal.aborted ? exitCodes.interrupted : code);
}
