import type { Deployment } from "../engine/deployment.js";
import type { EngineResource } from "../engine/resource.js";
import { isObject, isSecret, isUnknown, lower, lowerAll, type Properties, reveal, secret, UNKNOWN } from "../value.js";
import { suffixOf } from "./autoname.js";
import { isClusterScoped } from "./clusterScope.js";
import { contextNamespace } from "./kubeconfig.js";

/** Types of the Kubernetes package that are no objects of the API. */
const notObjects = /^kubernetes:(helm\.sh|yaml|kustomize)/;

/** What the Kubernetes provider does to inputs before anybody judges them: a name, a namespace, `data` for `stringData`. */
export function checkKubernetes(resource: EngineResource, deployment: Deployment): void {
  if (notObjects.test(resource.type)) return;
  const inputs = lowerAll(resource.inputs);
  resource.inputs = inputs;
  const apiVersion = text(inputs["apiVersion"]);
  const kind = text(inputs["kind"]);
  if (kind === "Secret" && apiVersion === "v1") foldStringData(inputs);

  const metadata = inputs["metadata"] ?? {};
  if (!isObject(metadata) || isUnknown(metadata) || isSecret(metadata)) return;
  const patch = /Patch$/.test(resource.type) && !kind.endsWith("Patch");
  const named = patch ? metadata : withName(resource, metadata);
  const namespace = namespaceOf(resource, deployment);
  const clusterScoped = isClusterScoped(apiVersion, kind, declaredScopes(deployment));
  const complete = named["namespace"] === undefined && !clusterScoped ? { ...named, namespace } : named;
  if (Object.keys(complete).length > 0) inputs["metadata"] = complete;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function withName(resource: EngineResource, metadata: Properties): Properties {
  if (metadata["name"] !== undefined || metadata["generateName"] !== undefined) return metadata;
  const annotations = metadata["annotations"];
  return {
    ...metadata,
    name: `${resource.name}-${suffixOf(resource.urn, resource.inputs, 8)}`,
    annotations: isUnknown(annotations)
      ? annotations
      : { ...(isObject(annotations) ? annotations : {}), "pulumi.com/autonamed": "true" },
  };
}

/** The provider's namespace setting, else that of the kubeconfig's context, else "default". */
function namespaceOf(resource: EngineResource, deployment: Deployment): unknown {
  const inputs = deployment.providerOf(resource)?.inputs ?? {};
  const given = lower(inputs["namespace"]);
  if (given !== undefined && given !== "") return given;
  return contextNamespace(reveal(inputs["kubeconfig"])) ?? "default";
}

/** Values of `stringData` win over those of `data` with the same key. */
function foldStringData(inputs: Properties): void {
  const stringData = inputs["stringData"];
  if (stringData === undefined) return;
  delete inputs["stringData"];
  const plain = isSecret(stringData) ? stringData.value : stringData;
  if (!isObject(plain)) {
    inputs["data"] = UNKNOWN;
    return;
  }
  const data = isSecret(inputs["data"]) ? inputs["data"].value : inputs["data"];
  const folded: Properties = isObject(data) ? { ...data } : {};
  for (const [key, value] of Object.entries(plain)) {
    const inner = reveal(value);
    folded[key] = isUnknown(inner) ? UNKNOWN : Buffer.from(String(inner)).toString("base64");
  }
  inputs["data"] = isSecret(stringData) || isSecret(inputs["data"]) || holdsSecret(plain) ? secret(folded) : folded;
}

function holdsSecret(value: Properties): boolean {
  return Object.values(value).some(isSecret);
}

const scopesOf = new WeakMap<Deployment, { seen: number; scopes: Map<string, string> }>();

/** Scope by `group/kind`, from the CustomResourceDefinitions registered so far. */
function declaredScopes(deployment: Deployment): Map<string, string> {
  const cached = scopesOf.get(deployment) ?? { seen: 0, scopes: new Map<string, string>() };
  scopesOf.set(deployment, cached);
  if (cached.seen === deployment.customResourceDefinitions.length) return cached.scopes;
  for (const definition of deployment.customResourceDefinitions.slice(cached.seen)) {
    const spec = reveal(definition.inputs["spec"]);
    if (!isObject(spec)) continue;
    const names = isObject(spec["names"]) ? spec["names"] : {};
    cached.scopes.set(`${text(spec["group"])}/${text(names["kind"])}`, text(spec["scope"]));
  }
  cached.seen = deployment.customResourceDefinitions.length;
  return cached.scopes;
}

/** Fields that only the API server sets, by the kind they belong to. Everything absent at the top level is unknown anyway. */
const serverSet: Record<string, string[]> = {
  "v1/Service": ["clusterIP", "clusterIPs", "healthCheckNodePort"],
  "v1/PersistentVolumeClaim": ["volumeName"],
  "v1/Pod": ["nodeName"],
};
const serverSetMetadata = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"];

/** What the program gets back: the inputs, with what only a live server knows as unknown, not as absent. */
export function kubernetesView(outputs: Properties): Properties {
  const { metadata, spec } = outputs;
  const view = { ...outputs };
  if (isObject(metadata) && !isSecret(metadata)) view["metadata"] = { ...unknowns(serverSetMetadata), ...metadata };
  const fields = serverSet[`${text(outputs["apiVersion"])}/${text(outputs["kind"])}`];
  if (fields !== undefined && isObject(spec) && !isSecret(spec) && spec["type"] !== "ExternalName") {
    view["spec"] = { ...unknowns(fields), ...spec };
  }
  return view;
}

function unknowns(names: string[]): Properties {
  return Object.fromEntries(names.map(name => [name, UNKNOWN]));
}
