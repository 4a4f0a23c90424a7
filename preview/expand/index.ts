import type { Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import { PreviewError } from "../errors.js";
import { containsUnknown, lowerAll, type Properties } from "../value.js";
import { addChildren } from "./children.js";
import { configFileObjects, configGroupObjects } from "./configs.js";
import { chartObjects } from "./helm.js";
import { kustomizeObjects } from "./kustomize.js";

/** What a component turned out to contain; or why that cannot be known here. */
export type Expansion = { objects: Properties[]; namespace?: string } | { reason: string };

type Expander = (
  deployment: Deployment,
  component: EngineResource,
  inputs: Properties,
) => Expansion | Promise<Expansion>;

const expanders: Record<string, Expander> = {
  "kubernetes:yaml/v2:ConfigFile": (deployment, _, inputs) => configFileObjects(deployment, inputs),
  "kubernetes:yaml/v2:ConfigGroup": (deployment, _, inputs) => configGroupObjects(deployment, inputs),
  "kubernetes:helm.sh/v4:Chart": chartObjects,
  "kubernetes:kustomize/v2:Directory": (deployment, _, inputs) => kustomizeObjects(deployment, inputs),
};

/** Adds the children of a component that a provider would construct in its own process. What cannot be expanded is listed, never dropped. */
export async function expandComponent(
  deployment: Deployment,
  component: EngineResource,
  given: Properties,
): Promise<void> {
  const expand = expanders[component.type];
  const inputs = lowerAll(given);
  const expansion: Expansion =
    expand === undefined
      ? { reason: "its children are made by a provider, and there is none in a hermetic preview" }
      : await placed(deployment, component, () => expand(deployment, component, inputs));
  if ("reason" in expansion) {
    deployment.coverage.unexpandedComponents.push({
      urn: component.urn,
      type: component.type,
      reason: expansion.reason,
    });
    return;
  }
  if (expansion.objects.some(object => containsUnknown(object["kind"]) || containsUnknown(object["apiVersion"]))) {
    const reason = "some of its objects have a kind that is not known at preview";
    deployment.coverage.unexpandedComponents.push({ urn: component.urn, type: component.type, reason });
    return;
  }
  await addChildren(deployment, component, expansion.objects, expansion.namespace);
}

/** What is wrong with a file is reported at the line that asks for it. */
async function placed(
  deployment: Deployment,
  component: EngineResource,
  expand: () => Expansion | Promise<Expansion>,
): Promise<Expansion> {
  try {
    return await expand();
  } catch (error) {
    if (!(error instanceof PreviewError)) throw error;
    const source = error.source ?? component.programSource ?? component.source;
    throw deployment.fail(new PreviewError(error.kind, error.message, { source, hint: error.hint }));
  }
}
