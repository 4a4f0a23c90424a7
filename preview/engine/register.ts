import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { PreviewError } from "../errors.js";
import { expandComponent } from "../expand/index.js";
import { checkInputs, programView, stateOf } from "../providers/index.js";
import type { Properties } from "../value.js";
import { aliasUrns } from "./aliases.js";
import { defaultProvider } from "./defaultProviders.js";
import type { Deployment } from "./deployment.js";
import type { EngineResource } from "./resource.js";
import { formatPosition, positionsOf } from "./source.js";
import { fromStruct, toStruct } from "./struct.js";
import { runTransforms } from "./transforms.js";

const stackType = "pulumi:pulumi:Stack";
const providerPrefix = "pulumi:providers:";

/** What the engine does for one `RegisterResource` call at preview, up to the provider's answer. */
export async function registerResource(
  deployment: Deployment,
  request: RegisterResourceRequest,
): Promise<RegisterResourceResponse> {
  await runTransforms(deployment, request);
  const resource = await describe(deployment, request);
  await admit(deployment, resource, fromStruct(request.getObject()));

  const response = new RegisterResourceResponse();
  response.setUrn(resource.urn);
  // The id stays empty: the SDK takes it, and every output that is not answered, for unknown.
  response.setObject(toStruct(resource.custom ? programView(resource) : {}));
  return response;
}

/**
 * Takes a described resource in: refuses a second one of the same URN, checks its inputs as its provider would, has it judged, and
 * expands it where it is a component that another process would construct.
 */
export async function admit(deployment: Deployment, resource: EngineResource, inputs: Properties): Promise<void> {
  const earlier = deployment.resources.get(resource.urn);
  if (earlier !== undefined) throw deployment.fail(duplicate(earlier, resource));
  resource.inputs = resource.remote ? {} : inputs;
  deployment.add(resource);
  if (resource.custom) checkInputs(resource, deployment);
  await deployment.analyzers.judge(resource, deployment);
  if (resource.custom) resource.outputs = stateOf(resource);
  if (resource.remote) await expandComponent(deployment, resource, inputs);
}

async function describe(deployment: Deployment, request: RegisterResourceRequest): Promise<EngineResource> {
  const type = request.getType();
  const name = request.getName();
  const parent = request.getParent() || (type === stackType ? "" : deployment.rootUrn);
  const own = positionsOf(deployment.settings.programDir, request.getSourceposition(), request.getStacktrace());
  // What a component makes in a later turn has no frame in the program: its component has.
  const source = own.source ?? deployment.resources.get(parent)?.source;
  const programSource = own.programSource ?? deployment.resources.get(parent)?.programSource;
  const custom = request.getCustom();
  const packageReference = deployment.packages.get(request.getPackageref());
  const version = request.getVersion() || (packageReference?.version ?? "");
  const isProvider = type.startsWith(providerPrefix);
  const timeouts = request.getCustomtimeouts();
  const propertyDependencies: Record<string, string[]> = {};
  if (!request.getRemote()) {
    request.getPropertydependenciesMap().forEach((list, key) => {
      const urns = list.getUrnsList();
      if (urns.length > 0) propertyDependencies[key] = urns;
    });
  }
  if (isProvider && version !== "") {
    const object = fromStruct(request.getObject());
    request.setObject(toStruct({ ...object, version }));
  }
  if (type === stackType) deployment.rootUrn = deployment.urn(type, name, "");
  noteHooks(deployment, request);
  return {
    urn: deployment.urn(type, name, parent),
    type,
    name,
    parent,
    custom,
    remote: request.getRemote(),
    provider:
      custom && !isProvider ? request.getProvider() || (await defaultProvider(deployment, type, version, source)) : "",
    providers: await providersOf(deployment, request, version, source),
    inputs: {},
    outputs: {},
    dependencies: request.getDependenciesList(),
    propertyDependencies,
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
    aliases: aliasUrns(deployment, { type, name, parent }, request.getAliasesList()),
    transforms: request
      .getTransformsList()
      .map(callback => ({ target: callback.getTarget(), token: callback.getToken() })),
    source,
    programSource,
  };
}

/** A remote component's children take their providers from it; the engine also starts its own provider for them. */
async function providersOf(
  deployment: Deployment,
  request: RegisterResourceRequest,
  version: string,
  source: EngineResource["source"],
): Promise<Record<string, string>> {
  const providers: Record<string, string> = {};
  request.getProvidersMap().forEach((reference, name) => {
    providers[name] = reference;
  });
  if (!request.getRemote()) return providers;
  await defaultProvider(deployment, stackType, "", source);
  const own = request.getType().slice(0, request.getType().indexOf(":"));
  providers[own] ??= request.getProvider() || (await defaultProvider(deployment, request.getType(), version, source));
  return providers;
}

function duplicate(earlier: EngineResource, later: EngineResource): PreviewError {
  const first = formatPosition(earlier.programSource);
  const second = formatPosition(later.programSource);
  return new PreviewError(
    "program",
    `${later.type} "${later.name}" is registered twice, at ${first} and at ${second}: duplicate URN ${later.urn}`,
    { source: later.programSource ?? later.source, hint: "Give each resource of one type and parent its own name." },
  );
}

function noteHooks(deployment: Deployment, request: RegisterResourceRequest): void {
  if (
    request.hasHooks() &&
    Object.values(request.getHooks()?.toObject() ?? {}).some(list => Array.isArray(list) && list.length > 0)
  ) {
    deployment.ignore(`hooks of ${request.getType()} "${request.getName()}": a preview runs none`);
  }
}
