import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import { PreviewError } from "../errors.js";
import { contextNamespace } from "../providers/kubeconfig.js";
import { containsUnknown, type Properties, reveal, UNKNOWN } from "../value.js";
import type { Expansion } from "./index.js";
import { markSecrets } from "./markSecrets.js";
import { ask } from "./tools.js";
import { decodeYaml, objectsIn } from "./yaml.js";

/** helm.sh/v4 Chart: rendered by `helm template` where the chart is a local folder or archive and helm is installed. Hooks are left out. */
export async function chartObjects(
  deployment: Deployment,
  component: EngineResource,
  inputs: Properties,
): Promise<Expansion> {
  const chart = reveal(inputs["chart"]);
  if (typeof chart !== "string" || chart === UNKNOWN) return { reason: "its chart is not known at preview" };
  const path = resolve(deployment.settings.programDir, chart);
  if (!existsSync(path)) {
    if (/^[./]/.test(chart)) {
      throw new PreviewError("program", `chart ${chart} does not exist`);
    }
    return { reason: `chart ${chart} is on the network, which a hermetic preview does not ask` };
  }
  const values = reveal(inputs["values"] ?? {});
  if (containsUnknown(values)) return { reason: "some of its values are not known at preview" };
  const namespace = textOr(reveal(inputs["namespace"]), providerNamespace(deployment, component));
  const release = textOr(reveal(inputs["name"]), component.name);

  const folder = mkdtempSync(join(tmpdir(), "bulkhead-values-"));
  try {
    // Values may hold secrets: the file is for this user only, and gone afterwards.
    const file = join(folder, "values.json");
    writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
    const skip = inputs["skipCrds"] === true ? [] : ["--include-crds"];
    const args = ["template", release, path, "--namespace", namespace, "--values", file, "--no-hooks", ...skip];
    const answer = await ask("helm", args, deployment.settings.programDir);
    if ("missing" in answer) return { reason: "helm is not installed here" };
    if ("error" in answer) return { reason: `helm template failed: ${answer.error}` };
    const objects = objectsIn(decodeYaml(answer.text, `chart ${chart}`));
    return { objects: markSecrets(objects, inputs["values"]), namespace };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === "string" && value !== "" && value !== UNKNOWN ? value : fallback;
}

function providerNamespace(deployment: Deployment, component: EngineResource): string {
  const reference = component.providers["kubernetes"] ?? "";
  const inputs = deployment.resources.get(reference.slice(0, reference.lastIndexOf("::")))?.inputs ?? {};
  const namespace = reveal(inputs["namespace"]);
  return textOr(namespace, contextNamespace(reveal(inputs["kubeconfig"])) ?? "default");
}
