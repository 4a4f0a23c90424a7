import { PreviewError } from "../errors.js";
import type { SourcePosition } from "../finding.js";
import { type Properties, UNKNOWN } from "../value.js";
import type { Deployment } from "./deployment.js";
import type { EngineResource } from "./resource.js";
import { packageOf } from "./urn.js";

/** Fields of a resource that nobody asked anything special of. */
export function plainResource(urn: string, type: string, name: string): EngineResource {
  return {
    urn,
    type,
    name,
    parent: "",
    custom: true,
    remote: false,
    provider: "",
    providers: {},
    inputs: {},
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    retainOnDelete: false,
    deleteBeforeReplace: undefined,
    ignoreChanges: [],
    additionalSecretOutputs: [],
    customTimeouts: { create: "", update: "", delete: "" },
    aliases: [],
    transforms: [],
    source: undefined,
    programSource: undefined,
  };
}

/**
 * The reference of the provider that the engine makes for a package when a resource names none, registered on first use.
 *
 * @throws PreviewError where `pulumi:disable-default-providers` forbids it
 */
export async function defaultProvider(
  deployment: Deployment,
  resourceType: string,
  version: string,
  source: SourcePosition | undefined,
): Promise<string> {
  const name = packageOf(resourceType);
  const { disabledDefaultProviders } = deployment.settings;
  if (name !== "pulumi" && (disabledDefaultProviders.includes("*") || disabledDefaultProviders.includes(name))) {
    throw deployment.fail(
      new PreviewError(
        "program",
        `Default provider for "${name}" is disabled: ${resourceType} must be given an explicit provider`,
        {
          source,
          hint: "pulumi:disable-default-providers is set for this project or stack.",
        },
      ),
    );
  }
  const providerName = version === "" ? "default" : `default_${version.replace(/[^A-Za-z0-9]/g, "_")}`;
  const type = `pulumi:providers:${name}`;
  const urn = deployment.urn(type, providerName, "");
  if (!deployment.resources.has(urn)) {
    const provider = plainResource(urn, type, providerName);
    provider.inputs = { ...packageConfig(deployment, name), ...(version === "" ? {} : { version }) };
    provider.outputs = provider.inputs;
    deployment.add(provider);
    await deployment.analyzers.judge(provider, deployment);
  }
  return `${urn}::${UNKNOWN}`;
}

/** `kubernetes:context` and the like. */
function packageConfig(deployment: Deployment, name: string): Properties {
  const prefix = `${name}:`;
  if (name === "pulumi") return {};
  return Object.fromEntries(
    Object.entries(deployment.settings.config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}
