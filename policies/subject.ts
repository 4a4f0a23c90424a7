import type { JudgedResource } from "./finding.js";
import { Field } from "./value.js";
import { type PodSubject, podsOf } from "./workloads.js";

/** A Kubernetes object's group, version and kind, read from its type token; a `…Patch` resource is the kind it patches. */
export interface ObjectType {
  group: string;
  version: string;
  kind: string;
  isPatch: boolean;
}

/** `kubernetes:apps/v1:DeploymentPatch` → apps, v1, Deployment, patch. Undefined for any other provider, and for Helm and YAML wrappers. */
export function objectType(type: string): ObjectType | undefined {
  const match = /^kubernetes:([^:/]{1,253})\/([^:/]{1,63}):([A-Za-z0-9]{1,253})$/.exec(type);
  const [, group = "", version = "", kind = ""] = match ?? [];
  if (kind === "" || /^(helm\.sh|yaml|kustomize)$/.test(group)) return undefined;
  const isPatch = kind.endsWith("Patch") && kind !== "Patch";
  return { group, version, kind: isPatch ? kind.slice(0, -"Patch".length) : kind, isPatch };
}

/** A resource as rules read it: its inputs as fields, and its type taken apart once. */
export class ResourceSubject {
  readonly inputs: Field;
  readonly object: ObjectType | undefined;
  #pods: PodSubject[] | undefined;

  constructor(
    readonly input: JudgedResource,
    /** The resources around it; undefined while CrossGuard shows one resource at a time. */
    readonly stack?: StackSubject,
  ) {
    this.inputs = Field.root(input.properties);
    this.object = objectType(input.type);
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

  is(group: string, ...kinds: string[]): boolean {
    return this.object?.group === group && kinds.includes(this.object.kind);
  }

  get metadata(): Field {
    return this.inputs.at("metadata");
  }

  get spec(): Field {
    return this.inputs.at("spec");
  }

  /** Every pod and pod template in it. */
  get pods(): readonly PodSubject[] {
    this.#pods ??= podsOf(this);
    return this.#pods;
  }
}

/** All resources of a stack, with the look-ups that cross-resource rules share. */
export class StackSubject {
  readonly resources: readonly ResourceSubject[];
  readonly #byUrn = new Map<string, ResourceSubject>();
  readonly #byKind = new Map<string, ResourceSubject[]>();

  constructor(resources: readonly JudgedResource[]) {
    this.resources = resources.map(resource => new ResourceSubject(resource, this));
    for (const resource of this.resources) {
      this.#byUrn.set(resource.urn, resource);
      if (resource.object === undefined) continue;
      const key = `${resource.object.group}/${resource.object.kind}`;
      const others = this.#byKind.get(key);
      if (others === undefined) this.#byKind.set(key, [resource]);
      else others.push(resource);
    }
  }

  byUrn(urn: string): ResourceSubject | undefined {
    return this.#byUrn.get(urn);
  }

  ofKind(group: string, kind: string): readonly ResourceSubject[] {
    return this.#byKind.get(`${group}/${kind}`) ?? [];
  }
}
