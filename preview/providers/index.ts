import type { Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import { packageOf } from "../engine/urn.js";
import { isSecret, lowerAll, type Properties, secret } from "../value.js";
import { checkDocker, dockerState } from "./docker.js";
import { checkKubernetes, kubernetesView } from "./kubernetes.js";

/** Changes a resource's inputs as its provider's `Check` would. A provider that is not emulated leaves them as the program gave them. */
export function checkInputs(resource: EngineResource, deployment: Deployment): void {
  switch (packageOf(resource.type)) {
    case "kubernetes":
      checkKubernetes(resource, deployment);
      break;
    case "docker":
      checkDocker(resource);
      break;
    default:
      resource.inputs = lowerAll(resource.inputs);
  }
}

/** The resource's state after a preview: its checked inputs, with what the program declared secret marked. */
export function stateOf(resource: EngineResource): Properties {
  const state = packageOf(resource.type) === "docker" ? dockerState(resource.inputs) : lowerAll(resource.inputs);
  for (const name of resource.additionalSecretOutputs) {
    const value = state[name];
    if (value !== undefined && !isSecret(value)) state[name] = secret(value);
  }
  return state;
}

/** What the program gets back from registering a resource. */
export function programView(resource: EngineResource): Properties {
  return packageOf(resource.type) === "kubernetes" ? kubernetesView(resource.outputs) : resource.outputs;
}
