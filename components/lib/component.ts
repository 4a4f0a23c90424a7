import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Base } from "./base";
import { declareExceptions } from "./exceptionRegister";
import { checkExceptions, type Exception, exceptionAnnotations } from "./exceptions";
import { hardenedPod, type PodArgs } from "./hardenedPod";
import { labelsOf, type Selector, selectorOf } from "./labels";
import { claimName } from "./names";

/** Changes the arguments of one child before it is made: the escape hatch for what a component's own arguments do not offer. */
export type Transform<Args> = (args: Args) => Args;

/** What every component takes. */
export interface ComponentArgs {
  /** Rules that this component's objects may break, each with owner, reason and expiry. @default none */
  exceptions?: readonly Exception[];
}

/** What a component is, as its labels say it. */
export interface Identity {
  /** The program that runs, such as `postgresql`. */
  app: string;
  /** What it is for, such as `database`. */
  role: string;
}

interface ChildOptions<Args> {
  /** Let the provider add a suffix to the name, so that a replacement is made before its predecessor goes. @default false */
  autonamed?: boolean;
  /** Refuse to delete or replace it. For what holds data. @default false */
  protect?: boolean;
  dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]>;
  /** Names it had before, each with the version that changed it, in a comment. */
  aliases?: pulumi.Alias[];
  ignoreChanges?: string[];
  deleteBeforeReplace?: boolean;
  transform?: Transform<Args> | undefined;
}

/** Metadata as components write it: plain where a rule or a name depends on it. */
export interface Metadata {
  namespace?: pulumi.Input<string>;
  labels?: Record<string, string>;
  annotations?: Record<string, pulumi.Input<string>>;
}

/** A class of @pulumi/kubernetes, and what its constructor takes. */
type Kind = new (name: string, args: never, opts?: pulumi.CustomResourceOptions) => pulumi.CustomResource;
type ArgsOf<K extends Kind> = NonNullable<ConstructorParameters<K>[1]>;

/** Plain JavaScript may pass nothing at all, and a transform may forget to return. */
const isArguments = (value: unknown): boolean => typeof value === "object" && value !== null;

const kubernetes = {
  title: "Kubernetes",
  type: "kubernetes:core/v1:Namespace",
  otherwise: "A default provider would deploy to whatever cluster the shell points at.",
};

/**
 * What all Kubernetes components have in common: children are named after them, labelled and parented; a provider must be given;
 * exceptions travel with the objects.
 */
export abstract class Component extends Base {
  /** Labels of every object of this component. */
  readonly labels: Selector;
  /** What selects this component's pods. */
  readonly selector: Selector;
  /** What selects all of this component's pods, its jobs included: the side of a NetworkPolicy that asks. */
  readonly everyPod: Record<string, string>;
  readonly exceptions: readonly Exception[];
  /** All that its pods may talk to, by name, in the order it was opened: for the network report. */
  readonly reaches: string[] = [];

  /**
   * @param type type token, such as `bulkhead:app:WebService`; part of every child's URN
   * @throws RunError when the name is no DNS label of at most 40 characters, an exception is not complete, or no Kubernetes provider
   * reaches the component
   */
  protected constructor(
    type: `bulkhead:${string}:${string}`,
    name: string,
    identity: Identity,
    args: ComponentArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(type, name, kubernetes, opts);
    if (!isArguments(args)) this.refuse("arguments must be an object", args);
    this.labels = labelsOf(identity.app, name, identity.role);
    this.selector = selectorOf(identity.app, name);
    this.everyPod = { "app.kubernetes.io/instance": name };
    this.exceptions = args.exceptions ?? [];
    this.checked(() => checkExceptions(this.exceptions));
  }

  /**
   * Makes a child object: named after the component, labelled, parented, with the component's exceptions on it.
   *
   * @param suffix what distinguishes it from its siblings of the same kind; "" for the main one
   */
  child<K extends Kind>(
    kind: K,
    suffix: string,
    args: Omit<ArgsOf<K>, "metadata"> & { metadata?: Metadata },
    { autonamed = false, transform, ...opts }: ChildOptions<ArgsOf<K>> = {},
  ): InstanceType<K> {
    const name = this.childName(suffix);
    const metadata = {
      ...(autonamed ? {} : { name }),
      ...args.metadata,
      labels: { ...this.labels, ...args.metadata?.labels },
      ...this.annotations(args.metadata?.annotations),
    };
    const complete = { ...args, metadata } as unknown as ArgsOf<K>;
    const final = this.transformed(`${kind.name} "${name}"`, complete as object as ArgsOf<K> & object, transform);
    this.claim(kind, final);
    return new kind(name, final, {
      parent: this,
      ...opts,
      ...this.excused(kind, name, final, opts),
    }) as InstanceType<K>;
  }

  /** Has the object's exceptions told to the cluster, and the object come after that. */
  private excused(
    kind: Kind,
    name: string,
    args: { kind?: unknown; metadata?: Metadata & { name?: unknown } },
    { dependsOn = [] }: pulumi.CustomResourceOptions,
  ): { dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]> } {
    const { name: fixed = `${name}-*`, ...metadata } = args.metadata ?? {};
    const title = typeof args.kind === "string" ? args.kind : kind.name;
    const gates = this.checked(() => declareExceptions(title, { ...metadata, name: String(fixed) }));
    if (gates.length === 0) return {};
    return { dependsOn: pulumi.all([dependsOn, ...gates.map(open => open())]).apply(all => all.flat()) };
  }

  /** Refuses an object that another component of this program makes too. */
  private claim(kind: Kind, args: { kind?: unknown; metadata?: { name?: unknown; namespace?: unknown } }): void {
    const { name, namespace } = args.metadata ?? {};
    if (typeof name !== "string") return;
    // A custom resource says its kind itself.
    const title = typeof args.kind === "string" ? args.kind : kind.name;
    const owner = claimName({ kind: title, name, namespace }, this.title);
    if (owner !== undefined) this.fail(`${title} "${name}" already belongs to ${owner}; give one of them another name`);
  }

  /** The component's exceptions and these, as a member of metadata; nothing where there are none. */
  private annotations(more: Record<string, pulumi.Input<string>> = {}): {
    annotations?: Record<string, pulumi.Input<string>>;
  } {
    const annotations = { ...exceptionAnnotations(this.exceptions), ...more };
    return Object.keys(annotations).length === 0 ? {} : { annotations };
  }

  /**
   * Labels and exceptions for a pod template: rules judge a template like the object around it.
   *
   * @param job suffix of the program's name for pods that are no replica of the main one, so that its Service does not select them
   */
  podMetadata({ job, annotations = {} }: { job?: string; annotations?: Record<string, pulumi.Input<string>> } = {}): {
    labels: Record<string, string>;
    annotations?: Record<string, pulumi.Input<string>>;
  } {
    const name = this.labels["app.kubernetes.io/name"];
    return {
      labels: { ...this.labels, ...(job === undefined ? {} : { "app.kubernetes.io/name": `${name}-${job}` }) },
      ...this.annotations(annotations),
    };
  }

  /** A hardened pod spec; what is wrong with it is said in the component's name. */
  pod(args: PodArgs): k8s.types.input.core.v1.PodSpec {
    return this.checked(() => hardenedPod(args));
  }
}
