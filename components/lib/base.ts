import * as pulumi from "@pulumi/pulumi";
import { isRecord, shown } from "./check";

/** Kubernetes names: RFC 1123 label, and short enough for a Service name with a suffix. */
const isName = (name: unknown) => typeof name === "string" && /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/.test(name);

/** What a component's children belong to: how messages call it, and a type whose provider must be given. */
export interface ProviderPackage {
  title: string;
  type: string;
  /** What a default provider would do. */
  otherwise: string;
}

/** What all components have in common, whatever they are made of: a checked name, an explicit provider, errors in their own name. */
export abstract class Base extends pulumi.ComponentResource {
  /** The component's kind and name for messages: `WebService "api"`. */
  readonly title: string;

  /**
   * @param type type token, such as `bulkhead:app:WebService`; part of every child's URN
   * @throws RunError when the name is no DNS label of at most 40 characters, or no provider reaches the component
   */
  protected constructor(
    type: `bulkhead:${string}:${string}`,
    readonly name: string,
    provider: ProviderPackage,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    // Pulumi's own errors for these come with a stack trace, and name neither component nor rule.
    const title = `${type.slice(type.lastIndexOf(":") + 1)} ${shown(name)}`;
    if (!isName(name)) {
      throw new pulumi.RunError(
        `${title}: name must be lower-case letters, digits and inner hyphens, start with a letter and have at most 40 characters`,
      );
    }
    super(type, name, {}, opts);
    this.title = title;
    if (this.getProvider(provider.type) === undefined) {
      this.fail(
        `no ${provider.title} provider given; pass one in { provider }, or a parent that has one. ${provider.otherwise}`,
      );
    }
  }

  /** The name of a child: the component's, and a suffix unless it is the main one. */
  childName(suffix: string): string {
    return suffix === "" ? this.name : `${this.name}-${suffix}`;
  }

  /** Throws an error in the component's name. */
  fail(message: string): never {
    throw new pulumi.RunError(`${this.title}: ${message}`);
  }

  /** Throws the error for a bad argument: component, rule, value got. Not for values that may be secret. */
  refuse(rule: string, got: unknown): never {
    this.fail(`${rule}, got ${shown(got)}`);
  }

  /**
   * The arguments of a child after the caller's change.
   *
   * @param what the child, for messages
   */
  transformed<Args extends object>(what: string, args: Args, transform: ((args: Args) => Args) | undefined): Args {
    if (transform === undefined || (transform as unknown) === null) return args;
    if (typeof transform !== "function") this.refuse(`transform of ${what} must be a function`, transform);
    const changed = transform(args);
    if (!isRecord(changed)) this.refuse(`transform must return the arguments of ${what}`, changed);
    return changed;
  }

  /** Runs a pure function; what it finds wrong with its arguments (RangeError) is said in the component's name. */
  checked<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof RangeError) this.fail(error.message);
      throw error;
    }
  }
}
