import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PreviewError } from "../errors.js";
import { type Pack, readPack } from "../policy/pack.js";
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

/** Packs given, the closest `policies/` above, or the pack that is installed beside this program. */
export function packsFor(command: string, args: Arguments, cwd: string): Pack[] {
  const { folders, configFiles } = packsOf(command, args, cwd, closestPackParent(cwd));
  const chosen = folders.length > 0 ? folders : installedPack();
  if (chosen.length === 0) {
    throw new PreviewError("usage", "there is no policies/ folder here or above", {
      hint: "Name a policy pack: --policy-pack DIR.",
    });
  }
  return chosen.map(folder => {
    const pack = readPack(folder, configFiles[folder]);
    if (pack.findings !== undefined) return pack;
    throw new PreviewError(
      "usage",
      `policy pack ${pack.name} cannot be asked without a program: its package.json has no exports["./findings"]`,
      {
        hint: "bulkhead preview asks any pack.",
      },
    );
  });
}

function closestPackParent(cwd: string): string {
  for (let folder = resolve(cwd); dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, "policies", "PulumiPolicy.yaml"))) return folder;
  }
  return cwd;
}

function installedPack(): string[] {
  try {
    return [dirname(require.resolve("@bulkhead/policies/package.json"))];
  } catch {
    return [];
  }
}
