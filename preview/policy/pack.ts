import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { PreviewError } from "../errors.js";
import { isObject, type Properties } from "../value.js";

/** A policy pack on disk, before anything of it runs. Plain JSON: it crosses to the worker process. */
export interface Pack {
  folder: string;
  /** For messages: the package's name, else the folder's. */
  name: string;
  /** The package's version; "0" where it names none. */
  version: string;
  /** The compiled module behind `exports["./findings"]`, where the pack has one. */
  findings: string | undefined;
  /** The compiled module behind `exports["./explain"]`, where the pack has one. */
  explain?: string;
  /** Whether the engine would load TypeScript: PulumiPolicy.yaml does not say `typescript: false`. */
  typescript: boolean;
  /** Contents of the `--policy-pack-config` file. */
  config: Properties;
}

/**
 * @throws PreviewError (usage) where the folder is no policy pack, the pack was not built, or its configuration is not JSON
 */
export function readPack(folder: string, configFile: string | undefined): Pack {
  const path = resolve(folder);
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new PreviewError("usage", `policy pack ${folder} does not exist`);
  }
  const manifest = readJson(join(path, "package.json"), `policy pack ${folder} has no package.json`);
  const name = typeof manifest["name"] === "string" ? manifest["name"] : basename(path);
  const exported = (entry: string): string | undefined => {
    const file = isObject(manifest["exports"]) ? manifest["exports"][entry] : undefined;
    return typeof file === "string" ? join(path, file) : undefined;
  };
  const findings = exported("./findings");
  const explain = exported("./explain");
  for (const built of [findings, explain, mainOf(path, manifest)]) {
    if (built !== undefined && !existsSync(built)) throw notBuilt(name, built.slice(path.length + 1));
  }
  return {
    folder: path,
    name,
    version: typeof manifest["version"] === "string" ? manifest["version"] : "0",
    findings,
    ...(explain !== undefined && { explain }),
    typescript: !/typescript:\s*false/.test(readOptional(join(path, "PulumiPolicy.yaml"))),
    config: configFile === undefined ? {} : readConfig(configFile),
  };
}

function mainOf(folder: string, manifest: Properties): string | undefined {
  const main = manifest["main"];
  return typeof main === "string" && /\.[cm]?js$/.test(main) ? join(folder, main) : undefined;
}

function notBuilt(name: string, file: string): PreviewError {
  return new PreviewError("usage", `policy pack ${name} is not built: ${file} is missing`, {
    hint: "npm ci builds it, unless it ran with --ignore-scripts: run npm run prepare.",
  });
}

function readConfig(file: string): Properties {
  const config = readJson(resolve(file), `policy configuration ${file} does not exist`);
  for (const [rule, value] of Object.entries(config)) {
    if (typeof value !== "string" && !isObject(value)) {
      throw new PreviewError("usage", `policy configuration ${file}: ${rule} must be a level or an object`);
    }
  }
  return config;
}

function readJson(file: string, missing: string): Properties {
  if (!existsSync(file)) throw new PreviewError("usage", missing);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new PreviewError("usage", `${file} is not valid JSON: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw new PreviewError("usage", `${file} must hold an object`);
  return value;
}

function readOptional(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
