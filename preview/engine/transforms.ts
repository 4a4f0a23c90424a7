import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { TransformRequest, TransformResourceOptions, TransformResponse } from "@pulumi/pulumi/proto/resource_pb";
import type { Deployment } from "./deployment.js";
import type { CallbackReference } from "./resource.js";

/** Runs the resource's own transforms, then its ancestors' from the nearest on, then the stack's; each sees what the last one left. */
export async function runTransforms(deployment: Deployment, request: RegisterResourceRequest): Promise<void> {
  for (const callback of transformsFor(deployment, request)) {
    const question = new TransformRequest();
    question.setType(request.getType());
    question.setName(request.getName());
    question.setCustom(request.getCustom());
    question.setParent(request.getParent());
    question.setProperties(request.getObject());
    question.setOptions(optionsOf(request));
    const answer = TransformResponse.deserializeBinary(
      await deployment.transport.callback(callback, question.serializeBinary()),
    );
    request.setObject(answer.getProperties());
    const options = answer.getOptions();
    if (options !== undefined) applyOptions(request, options);
  }
}

function transformsFor(deployment: Deployment, request: RegisterResourceRequest): CallbackReference[] {
  const callbacks = request
    .getTransformsList()
    .map(callback => ({ target: callback.getTarget(), token: callback.getToken() }));
  for (let urn = request.getParent(); urn !== ""; urn = deployment.resources.get(urn)?.parent ?? "") {
    callbacks.push(...(deployment.resources.get(urn)?.transforms ?? []));
  }
  return [...callbacks, ...deployment.stackTransforms];
}

function optionsOf(request: RegisterResourceRequest): TransformResourceOptions {
  const options = new TransformResourceOptions();
  options.setDependsOnList(request.getDependenciesList());
  if (request.hasProtect()) options.setProtect(request.getProtect() ?? false);
  options.setIgnoreChangesList(request.getIgnorechangesList());
  options.setReplaceOnChangesList(request.getReplaceonchangesList());
  options.setVersion(request.getVersion());
  options.setAliasesList(request.getAliasesList());
  options.setProvider(request.getProvider());
  options.setCustomTimeouts(request.getCustomtimeouts());
  options.setPluginDownloadUrl(request.getPlugindownloadurl());
  if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete() ?? false);
  options.setDeletedWith(request.getDeletedwith());
  if (request.getDeletebeforereplacedefined()) options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  options.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  request.getProvidersMap().forEach((reference, name) => options.getProvidersMap().set(name, reference));
  options.setHooks(request.getHooks());
  options.setImport(request.getImportid());
  options.setReplaceWithList(request.getReplaceWithList());
  return options;
}

function applyOptions(request: RegisterResourceRequest, options: TransformResourceOptions): void {
  request.setDependenciesList(options.getDependsOnList());
  if (options.hasProtect()) request.setProtect(options.getProtect() ?? false);
  request.setIgnorechangesList(options.getIgnoreChangesList());
  request.setReplaceonchangesList(options.getReplaceOnChangesList());
  request.setVersion(options.getVersion());
  request.setAliasesList(options.getAliasesList());
  request.setProvider(options.getProvider());
  request.setCustomtimeouts(options.getCustomTimeouts());
  request.setPlugindownloadurl(options.getPluginDownloadUrl());
  if (options.hasRetainOnDelete()) request.setRetainondelete(options.getRetainOnDelete() ?? false);
  request.setDeletedwith(options.getDeletedWith());
  request.setDeletebeforereplacedefined(options.hasDeleteBeforeReplace());
  request.setDeletebeforereplace(options.getDeleteBeforeReplace() ?? false);
  request.setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList());
  if (options.getProvidersMap().getLength() > 0) {
    options.getProvidersMap().forEach((reference, name) => request.getProvidersMap().set(name, reference));
  }
}
