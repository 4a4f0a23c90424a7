import type { SourcePosition } from "../finding.js";
import type { ResourceRecord } from "../result.js";
import { lowerAll, type Properties } from "../value.js";
import { nameOf, providerUrn, typeOf } from "./urn.js";

/** A function in the program's process that the engine may call back: a transform. */
export interface CallbackReference {
  target: string;
  token: string;
}

/** A resource as the engine keeps it. */
export interface EngineResource {
  urn: string;
  type: string;
  name: string;
  /** URN; "" for the stack and for default providers. */
  parent: string;
  custom: boolean;
  remote: boolean;
  /** `<urn>::<id>`; "" for components and providers. */
  provider: string;
  /** By package, for the children of a remote component. */
  providers: Record<string, string>;
  /** After transforms, the provider's check and remediations. */
  inputs: Properties;
  /** What stack policies see. */
  outputs: Properties;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
  deleteBeforeReplace: boolean | undefined;
  ignoreChanges: string[];
  additionalSecretOutputs: string[];
  customTimeouts: { create: string; update: string; delete: string };
  /** URNs under which the resource may be known already. */
  aliases: string[];
  /** Apply to the resource's children too. */
  transforms: CallbackReference[];
  source: SourcePosition | undefined;
  programSource: SourcePosition | undefined;
}

/** The resource as it leaves the host. */
export function toRecord(resource: EngineResource): ResourceRecord {
  const provider = providerUrn(resource.provider);
  return {
    urn: resource.urn,
    type: resource.type,
    name: resource.name,
    ...(resource.parent === "" ? {} : { parent: resource.parent }),
    custom: resource.custom,
    remote: resource.remote,
    ...(provider === "" ? {} : { provider: { urn: provider, type: typeOf(provider), name: nameOf(provider) } }),
    inputs: lowerAll(resource.inputs, true),
    outputs: lowerAll(resource.outputs, true),
    dependencies: resource.dependencies,
    propertyDependencies: resource.propertyDependencies,
    protect: resource.protect,
    retainOnDelete: resource.retainOnDelete,
    aliases: resource.aliases,
    ...(resource.source === undefined ? {} : { source: resource.source }),
    ...(resource.programSource === undefined ? {} : { programSource: resource.programSource }),
  };
}
