import { plainResource } from "../engine/defaultProviders.js";
import type { Deployment } from "../engine/deployment.js";
import { admit } from "../engine/register.js";
import type { EngineResource } from "../engine/resource.js";
import { isClusterScoped } from "../providers/clusterScope.js";
import { contextNamespace } from "../providers/kubeconfig.js";
import { isObject, isSecret, type Properties, reveal, secret } from "../value.js";

/**
 * Registers the objects that a remote component would create: named `<component>:<namespace>/<name>`, as the provider names them.
 *
 * @param namespace for objects that name none; undefined takes the provider's
 */
export async function addChildren(
  deployment: Deployment,
  component: EngineResource,
  objects: Properties[],
  namespace?: string,
): Promise<void> {
  const provider = component.providers["kubernetes"] ?? "";
  const fallback = namespace ?? providerNamespace(deployment, provider);
  for (const object of objects) {
    const apiVersion = textOf(object["apiVersion"]);
    const kind = textOf(object["kind"]);
    if (apiVersion === "" || kind === "") continue;
    const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
    const clusterScoped = isClusterScoped(apiVersion, kind, new Map());
    const inNamespace = textOf(metadata["namespace"]) || fallback;
    const objectName = textOf(metadata["name"]);
    const name = `${component.name}:${clusterScoped ? objectName : `${inNamespace}/${objectName}`}`;
    const type = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
    const child = plainResource(deployment.urn(type, name, component.urn), type, name);
    child.parent = component.urn;
    child.provider = provider;
    child.source = component.source;
    child.programSource = component.programSource;
    const placed = clusterScoped ? object : { ...object, metadata: { ...metadata, namespace: inNamespace } };
    await admit(deployment, child, type === "kubernetes:core/v1:Secret" ? withSecrets(placed) : placed);
  }
}

/** The provider marks what a Secret holds, wherever it was read from. */
function withSecrets(object: Properties): Properties {
  const held = ["data", "stringData"].filter(key => object[key] !== undefined && !isSecret(object[key]));
  return { ...object, ...Object.fromEntries(held.map(key => [key, secret(object[key])])) };
}

function textOf(value: unknown): string {
  const plain = reveal(value);
  return typeof plain === "string" ? plain : "";
}

function providerNamespace(deployment: Deployment, reference: string): string {
  const inputs = deployment.resources.get(reference.slice(0, reference.lastIndexOf("::")))?.inputs ?? {};
  return textOf(inputs["namespace"]) || (contextNamespace(reveal(inputs["kubeconfig"])) ?? "default");
}
