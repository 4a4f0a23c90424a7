import * as grpc from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { CallbackInvokeRequest, type CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import { Deployment, type Transport } from "../engine/deployment.js";
import { resultOf } from "../engine/result.js";
import type { PreviewError } from "../errors.js";
import { Packs } from "../policy/packs.js";
import type { PreviewResult } from "../result.js";
import { FailedProgram } from "./failedProgram.js";
import { toFailure } from "./failure.js";
import type { Assignment } from "./messages.js";
import { startPack } from "./packProcess.js";
import { runProgramProcess } from "./programProcess.js";
import { addServices } from "./services.js";

/** The engine's own limit for a message. */
export const maxMessageBytes = 400 * 1024 * 1024;

/** Runs program and packs each in its own process, as the engine does, over gRPC on the loopback interface. */
export async function previewInSeparateProcesses(
  assignment: Assignment,
  onProgress: (phase: "import" | "program" | "policy", resources: number) => void,
): Promise<PreviewResult> {
  const { settings, fixtures } = assignment;
  const start = performance.now();
  const server = new grpc.Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  const packs = new Packs();
  const deployment = new Deployment(settings, fixtures, grpcTransport(), packs, resources =>
    onProgress("program", resources),
  );
  let failed: (error: PreviewError) => void = () => undefined;
  const firstFailure = new Promise<never>((_, reject) => {
    failed = error => reject(new FailedProgram(toFailure(deployment.failure ?? error), deployment));
  });
  // Awaited together with the program below; until then a rejection is not unhandled.
  firstFailure.catch(() => undefined);
  addServices(server, deployment, error => failed(error));
  const address = await listen(server);

  for (const started of await Promise.all(assignment.packs.map(pack => startPack(pack, settings, address)))) {
    packs.addAnalyzer(started);
  }
  const loaded = performance.now();
  onProgress("import", 0);
  await Promise.race([firstFailure, runProgramProcess(deployment, address)]);
  const ran = performance.now();
  const policyDuring = packs.milliseconds;

  onProgress("policy", deployment.resources.size);
  const judged = await packs.finish(deployment);
  return resultOf(deployment, judged, "separate", {
    load: loaded - start,
    // The program's process does not tell its imports from the rest.
    import: 0,
    program: ran - loaded - policyDuring,
    policy: packs.milliseconds,
  });
}

function listen(server: grpc.Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(`127.0.0.1:${port}`);
      else reject(error);
    });
  });
}

/** Transforms run in the program's process, behind a server of its own. */
function grpcTransport(): Transport {
  const clients = new Map<string, CallbacksClient>();
  return {
    callback: (reference, bytes) => {
      const client =
        clients.get(reference.target) ?? new CallbacksClient(reference.target, grpc.credentials.createInsecure());
      clients.set(reference.target, client);
      const request = new CallbackInvokeRequest();
      request.setToken(reference.token);
      request.setRequest(bytes);
      return new Promise((resolve, reject) => {
        client.invoke(request, (error: grpc.ServiceError | null, response: CallbackInvokeResponse) => {
          if (error === null) resolve(response.getResponse_asU8());
          else reject(new Error(error.details));
        });
      });
    },
  };
}
