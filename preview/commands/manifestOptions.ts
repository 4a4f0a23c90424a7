import { join, resolve } from "node:path";
import { type ManifestOptions, renderManifests } from "../manifests/render.js";
import { requireOwnFolder, writeFolder } from "../manifests/write.js";
import type { PreviewResult } from "../result.js";
import type { Arguments, OptionSpec } from "./arguments.js";
import { CommandLineError } from "./command.js";

export const manifestOptions: readonly OptionSpec[] = [
  {
    name: "manifests",
    short: "m",
    value: "DIR",
    help: "write one YAML file for every Kubernetes object, dependencies first",
  },
  {
    name: "image",
    value: "NAME=REF",
    many: true,
    help: "reference of an image that this program builds, for --manifests",
  },
  { name: "show-secrets", help: "write Secrets in plain text to --manifests" },
  { name: "allow-placeholders", help: "write --manifests although values are not known or not set yet" },
];

export interface ManifestRequest extends ManifestOptions {
  folder: string;
}

/** What to write where, or undefined without `--manifests`. */
export function manifestRequest(command: string, args: Arguments, cwd: string): ManifestRequest | undefined {
  const dir = args.value("manifests");
  if (dir === undefined) {
    const alone = ["image", "show-secrets", "allow-placeholders"].find(
      name => args.switches.has(name) || args.values(name).length > 0,
    );
    if (alone !== undefined) throw new CommandLineError(command, `--${alone} needs --manifests DIR`);
    return undefined;
  }
  const images = new Map<string, string>();
  for (const pair of args.values("image")) {
    const [, name, reference] = /^([^=]+)=(\S+)$/.exec(pair) ?? [];
    if (name === undefined || reference === undefined) {
      throw new CommandLineError(command, `--image must be NAME=REFERENCE, got "${pair}"`);
    }
    if (images.has(name)) throw new CommandLineError(command, `--image ${name} is given twice`);
    images.set(name, reference);
  }
  const folder = resolve(cwd, dir);
  requireOwnFolder(folder);
  return {
    folder,
    images,
    showSecrets: args.switches.has("show-secrets"),
    allowPlaceholders: args.switches.has("allow-placeholders"),
  };
}

/** One stack fills the folder itself; several get a folder each in it. All are rendered before any is written. */
export function writeManifests(results: readonly PreviewResult[], request: ManifestRequest): void {
  if (results.length === 1 && results[0]) {
    writeFolder(request.folder, renderManifests(results[0], request), request.showSecrets);
    return;
  }
  const files = new Map(
    results.flatMap(result =>
      [...renderManifests(result, request)].map(([name, text]) => [join(result.stack, name), text] as const),
    ),
  );
  writeFolder(request.folder, files, request.showSecrets);
}
