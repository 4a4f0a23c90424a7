import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Arguments, OptionSpec } from "./arguments.js";
import { CommandLineError } from "./command.js";

export const packOptions: readonly OptionSpec[] = [
  {
    name: "policy-pack",
    short: "p",
    value: "DIR",
    many: true,
    help: "policy pack to judge by; by default policies/ beside Pulumi.yaml",
  },
  {
    name: "policy-config",
    value: "FILE",
    many: true,
    help: "configuration of the pack at the same place; by default PACK/config/STACK.json",
  },
];

/** Pack folders, and their configuration files by folder. */
export interface Packs {
  folders: string[];
  /** Given on the command line, by folder. */
  configFiles: Record<string, string>;
}

/** Packs given, or the one that lies beside the program. */
export function packsOf(command: string, args: Arguments, cwd: string, programDir: string): Packs {
  const given = args.values("policy-pack").map(folder => resolve(cwd, folder));
  const beside = join(programDir, "policies");
  const folders = given.length > 0 ? given : existsSync(join(beside, "PulumiPolicy.yaml")) ? [beside] : [];
  const configs = args.values("policy-config").map(file => resolve(cwd, file));
  if (configs.length > 0 && configs.length !== folders.length) {
    throw new CommandLineError(
      command,
      `--policy-config is given once for every pack, in their order: got ${configs.length} for ${folders.length}`,
    );
  }
  return {
    folders,
    configFiles: Object.fromEntries(configs.map((file, index) => [folders[index] ?? "", file])),
  };
}

/** Configuration files for one stack: those given, else the pack's own for a stack of that name. */
export function configFilesFor({ folders, configFiles }: Packs, stack: string): Record<string, string> {
  return Object.fromEntries(
    folders.flatMap(folder => {
      const own = join(folder, "config", `${stack}.json`);
      const file = configFiles[folder] ?? (existsSync(own) ? own : undefined);
      return file === undefined ? [] : [[folder, file]];
    }),
  );
}
