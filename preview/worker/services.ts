import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import type { Deployment } from "../engine/deployment.js";
import { engineService } from "../engine/engineService.js";
import { monitorService } from "../engine/monitor.js";
import { PreviewError } from "../errors.js";

/** gRPC's status for an error that is none of the others. */
const unknownStatus = 2;

type Unary = (
  call: { request: unknown },
  callback: (error: { code: number; details: string } | null, response?: unknown) => void,
) => void;

/** What a server must offer for the engine's services to be added to it: grpc-js's own, or the one in memory. */
export interface ServiceHost {
  addService(definition: never, implementation: never): void;
}

/**
 * Adds monitor and engine to a server.
 *
 * @param onFailure is told of every call that fails; the first failure is the reason of all others
 */
export function addServices(host: ServiceHost, deployment: Deployment, onFailure: (error: PreviewError) => void): void {
  const adapt = (methods: object) =>
    Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, unary(method as Method, onFailure)]));
  host.addService(ResourceMonitorService as never, adapt(monitorService(deployment)) as never);
  host.addService(EngineService as never, adapt(engineService(deployment)) as never);
}

type Method = (request: unknown) => unknown;

function unary(method: Method, onFailure: (error: PreviewError) => void): Unary {
  return ({ request }, callback) => {
    void answer(method, request).then(
      response => callback(null, response),
      (error: unknown) => {
        if (error instanceof PreviewError) onFailure(error);
        callback({ code: unknownStatus, details: error instanceof Error ? error.message : String(error) });
      },
    );
  };
}

async function answer(method: Method, request: unknown): Promise<unknown> {
  return await method(request);
}
