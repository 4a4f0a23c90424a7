import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Exception, exceptionAnnotations } from "./exceptions.js";
import { hardenedPod, type PodArgs } from "./hardenedPod.js";
import { labelsOf, type Selector, selectorOf } from "./labels.js";

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

/** Kubernetes names: RFC 1123 label, and short enough for a Service name with a suffix. */
const namePattern = /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/;

/**
 * What all components have in common: children are named after them, labelled and parented; a provider must be given; exceptions travel
 * with the objects.
 */
export abstract class Component extends pulumi.ComponentResource {
  /** The component's kind and name for messages: `WebService "api"`. */
  readonly title: string;
  /** Labels of every object of this component. */
  readonly labels: Selector;
  /** What selects this component's pods. */
  readonly selector: Selector;
  /** What selects all of this component's pods, its jobs included: the side of a NetworkPolicy that asks. */
  readonly everyPod: Record<string, string>;
  readonly exceptions: readonly Exception[];

  /**
   * @param type type token, such as `bulkhead:app:WebService`; part of every child's URN
   * @throws RunError when the name is no DNS label of at most 40 characters, or no Kubernetes provider reaches the component
   */
  protected constructor(
    type: `bulkhead:${string}:${string}`,
    readonly name: string,
    identity: Identity,
    args: ComponentArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super(type, name, {}, opts);
    this.title = `${type.slice(type.lastIndexOf(":") + 1)} "${name}"`;
    if (!namePattern.test(name)) {
      this.refuse(
        "name must be lower-case letters, digits and hyphens, start with a letter and have at most 40 characters",
        name,
      );
    }
    if (this.getProvider("kubernetes:core/v1:Namespace") === undefined) {
      throw new pulumi.RunError(
        `${this.title}: no Kubernetes provider given; pass one in { provider }, or a parent that has one. ` +
          "A default provider would deploy to whatever cluster the shell points at.",
      );
    }
    this.labels = labelsOf(identity.app, name, identity.role);
    this.selector = selectorOf(identity.app, name);
    this.everyPod = { "app.kubernetes.io/instance": name };
    this.exceptions = args.exceptions ?? [];
  }

  /** The name of a child: the component's, and a suffix unless it is the main one. */
  childName(suffix: string): string {
    return suffix === "" ? this.name : `${this.name}-${suffix}`;
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
      annotations: { ...exceptionAnnotations(this.exceptions), ...args.metadata?.annotations },
    };
    const complete = { ...args, metadata } as unknown as ArgsOf<K>;
    const final = transform === undefined ? complete : transform(complete);
    return new kind(name, final, { parent: this, ...opts }) as InstanceType<K>;
  }

  /**
   * Labels and exceptions for a pod template: rules judge a template like the object around it.
   *
   * @param job suffix of the program's name for pods that are no replica of the main one, so that its Service does not select them
   */
  podMetadata({ job, annotations = {} }: { job?: string; annotations?: Record<string, pulumi.Input<string>> } = {}): {
    labels: Record<string, string>;
    annotations: Record<string, pulumi.Input<string>>;
  } {
    const name = this.labels["app.kubernetes.io/name"];
    return {
      labels: { ...this.labels, ...(job === undefined ? {} : { "app.kubernetes.io/name": `${name}-${job}` }) },
      annotations: { ...exceptionAnnotations(this.exceptions), ...annotations },
    };
  }

  /** A hardened pod spec; what is wrong with it is said in the component's name. */
  pod(args: PodArgs): k8s.types.input.core.v1.PodSpec {
    try {
      return hardenedPod(args);
    } catch (error) {
      if (error instanceof RangeError) throw new pulumi.RunError(`${this.title}: ${error.message}`);
      throw error;
    }
  }

  /** Throws the error for a bad argument: component, rule, value got. */
  refuse(rule: string, got: unknown): never {
    throw new pulumi.RunError(`${this.title}: ${rule}, got ${got === undefined ? "undefined" : JSON.stringify(got)}`);
  }
}
