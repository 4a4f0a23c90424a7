import type { JudgedResource } from "../policy/findingsEntry.js";
import { isObject } from "../value.js";
import type { KubernetesObject } from "./objects.js";

/** Type token of a Kubernetes object as @pulumi/kubernetes names it; the core group has no name in an apiVersion. */
export function typeToken(apiVersion: string, kind: string): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/** Objects as a pack judges them, in order. An object that occurs twice in a file gets a URN of its own each time. */
export function judgedResources(objects: readonly KubernetesObject[]): JudgedResource[] {
  const seen = new Map<string, number>();
  return objects.map(({ object, source }) => {
    const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
    const name = text(metadata["name"]) ?? text(metadata["generateName"]) ?? "";
    const namespace = text(metadata["namespace"]);
    const type = typeToken(object.apiVersion, object.kind);
    const plain = `urn:pulumi:check::${source.file.replaceAll("::", ":")}::${type}::${namespace === undefined ? "" : `${namespace}/`}${name}`;
    const times = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, times);
    return { urn: times === 1 ? plain : `${plain}#${times}`, type, name, properties: object };
  });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Every value that a Secret among the objects holds, to be masked: encoded and decoded. What objects are called (a user name is often that too) is none. */
export function secretsIn(objects: readonly KubernetesObject[]): string[] {
  const names = new Set(
    objects.flatMap(({ object: { metadata } }) =>
      isObject(metadata) ? [metadata["name"], metadata["namespace"]] : [],
    ),
  );
  return objects
    .filter(({ object }) => object.apiVersion === "v1" && object.kind === "Secret")
    .flatMap(({ object }) => [
      ...stringsIn(object["stringData"]),
      ...stringsIn(object["data"]).flatMap(encoded => [encoded, Buffer.from(encoded, "base64").toString("utf8")]),
    ])
    .filter(text => !names.has(text));
}

function stringsIn(values: unknown): string[] {
  return isObject(values) ? Object.values(values).filter(value => typeof value === "string") : [];
}
