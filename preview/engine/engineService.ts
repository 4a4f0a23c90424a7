import type { LogRequest, SetRootResourceRequest } from "@pulumi/pulumi/proto/engine_pb";
import {
  GetRootResourceResponse,
  LogSeverity,
  RequirePulumiVersionResponse,
  SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { LogEntry } from "../result.js";
import type { Deployment } from "./deployment.js";

const severities: Record<LogSeverity, LogEntry["severity"]> = {
  [LogSeverity.DEBUG]: "debug",
  [LogSeverity.INFO]: "info",
  [LogSeverity.WARNING]: "warning",
  [LogSeverity.ERROR]: "error",
};

/** The engine's Engine service, free of any transport. The SDK's own debug messages, several for each resource, are dropped. */
export function engineService(deployment: Deployment) {
  return {
    log: (request: LogRequest) => {
      if (request.getSeverity() !== LogSeverity.DEBUG) {
        const urn = request.getUrn();
        deployment.logs.push({
          severity: severities[request.getSeverity()],
          message: request.getMessage(),
          ...(urn === "" ? {} : { urn }),
        });
      }
      return new Empty();
    },
    getRootResource: () => {
      const response = new GetRootResourceResponse();
      response.setUrn(deployment.rootUrn);
      return response;
    },
    setRootResource: (request: SetRootResourceRequest) => {
      deployment.rootUrn = request.getUrn();
      return new SetRootResourceResponse();
    },
    startDebugging: () => new Empty(),
    // Any version range is taken for satisfied: there is no engine whose version could be asked.
    requirePulumiVersion: () => new RequirePulumiVersionResponse(),
  };
}
