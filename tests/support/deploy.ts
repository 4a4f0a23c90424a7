import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb.js";
import type { Placement } from "../../components/network/secureNamespace";

/** A resource as a component registered it; secrets in `inputs` are unwrapped. */
export interface Registered {
  urn: string;
  type: string;
  name: string;
  inputs: Inputs;
  /** The inputs as on the wire, secrets marked. */
  wire: Inputs;
  protect: boolean;
  /** URNs, from `dependsOn` and from outputs used as inputs. */
  dependsOn: string[];
  parent: string;
  /** `<urn>::<id>`; "" for components. */
  provider: string;
}

/** Inputs are read by path in assertions, so a test reads like the YAML it is about. */
export type Inputs = Record<string, unknown>;

type Register = (
  request: RegisterResourceRequest,
  callback: (error: Error | undefined, response?: RegisterResourceResponse) => void,
) => unknown;

/** What a piece of program registered, in order. */
export class Deployment {
  constructor(readonly resources: readonly Registered[]) {}

  /** The one resource of a kind and name; says what there is when it is not there. */
  get(kind: string, name: string): Registered {
    const found = this.resources.filter(r => r.type.endsWith(`:${kind}`) && r.name === name);
    if (found.length === 1 && found[0] !== undefined) return found[0];
    throw new Error(`${found.length} of ${kind} "${name}" among ${this.urns().join("\n")}`);
  }

  /** The custom resource of a kind, such as a Certificate. */
  custom(kind: string, name: string): Registered {
    const found = this.resources.find(r => r.inputs["kind"] === kind && r.name === name);
    if (found !== undefined) return found;
    throw new Error(`no ${kind} "${name}" among ${this.urns().join("\n")}`);
  }

  /** All resources of a kind. */
  all(kind: string): Registered[] {
    return this.resources.filter(r => r.type.endsWith(`:${kind}`));
  }

  /** Every URN, sorted: what a golden test keeps, because a changed URN replaces the object. */
  urns(): string[] {
    return this.resources.map(r => r.urn).sort();
  }
}

/** Reads a value by path: `at(inputs, "spec.template.spec.containers.0.image")`. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((v, key) => (v as Record<string, unknown> | undefined)?.[key], value);
}

/** The namespace that tests deploy to. */
export const placement: Placement = {
  namespaceName: "flowmarine",
  issuer: { kind: "ClusterIssuer", name: "flowmarine-ca" },
};

/**
 * Runs a piece of program under Pulumi's mocks and returns what it registered.
 *
 * @param program gets the options that name the providers of the cluster and of the Docker engine
 */
export async function deploy(program: (opts: pulumi.ComponentResourceOptions) => unknown): Promise<Deployment> {
  const byUrn = new Map<string, Registered>();
  const newResource = (args: pulumi.runtime.MockResourceArgs) => ({
    id: args.custom === false ? undefined : `${args.name}-id`,
    state: computed(args),
  });
  await pulumi.runtime.setMocks({ newResource, call: args => args.inputs as Inputs }, "flowmarine", "test", false);

  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (response !== undefined && !request.getType().startsWith("pulumi:providers:")) {
        const urn = response.getUrn();
        byUrn.set(urn, {
          urn,
          type: request.getType(),
          name: request.getName(),
          inputs: unwrap(request.getObject()?.toJavaScript() ?? {}) as Inputs,
          wire: request.getObject()?.toJavaScript() ?? {},
          protect: request.getProtect() ?? false,
          dependsOn: request.getDependenciesList(),
          parent: request.getParent(),
          provider: request.getProvider(),
        });
      }
      callback(error, response);
    });

  program({
    providers: {
      kubernetes: new k8s.Provider("cluster", { context: "test" }),
      docker: new docker.Provider("engine", { host: "unix:///var/run/docker.sock" }),
    },
  });
  await pulumi.runtime.disconnect();
  return new Deployment([...byUrn.values()]);
}

/** The message of the error that a piece of program throws. */
export async function refusal(program: (opts: pulumi.ComponentResourceOptions) => unknown): Promise<string> {
  let message: string | undefined;
  await deploy(opts => {
    try {
      program(opts);
    } catch (error) {
      message = (error as Error).message;
    }
  });
  if (message === undefined) throw new Error("nothing was refused");
  return message;
}

/** Outputs that a provider computes and components read: the name of what is autonamed, the digest of what was built. */
function computed({ type, name, inputs }: pulumi.runtime.MockResourceArgs): Inputs {
  const given = inputs as { metadata?: object; imageName?: string };
  if (type === "docker:index/image:Image") {
    return { ...given, repoDigest: `${given.imageName?.replace(/:[^:/]*$/, "")}@sha256:${"b".repeat(64)}` };
  }
  return type.startsWith("kubernetes:")
    ? { ...given, metadata: { name: `${name}-1a2b3c4d`, ...given.metadata } }
    : given;
}

const signature = "4dabf18193072939515e22adb298388d";

/** Whether a value on the wire is marked as a secret. */
export function isSecret(value: unknown): boolean {
  return at(value, signature) === "1b47061264138c4ac30d75fd1eb44270";
}

/** Plain values: secrets and outputs lose their wire envelopes. */
function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  if (signature in value) return unwrap((value as { value?: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, unwrap(v)]));
}
