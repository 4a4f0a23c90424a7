import type { JudgedResource } from "./finding.js";
import { PodIndex } from "./labels.js";
import { NameIndex } from "./nameIndex.js";
import { Field } from "./value.js";
import { type PodSubject, podsOf } from "./workloads.js";

/** A Kubernetes object's group, version and kind, read from its type token; a `…Patch` resource is the kind it patches. */
export interface ObjectType {
  group: string;
  version: string;
  kind: string;
  isPatch: boolean;
}

/** One Kubernetes object: a resource, or an item of a resource that is a list. */
export interface KubernetesObject {
  group: string;
  version: string;
  kind: string;
  field: Field;
  metadata: Field;
  spec: Field;
}

/** `kubernetes:apps/v1:DeploymentPatch` → apps, v1, Deployment, patch. Undefined for any other provider, and for Helm and YAML wrappers. */
export function objectType(type: string): ObjectType | undefined {
  const match = /^kubernetes:([^:/]{1,253})\/([^:/]{1,63}):([A-Za-z0-9]{1,253})$/.exec(type);
  const [, group = "", version = "", kind = ""] = match ?? [];
  if (kind === "" || /^(helm\.sh|yaml|kustomize)$/.test(group)) return undefined;
  const isPatch = kind.endsWith("Patch") && kind !== "Patch";
  return { group, version, kind: isPatch ? kind.slice(0, -"Patch".length) : kind, isPatch };
}

type Named = Pick<KubernetesObject, "group" | "version" | "kind">;

/** Group and version in an `apiVersion`: `apps/v1` → apps and v1, `v1` → core and v1. */
function versionOf(apiVersion: string): Omit<Named, "kind"> {
  const slash = apiVersion.indexOf("/");
  return { group: slash === -1 ? "core" : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

function objectAt(field: Field, { group, version, kind }: Named): KubernetesObject {
  return { group, version, kind, field, metadata: field.at("metadata"), spec: field.at("spec") };
}

function objectsOf({ object, inputs }: ResourceSubject): KubernetesObject[] {
  if (object === undefined) return [];
  const { kind } = object;
  const items = inputs.at("items");
  // An object of a kind like DenyList holds no items, and is one itself.
  if (!kind.endsWith("List") || items.isAbsent) return [objectAt(inputs, object)];
  const listed = kind.slice(0, -"List".length);
  // The items of a typed list may leave out their own type.
  return items.items().map(item => {
    const apiVersion = item.at("apiVersion").text;
    const named = apiVersion === undefined ? object : versionOf(apiVersion);
    return objectAt(item, { ...named, kind: item.at("kind").text ?? listed });
  });
}

/** A resource as rules read it: its inputs as fields, and its type taken apart once. */
export class ResourceSubject {
  #inputs: Field | undefined;
  readonly object: ObjectType | undefined;
  #objects: readonly KubernetesObject[] | undefined;
  #pods: readonly PodSubject[] | undefined;

  constructor(
    readonly input: JudgedResource,
    /** The resources around it; undefined while CrossGuard shows one resource at a time. */
    readonly stack?: StackSubject,
  ) {
    this.object = objectType(input.type);
  }

  get inputs(): Field {
    this.#inputs ??= Field.root(this.input.properties);
    return this.#inputs;
  }

  get urn(): string {
    return this.input.urn;
  }

  get type(): string {
    return this.input.type;
  }

  /** `Deployment "web"` or, for other providers, `docker:index/image:Image "web"`. */
  get label(): string {
    return `${this.object?.kind ?? this.type} "${this.input.name}"`;
  }

  /** The Kubernetes objects in it: itself, or the items of a list. */
  get objects(): readonly KubernetesObject[] {
    this.#objects ??= objectsOf(this);
    return this.#objects;
  }

  /** Those of its objects that are of this group and one of these kinds. */
  objectsOf(group: string, ...kinds: string[]): readonly KubernetesObject[] {
    return this.objects.filter(object => object.group === group && kinds.includes(object.kind));
  }

  /** Drops what was read so far: of ten thousand resources, only what rules about the whole stack read again is kept. */
  forget(): void {
    this.#inputs = undefined;
    this.#objects = undefined;
    this.#pods = undefined;
  }

  /** Every pod and pod template in it. */
  get pods(): readonly PodSubject[] {
    this.#pods ??= this.objects.flatMap(object => podsOf(this, object));
    return this.#pods;
  }
}

/** An object with the resource that it is in. */
interface PlacedObject {
  resource: ResourceSubject;
  object: KubernetesObject;
}

/** All resources of a stack, with the look-ups that cross-resource rules share. */
export class StackSubject {
  readonly resources: readonly ResourceSubject[];
  readonly #byUrn = new Map<string, ResourceSubject>();
  readonly #byKinds = new Map<string, readonly PlacedObject[]>();
  readonly #byName = new Map<string, NameIndex>();
  #podIndex: PodIndex | undefined;

  constructor(resources: readonly JudgedResource[]) {
    this.resources = resources.map(resource => new ResourceSubject(resource, this));
    for (const resource of this.resources) {
      this.#byUrn.set(resource.urn, resource);
    }
  }

  /** Every object of a group and kind, with the resource that it is in: looked for once, because rules ask for each of thousands. */
  objectsOf(group: string, ...kinds: string[]): readonly PlacedObject[] {
    const key = [group, ...kinds].join("/");
    const known = this.#byKinds.get(key);
    if (known !== undefined) return known;
    const found = this.resources.flatMap(resource =>
      resource.objectsOf(group, ...kinds).map(object => ({ resource, object })),
    );
    this.#byKinds.set(key, found);
    return found;
  }

  /** The objects of a group and kind by the name that stands at these keys of each: its own, or that of what it is about. */
  named(group: string, kind: string, ...path: string[]): NameIndex {
    const key = [group, kind, ...path].join("/");
    const known = this.#byName.get(key);
    if (known !== undefined) return known;
    const index = new NameIndex(
      this.objectsOf(group, kind).map(({ object }) => object),
      ({ field }) => path.reduce((at, step) => at.at(step), field),
    );
    this.#byName.set(key, index);
    return index;
  }

  /** Its pods, by namespace and label. */
  get podIndex(): PodIndex {
    this.#podIndex ??= new PodIndex(this);
    return this.#podIndex;
  }

  byUrn(urn: string): ResourceSubject | undefined {
    return this.#byUrn.get(urn);
  }
}
