import type { ResourceSubject, StackSubject } from "./subject.js";
import type { Field } from "./value.js";
import { pointer } from "./value.js";

/** An image reference taken apart: `registry/path:tag@digest`. */
export interface ImageReference {
  /** With a dot, a port, or `localhost`, in small letters and without port 443; "docker.io" where the reference names none. */
  registry: string;
  /** Path in the registry; `library/…` for Docker's short names. */
  repository: string;
  tag?: string;
  digest?: string;
}

export const defaultRegistry = "docker.io";

function registryOf(host: string): string {
  const name = host.toLowerCase().replace(/:443$/, "");
  return dockerRegistries.includes(name) ? defaultRegistry : name;
}

/** Never fails: text that is no reference comes apart into something that matches nothing. */
export function parseImage(reference: string): ImageReference {
  const at = reference.indexOf("@");
  const name = at === -1 ? reference : reference.slice(0, at);
  const lastSlash = name.lastIndexOf("/");
  const colon = name.indexOf(":", lastSlash + 1);
  const path = colon === -1 ? name : name.slice(0, colon);
  const firstSlash = path.indexOf("/");
  const first = firstSlash === -1 ? "" : path.slice(0, firstSlash);
  // A repository has no capitals: what has one is the name of a registry.
  const isRegistry = /[.:A-Z]/.test(first) || first === "localhost";
  const repository = isRegistry ? path.slice(firstSlash + 1) : path;
  const registry = isRegistry ? registryOf(first) : defaultRegistry;
  return {
    registry,
    repository: registry === defaultRegistry && !repository.includes("/") ? `library/${repository}` : repository,
    ...(colon === -1 ? {} : { tag: name.slice(colon + 1) }),
    ...(at === -1 ? {} : { digest: reference.slice(at + 1) }),
  };
}

/** Other names of Docker's registry. */
export const dockerRegistries: readonly string[] = ["index.docker.io", "registry-1.docker.io"];

/**
 * The reference as a pattern may be written for it: as given, and in full. In full, a registry is in small letters and without the port
 * that is everybody's default, Docker's has one name, and its short names their `library/`.
 */
export function spellings(reference: string): string[] {
  const { registry, repository } = parseImage(reference);
  const version = reference.slice(reference.search(/[:@][^/]*$/) >>> 0);
  return [reference, `${registry}/${repository}${version}`];
}

/** A whole digest: of 256 bits, or of 512. */
export function isDigest(text: string | undefined): boolean {
  return text !== undefined && /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text);
}

/** Type tokens of resources that build an image, whose digest is known only when they have. */
const builders = ["docker:index/image:Image", "docker-build:index:Image", "docker-build:index:Index"];
/** … and of those that pull or push one. */
const imageBuilders: ReadonlySet<string> = new Set([
  ...builders,
  "docker:index/remoteImage:RemoteImage",
  "docker:index/registryImage:RegistryImage",
]);
const onlyBuilders: ReadonlySet<string> = new Set(builders);

/**
 * Whether an unknown value comes from an image that the same program builds, or pulls: the input that it stands in depends on one. Undefined where
 * that cannot be seen, because the resource is judged without those around it.
 */
export function isBuiltHere(
  { input, stack }: ResourceSubject,
  field: Field,
  { orPulled = true }: { orPulled?: boolean } = {},
): boolean | undefined {
  if (stack === undefined) return undefined;
  const [, first = ""] = /^\/([^/]*)/.exec(field.path) ?? [];
  const own = input.propertyDependencies ?? {};
  const property = Object.keys(own).find(key => pointer([key]) === `/${first}`);
  const origins = property === undefined ? input.dependencies : own[property];
  return (origins ?? []).some(urn => (orPulled ? imageBuilders : onlyBuilders).has(stack.byUrn(urn)?.type ?? ""));
}

/** References of the images that the stack's own resources build, as far as they are known: names, tags, and digests of outputs. */
export function buildersIn(stack: StackSubject): ReadonlySet<string> {
  const built = stack.resources.filter(({ type }) => onlyBuilders.has(type));
  const names = built.flatMap(({ inputs }) => [
    ...["imageName", "repoDigest", "ref"].map(key => inputs.at(key)),
    ...inputs.at("tags").items(),
  ]);
  return new Set(names.flatMap(({ text }) => (text === undefined ? [] : [text])));
}
