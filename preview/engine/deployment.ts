import { PreviewError } from "../errors.js";
import type { Fixtures } from "../project/fixtures.js";
import type { StackSettings } from "../project/project.js";
import type { Coverage, LogEntry } from "../result.js";
import type { Properties } from "../value.js";
import type { CallbackReference, EngineResource } from "./resource.js";
import { buildUrn } from "./urn.js";

/** How the engine reaches functions in other processes, or in its own. */
export interface Transport {
  /** Calls the function behind a callback: protobuf bytes in and out. */
  callback(reference: CallbackReference, request: Uint8Array): Promise<Uint8Array>;
}

/** What judges each resource as it is registered: policy packs that speak the Analyzer protocol. */
export interface Analyzers {
  /** May change `resource.inputs`. */
  judge(resource: EngineResource, deployment: Deployment): Promise<void>;
}

/** One preview of one stack: what is known so far. */
export class Deployment {
  /** In registration order. */
  readonly resources = new Map<string, EngineResource>();
  /** The Kubernetes provider learns from them which custom kinds live outside namespaces. */
  readonly customResourceDefinitions: EngineResource[] = [];
  readonly stackTransforms: CallbackReference[] = [];
  readonly invokeTransforms: CallbackReference[] = [];
  /** By reference: what `RegisterPackage` announced. */
  readonly packages = new Map<string, { name: string; version: string }>();
  readonly logs: LogEntry[] = [];
  readonly coverage: Coverage = {
    unhandledInvokes: [],
    unexpandedComponents: [],
    missingStackReferences: [],
    unhandledReads: [],
    ignored: [],
  };
  /** Types of components whose objects a provider would have rendered, and no fixture answers for. */
  readonly unrendered = new Set<string>();
  /** Texts that the program marked as secrets, as far as the host can see it; a resource need not hold them. */
  readonly spokenSecrets = new Set<string>();
  /** What policies changed. */
  readonly remediated: { urn: string; rule: string }[] = [];
  /** Tokens that the program calls for their plain value, as far as the host can see it: unknown is no answer to those. */
  readonly plainInvokes = new Set<string>();
  rootUrn = "";

  private firstFailure: PreviewError | undefined;

  constructor(
    readonly settings: StackSettings,
    readonly fixtures: Fixtures,
    readonly transport: Transport,
    readonly analyzers: Analyzers,
    private readonly onProgress: (resources: number) => void,
  ) {}

  urn(type: string, name: string, parentUrn: string): string {
    return buildUrn(this.settings.stack, this.settings.project, parentUrn, type, name);
  }

  add(resource: EngineResource): void {
    this.resources.set(resource.urn, resource);
    if (resource.type === "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")
      this.customResourceDefinitions.push(resource);
    this.onProgress(this.resources.size);
  }

  /** Keeps the first failure: what follows it are its consequences. */
  fail(error: PreviewError): PreviewError {
    this.firstFailure ??= error;
    return error;
  }

  get failure(): PreviewError | undefined {
    return this.firstFailure;
  }

  ignore(note: string): void {
    if (!this.coverage.ignored.includes(note)) this.coverage.ignored.push(note);
  }

  /** The resource's provider, where it is registered. */
  providerOf(resource: EngineResource): EngineResource | undefined {
    return resource.provider === ""
      ? undefined
      : this.resources.get(resource.provider.slice(0, resource.provider.lastIndexOf("::")));
  }

  /** Outputs of the stack itself. */
  get outputs(): Properties {
    return this.resources.get(this.rootUrn)?.outputs ?? {};
  }
}
