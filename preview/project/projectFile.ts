import { existsSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { PreviewError } from "../errors.js";
import { isObject, type Properties } from "../value.js";
import type { ConfigDeclaration } from "./configTypes.js";
import { readYamlFile, type YamlFile } from "./yamlFile.js";

/** Pulumi.yaml, as far as a preview needs it. */
export interface ProjectFile {
  name: string;
  /** Folder of Pulumi.yaml. */
  rootDir: string;
  extension: string;
  /** Folder of the stack files. */
  stackDir: string;
  /** Working directory of the program, and what to load there: a file, or "." for what package.json names. */
  programDir: string;
  entry: string;
  runtime: { typescript: boolean; tsconfig: string | undefined; nodeArgs: string[] };
  /** By key with namespace. Empty where the project declares nothing. */
  declarations: Map<string, ConfigDeclaration>;
  yaml: YamlFile;
}

const fileNames = ["Pulumi.yaml", "Pulumi.yml"];

export function readProjectFile(dir: string): ProjectFile {
  const rootDir = resolve(dir);
  const file = fileNames.map(name => join(rootDir, name)).find(path => existsSync(path));
  if (file === undefined) {
    throw new PreviewError("usage", `${rootDir} holds no Pulumi.yaml`, {
      hint: "Run in the program's folder, or name it.",
    });
  }
  const yaml = readYamlFile(file);
  const project = isObject(yaml.value) ? yaml.value : {};
  const name = project["name"];
  if (typeof name !== "string" || name === "") throw usage(yaml, ["name"], "the project has no name");
  const stackDir = project["stackConfigDir"];
  return {
    name,
    rootDir,
    extension: extname(file),
    stackDir: typeof stackDir === "string" ? join(rootDir, stackDir) : rootDir,
    ...entryOf(rootDir, yaml, project),
    runtime: runtimeOf(yaml, project),
    declarations: declarationsOf(yaml, name, project),
    yaml,
  };
}

function usage(yaml: YamlFile, path: string[], message: string): PreviewError {
  return new PreviewError("usage", `${yaml.name}: ${message}`, { source: yaml.position(path) });
}

function runtimeOf(yaml: YamlFile, project: Properties): ProjectFile["runtime"] {
  const runtime = project["runtime"];
  const name = isObject(runtime) ? runtime["name"] : runtime;
  if (name !== "nodejs") {
    throw usage(
      yaml,
      ["runtime"],
      `runtime must be nodejs for a hermetic preview, got ${name === undefined ? "none" : JSON.stringify(name)}`,
    );
  }
  const options = isObject(runtime) && isObject(runtime["options"]) ? runtime["options"] : {};
  const nodeArgs = options["nodeargs"];
  return {
    typescript: options["typescript"] !== false,
    tsconfig: typeof options["tsconfig"] === "string" ? options["tsconfig"] : undefined,
    nodeArgs: typeof nodeArgs === "string" ? nodeArgs.split(/\s+/).filter(Boolean) : [],
  };
}

/** `main` may name a folder, which becomes the working directory, or a file. */
function entryOf(rootDir: string, yaml: YamlFile, project: Properties): { programDir: string; entry: string } {
  const main = project["main"];
  if (typeof main !== "string" || main === "") return { programDir: rootDir, entry: "." };
  const path = join(rootDir, main);
  if (!existsSync(path)) throw usage(yaml, ["main"], `main names ${main}, which does not exist`);
  return extname(path) === "" ? { programDir: path, entry: "." } : { programDir: join(path, ".."), entry: path };
}

function declarationsOf(yaml: YamlFile, projectName: string, project: Properties): Map<string, ConfigDeclaration> {
  const declared = project["config"];
  if (declared === undefined || declared === null || typeof declared === "string") return new Map();
  if (!isObject(declared)) throw usage(yaml, ["config"], "config must be a map of keys");
  return new Map(
    Object.entries(declared).map(([key, value]) => {
      const body = isObject(value) ? value : { default: value };
      return [
        key.includes(":") ? key : `${projectName}:${key}`,
        {
          type: typeof body["type"] === "string" ? body["type"] : undefined,
          items: isObject(body["items"]) ? body["items"] : undefined,
          default: body["default"] ?? body["value"],
          secret: body["secret"] === true,
        },
      ];
    }),
  );
}
