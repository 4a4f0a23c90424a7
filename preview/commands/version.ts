import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArguments } from "./arguments.js";
import { type Command, CommandLineError, exitCodes } from "./command.js";
import { print } from "./print.js";

/** This package's version, from the closest package.json: the module may run compiled, one folder deeper, or as it is. */
export function toolVersion(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version?: string };
      if (manifest.version !== undefined) return manifest.version;
    } catch {
      // Not in this folder.
    }
    if (dirname(folder) === folder) return "0.0.0";
  }
}

export const version: Command = {
  name: "version",
  summary: "print the version",
  synopsis: "",
  details: "Prints the version of bulkhead.",
  options: [],
  async run(args, io) {
    const { positionals } = parseArguments("version", [], args);
    if (positionals.length > 0)
      throw new CommandLineError("version", `version takes no argument, got "${positionals[0] ?? ""}"`);
    await print(io.stdout, `${toolVersion()}\n`);
    return exitCodes.ok;
  },
};
