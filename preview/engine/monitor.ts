import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type {
  ExistsResourceRequest,
  ReadResourceRequest,
  RegisterErrorHookRequest,
  RegisterPackageRequest,
  RegisterResourceHookRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceCallRequest,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import {
  DeploymentInfo,
  ExistsResourceResponse,
  RegisterPackageResponse,
  ResourceMonitorFeature,
  SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { lowerAll } from "../value.js";
import type { Deployment } from "./deployment.js";
import { call, invoke } from "./invokes.js";
import { readResource } from "./reads.js";
import { registerResource } from "./register.js";
import { fromStruct } from "./struct.js";

const features = [
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
];

/** How many resources the program may register at a time, as the engine's own default. */
const parallel = 16;

/** The engine's ResourceMonitor service, free of any transport: one plain function per method. */
export function monitorService(deployment: Deployment) {
  const { settings } = deployment;
  return {
    getDeploymentInfo: () => {
      const info = new DeploymentInfo();
      info.setProject(settings.project);
      info.setStack(settings.stack);
      info.setOrganization(settings.organization);
      info.setDryrun(true);
      info.setParallel(parallel);
      info.setSupportedfeaturesList(features);
      return info;
    },
    supportsFeature: () => {
      const response = new SupportsFeatureResponse();
      response.setHassupport(true);
      return response;
    },
    registerResource: (request: RegisterResourceRequest) => registerResource(deployment, request),
    registerResourceOutputs: (request: RegisterResourceOutputsRequest) => {
      const resource = deployment.resources.get(request.getUrn());
      if (resource !== undefined)
        resource.outputs = { ...resource.outputs, ...lowerAll(fromStruct(request.getOutputs())) };
      return new Empty();
    },
    readResource: (request: ReadResourceRequest) => readResource(deployment, request),
    existsResource: (request: ExistsResourceRequest) => {
      const known = deployment.fixtures.reads.some(
        read => read.type === request.getType() && read.id === request.getId(),
      );
      if (!known) deployment.coverage.unhandledReads.push(`${request.getType()} ${request.getId()}`);
      const response = new ExistsResourceResponse();
      response.setExists(known);
      return response;
    },
    invoke: (request: ResourceInvokeRequest) => invoke(deployment, request),
    call: (request: ResourceCallRequest) => call(deployment, request),
    registerStackTransform: (request: Callback) => {
      deployment.stackTransforms.push({ target: request.getTarget(), token: request.getToken() });
      return new Empty();
    },
    registerStackInvokeTransform: (request: Callback) => {
      deployment.invokeTransforms.push({ target: request.getTarget(), token: request.getToken() });
      return new Empty();
    },
    registerResourceHook: (request: RegisterResourceHookRequest) => {
      deployment.ignore(`resource hook "${request.getName()}": a preview runs none`);
      return new Empty();
    },
    registerErrorHook: (request: RegisterErrorHookRequest) => {
      deployment.ignore(`error hook "${request.getName()}": a preview runs none`);
      return new Empty();
    },
    registerPackage: (request: RegisterPackageRequest) => {
      const parameter = request.getParameterization();
      const name = parameter?.getName() ?? request.getName();
      const version = parameter?.getVersion() ?? request.getVersion();
      const response = new RegisterPackageResponse();
      response.setRef(`${name}@${version}`);
      deployment.packages.set(response.getRef(), { name, version });
      return response;
    },
    signalAndWaitForShutdown: () => new Empty(),
  };
}
