import { isDeepStrictEqual } from "node:util";
import { CallResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { ResourceCallRequest, ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb";
import {
  ResourceInvokeResponse,
  TransformInvokeOptions,
  TransformInvokeRequest,
  TransformInvokeResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { PreviewError } from "../errors.js";
import { decodeYaml } from "../expand/yaml.js";
import { lowerAll, type Properties, UNKNOWN } from "../value.js";
import type { Deployment } from "./deployment.js";
import { positionsOf } from "./source.js";
import { fromStruct, toStruct } from "./struct.js";

/** Answers a call to a provider's function: yaml is decoded here, everything else comes from the fixtures or is unknown, and listed. */
export async function invoke(deployment: Deployment, request: ResourceInvokeRequest): Promise<ResourceInvokeResponse> {
  await transformInvoke(deployment, request);
  const token = request.getTok();
  const args = lowerAll(fromStruct(request.getArgs()));
  const { source } = positionsOf(deployment.settings.programDir, request.getSourceposition(), request.getStacktrace());
  const response = new ResourceInvokeResponse();

  if (token === "kubernetes:yaml:decode") {
    response.setReturn(
      toStruct({ result: decodeYaml(typeof args["text"] === "string" ? args["text"] : "", "yaml of the program") }),
    );
    return response;
  }
  const fixture = deployment.fixtures.invokes.find(
    candidate => candidate.token === token && (candidate.args === undefined || isDeepStrictEqual(candidate.args, args)),
  );
  if (fixture !== undefined) {
    response.setReturn(toStruct(fixture.result));
    return response;
  }
  const rendered = rendering[token];
  if (rendered !== undefined) {
    deployment.unrendered.add(rendered);
    response.setReturn(toStruct({ result: UNKNOWN }));
    return response;
  }
  deployment.coverage.unhandledInvokes.push({ token, ...(source === undefined ? {} : { source }) });
  if (deployment.plainInvokes.has(token)) {
    throw deployment.fail(
      new PreviewError(
        "usage",
        `${token} is called for its plain value, which a preview without providers cannot know`,
        {
          source,
          hint: `Add an answer under "invokes" to the stack's fixtures file, with token ${token}.`,
        },
      ),
    );
  }
  response.setUnknown(true);
  return response;
}

/** Components of the first generation, whose objects the SDK makes of what a function of the provider renders. */
const rendering: Record<string, string> = {
  "kubernetes:helm:template": "kubernetes:helm.sh/v3:Chart",
  "kubernetes:kustomize:directory": "kubernetes:kustomize:Directory",
};

/** A method of a remote resource. There is no process that could answer it. */
export function call(deployment: Deployment, request: ResourceCallRequest): CallResponse {
  const token = request.getTok();
  const { source } = positionsOf(deployment.settings.programDir, request.getSourceposition(), request.getStacktrace());
  const fixture = deployment.fixtures.invokes.find(
    candidate => candidate.token === token && candidate.args === undefined,
  );
  const response = new CallResponse();
  if (fixture === undefined)
    deployment.coverage.unhandledInvokes.push({ token, ...(source === undefined ? {} : { source }) });
  response.setReturn(toStruct(fixture?.result ?? ({} satisfies Properties)));
  return response;
}

async function transformInvoke(deployment: Deployment, request: ResourceInvokeRequest): Promise<void> {
  for (const callback of deployment.invokeTransforms) {
    const question = new TransformInvokeRequest();
    question.setToken(request.getTok());
    question.setArgs(request.getArgs());
    const options = new TransformInvokeOptions();
    options.setProvider(request.getProvider());
    options.setVersion(request.getVersion());
    options.setPluginDownloadUrl(request.getPlugindownloadurl());
    question.setOptions(options);
    const answer = TransformInvokeResponse.deserializeBinary(
      await deployment.transport.callback(callback, question.serializeBinary()),
    );
    request.setArgs(answer.getArgs());
    const changed = answer.getOptions();
    if (changed !== undefined) {
      request.setProvider(changed.getProvider());
      request.setVersion(changed.getVersion());
      request.setPlugindownloadurl(changed.getPluginDownloadUrl());
    }
  }
}
