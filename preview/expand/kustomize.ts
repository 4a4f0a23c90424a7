import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Deployment } from "../engine/deployment.js";
import { PreviewError } from "../errors.js";
import { type Properties, reveal, UNKNOWN } from "../value.js";
import type { Expansion } from "./index.js";
import { ask } from "./tools.js";
import { decodeYaml, objectsIn } from "./yaml.js";

const renderers: [program: string, args: string[]][] = [
  ["kustomize", ["build"]],
  ["kubectl", ["kustomize"]],
];

/** kustomize/v2 Directory: rendered by kustomize, or by kubectl's own, where one of them is installed. */
export async function kustomizeObjects(deployment: Deployment, inputs: Properties): Promise<Expansion> {
  const directory = reveal(inputs["directory"]);
  if (typeof directory !== "string" || directory === UNKNOWN)
    return { reason: "its directory is not known at preview" };
  const path = resolve(deployment.settings.programDir, directory);
  if (!existsSync(path)) {
    if (!/^[./]/.test(directory))
      return { reason: `${directory} is on the network, which a hermetic preview does not ask` };
    throw new PreviewError("program", `kustomize directory ${directory} does not exist`);
  }
  for (const [program, args] of renderers) {
    const answer = await ask(program, [...args, path], deployment.settings.programDir);
    if ("missing" in answer) continue;
    if ("error" in answer) return { reason: `${program} failed: ${answer.error}` };
    return { objects: objectsIn(decodeYaml(answer.text, `kustomize directory ${directory}`)) };
  }
  return { reason: "neither kustomize nor kubectl is installed here" };
}
