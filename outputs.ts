import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

const port = z.int().min(1).max(65_535);
const service = z.strictObject({ host: z.string(), port, tlsSecretName: z.string() });
const store = z.strictObject({
  engine: z.string(),
  host: z.string(),
  port,
  name: z.string(),
  secretName: z.string(),
  caSecretName: z.string(),
});

/**
 * What FlowMarine's stacks export, and other teams build on. No secret value, only names of Secrets. A field that goes or changes its
 * type breaks them: then `contractVersion` rises and CHANGELOG.md says so; tests/golden/outputs.json shows any change.
 */
export const outputsContract = z.strictObject({
  contractVersion: z.literal(1),
  environment: z.enum(["local", "staging", "production"]),
  /** Where people open the system. */
  url: z.url(),
  apiUrl: z.url(),
  /** Namespaces by what runs in them. */
  namespaces: z.strictObject({ app: z.string(), data: z.string(), monitoring: z.string(), node: z.string() }),
  /** Services inside the cluster, by component name. */
  services: z.record(z.string(), service),
  database: store,
  cache: store,
  observability: z.strictObject({
    grafanaUrl: z.url().optional(),
    prometheus: z.url(),
    alertmanager: z.url(),
    loki: z.url(),
    otlp: z.url(),
  }),
  /** Who may talk to whom: by component name, the names of the components that it may reach. */
  network: z.record(z.string(), z.array(z.string())),
  /** References of the images that run, by name. */
  images: z.record(z.string(), z.string()),
});

export type Outputs = z.infer<typeof outputsContract>;

/** The contract as a program fills it: each value may still be an output. */
export type OutputsInput = { [K in keyof Outputs]: Unresolved<Outputs[K]> };
type Unresolved<T> = T extends object ? { [K in keyof T]: Unresolved<T[K]> } : pulumi.Input<T>;

/** Typed outputs of a FlowMarine stack, read by another team's program. */
export class FlowMarineOutputs {
  private constructor(private readonly read: <K extends keyof Outputs>(name: K) => pulumi.Output<Outputs[K]>) {}

  /**
   * @example
   * const flowmarine = FlowMarineOutputs.from(new pulumi.StackReference("acme/flowmarine/production"));
   * const host = flowmarine.get("database").host;
   */
  static from(stack: pulumi.StackReference): FlowMarineOutputs {
    return new FlowMarineOutputs(name => stack.requireOutput(name).apply(value => parseOutput(name, value)));
  }

  /** One output. Fails when the stack's contract is of another version or the value is not what the contract says. */
  get<K extends keyof Outputs>(name: K): pulumi.Output<Outputs[K]> {
    return pulumi.all([this.read("contractVersion"), this.read(name)]).apply(([, value]) => value as Outputs[K]);
  }
}

/** @throws Error naming the output and what the contract wants */
export function parseOutput<K extends keyof Outputs>(name: K, value: unknown): Outputs[K] {
  const parsed = outputsContract.shape[name].safeParse(value);
  if (parsed.success) return parsed.data as Outputs[K];
  const faults = parsed.error.issues.map(({ path, message }) => `${[name, ...path].join(".")}: ${message}`);
  throw new Error(`the stack's outputs do not meet contract version 1: ${faults.join("; ")}`);
}
