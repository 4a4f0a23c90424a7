import {
  AnalyzeRequest,
  AnalyzerPropertyDependencies,
  AnalyzerProviderResource,
  AnalyzerResource,
  AnalyzerResourceOptions,
} from "@pulumi/pulumi/proto/analyzer_pb";
import type { Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import { toStruct } from "../engine/struct.js";
import { lowerAll, type Properties } from "../value.js";

/** What the engine asks a pack about one resource's inputs. */
export function analyzeRequest(
  deployment: Deployment,
  resource: EngineResource,
  properties: Properties,
): AnalyzeRequest {
  const request = new AnalyzeRequest();
  request.setType(resource.type);
  request.setUrn(resource.urn);
  request.setName(resource.name);
  request.setProperties(toStruct(properties));
  request.setOptions(optionsOf(resource));
  request.setProvider(providerOf(deployment, resource));
  return request;
}

/** One of the resources that a stack policy sees: its outputs, and what it depends on. */
export function stackResource(deployment: Deployment, resource: EngineResource): AnalyzerResource {
  const message = new AnalyzerResource();
  message.setType(resource.type);
  message.setUrn(resource.urn);
  message.setName(resource.name);
  message.setProperties(toStruct(lowerAll(resource.outputs, true)));
  message.setOptions(optionsOf(resource));
  message.setProvider(providerOf(deployment, resource));
  message.setParent(resource.parent);
  message.setDependenciesList(resource.dependencies);
  for (const [key, urns] of Object.entries(resource.propertyDependencies)) {
    const dependencies = new AnalyzerPropertyDependencies();
    dependencies.setUrnsList(urns);
    message.getPropertydependenciesMap().set(key, dependencies);
  }
  return message;
}

function optionsOf(resource: EngineResource): AnalyzerResourceOptions {
  const options = new AnalyzerResourceOptions();
  options.setProtect(resource.protect);
  options.setParent(resource.parent);
  options.setIgnorechangesList(resource.ignoreChanges);
  options.setAdditionalsecretoutputsList(resource.additionalSecretOutputs);
  if (resource.deleteBeforeReplace !== undefined) {
    options.setDeletebeforereplacedefined(true);
    options.setDeletebeforereplace(resource.deleteBeforeReplace);
  }
  const timeouts = new AnalyzerResourceOptions.CustomTimeouts();
  timeouts.setCreate(seconds(resource.customTimeouts.create));
  timeouts.setUpdate(seconds(resource.customTimeouts.update));
  timeouts.setDelete(seconds(resource.customTimeouts.delete));
  options.setCustomtimeouts(timeouts);
  return options;
}

const unitSeconds: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** A Go duration such as `1h30m`. */
function seconds(duration: string): number {
  return [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (unitSeconds[unit ?? ""] ?? 0),
    0,
  );
}

/** Many resources share a provider: its message is made once. */
const providers = new WeakMap<EngineResource, AnalyzerProviderResource>();

function providerOf(deployment: Deployment, resource: EngineResource): AnalyzerProviderResource | undefined {
  const provider = deployment.providerOf(resource);
  if (provider === undefined) return undefined;
  const made = providers.get(provider);
  if (made !== undefined) return made;
  const message = new AnalyzerProviderResource();
  message.setType(provider.type);
  message.setUrn(provider.urn);
  message.setName(provider.name);
  message.setProperties(toStruct(lowerAll(provider.inputs, true)));
  providers.set(provider, message);
  return message;
}
