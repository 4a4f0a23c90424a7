import type { PreviewResult, ResourceRecord } from "../result.js";
import { isObject } from "../value.js";

/** A Kubernetes object that will be written. */
export interface ManifestObject {
  urn: string;
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  body: Record<string, unknown>;
  resource: ResourceRecord;
}

export interface NotWritten {
  urn: string;
  reason: string;
}

/** The stack's Kubernetes objects. Components and providers are no objects; what cannot be one file is listed with its reason. */
export function manifestObjects(result: Pick<PreviewResult, "resources">): {
  objects: ManifestObject[];
  notWritten: NotWritten[];
} {
  const objects: ManifestObject[] = [];
  const notWritten: NotWritten[] = [];
  for (const resource of result.resources) {
    if (!resource.custom || !resource.type.startsWith("kubernetes:")) {
      if (resource.remote)
        notWritten.push({ urn: resource.urn, reason: "a remote component: only its known children are written" });
      continue;
    }
    const reason = whyNot(resource);
    if (reason === undefined) objects.push(manifestObject(resource));
    else notWritten.push({ urn: resource.urn, reason });
  }
  return { objects, notWritten };
}

function whyNot({ type, inputs }: ResourceRecord): string | undefined {
  const kind = type.slice(type.lastIndexOf(":") + 1);
  if (type.startsWith("kubernetes:helm.sh/")) return "a Helm release: Helm makes its objects";
  if (typeof inputs["kind"] !== "string" || typeof inputs["apiVersion"] !== "string") {
    return "it is only read, or says neither apiVersion nor kind";
  }
  if (kind.endsWith("Patch") && inputs["kind"] !== kind)
    return "a patch: it changes an object that somebody else makes";
  return undefined;
}

function manifestObject(resource: ResourceRecord): ManifestObject {
  const { inputs, urn } = resource;
  const metadata = isObject(inputs["metadata"]) ? inputs["metadata"] : {};
  const body = Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
  const { namespace, name } = metadata;
  return {
    urn,
    apiVersion: String(inputs["apiVersion"]),
    kind: String(inputs["kind"]),
    ...(typeof namespace === "string" && { namespace }),
    name: typeof name === "string" ? name : resource.name,
    // `apiVersion`, `kind`, `metadata` first, as everybody writes them.
    body: { apiVersion: body["apiVersion"], kind: body["kind"], metadata: body["metadata"], ...body },
    resource,
  };
}
