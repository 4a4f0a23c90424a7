import type { ReadResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { ReadResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { type Properties, secret } from "../value.js";
import { defaultProvider } from "./defaultProviders.js";
import type { Deployment } from "./deployment.js";
import { positionsOf } from "./source.js";
import { toStruct } from "./struct.js";

const stackReference = "pulumi:pulumi:StackReference";

/** Answers `Resource.get` and StackReferences from the fixtures. What no fixture answers is unknown, and listed. */
export async function readResource(
  deployment: Deployment,
  request: ReadResourceRequest,
): Promise<ReadResourceResponse> {
  const type = request.getType();
  const id = request.getId();
  const { source } = positionsOf(deployment.settings.programDir, request.getSourceposition(), request.getStacktrace());
  if (request.getProvider() === "") await defaultProvider(deployment, type, request.getVersion(), source);

  const response = new ReadResourceResponse();
  response.setUrn(deployment.urn(type, request.getName(), request.getParent() || deployment.rootUrn));
  response.setProperties(
    toStruct(type === stackReference ? readStack(deployment, id) : readState(deployment, type, id)),
  );
  return response;
}

function readStack(deployment: Deployment, id: string): Properties {
  const fixture = deployment.fixtures.stackReferences[id];
  if (fixture === undefined) {
    if (!deployment.coverage.missingStackReferences.includes(id)) deployment.coverage.missingStackReferences.push(id);
    return { name: id };
  }
  const secretOutputNames = Object.keys(fixture.secretOutputs).sort();
  const secretOutputs = Object.fromEntries(
    Object.entries(fixture.secretOutputs).map(([key, value]) => [key, secret(value)]),
  );
  return { name: id, outputs: { ...fixture.outputs, ...secretOutputs }, secretOutputNames };
}

function readState(deployment: Deployment, type: string, id: string): Properties {
  const fixture = deployment.fixtures.reads.find(read => read.type === type && read.id === id);
  if (fixture !== undefined) return fixture.state;
  const read = `${type} ${id}`;
  if (!deployment.coverage.unhandledReads.includes(read)) deployment.coverage.unhandledReads.push(read);
  return {};
}
