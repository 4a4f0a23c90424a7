import { BrokenPromise } from "../stages/stage.js";
import type { KubeObject } from "./objects.js";
import { lastLine, type Outcome, type RunOptions, run } from "./process.js";

/** Which objects: `["pods", "--all-namespaces", "--selector", "a=b"]`. */
type Query = readonly string[];

/** The cluster, through its own command line: what a person could type, and nothing that only a library can. */
export class Kubectl {
  constructor(
    private readonly program: string,
    private readonly kubeconfig: string,
  ) {}

  /** Runs it, whatever comes out. */
  attempt(args: Query, options: RunOptions = {}): Promise<Outcome> {
    return run(this.program, ["--kubeconfig", this.kubeconfig, ...args], options);
  }

  /** @returns its standard output. @throws Error with its last line when it fails */
  async run(args: Query, options: RunOptions = {}): Promise<string> {
    const outcome = await this.attempt(args, options);
    if (outcome.code === 0) return outcome.stdout;
    throw new Error(`kubectl ${args.slice(0, 6).join(" ")}: ${lastLine(outcome)}`);
  }

  /** The objects that a query finds; none is an empty list. */
  async list<T extends KubeObject>(query: Query): Promise<T[]> {
    const found = JSON.parse(await this.run(["get", ...query, "-o", "json"])) as { items: T[] };
    return found.items;
  }

  /** One object, which must exist. */
  async get<T extends KubeObject>(kind: string, name: string, namespace: string): Promise<T> {
    return JSON.parse(await this.run(["get", kind, name, "--namespace", namespace, "-o", "json"])) as T;
  }

  /** Runs a command in a container, whatever comes out. */
  exec(
    at: { namespace: string; pod: string; container: string },
    command: Query,
    options: RunOptions = {},
  ): Promise<Outcome> {
    const place = ["--namespace", at.namespace, at.pod, "--container", at.container];
    return this.attempt(["exec", "--stdin", ...place, "--", ...command], options);
  }
}

/** Asks again until it has what it waits for. @throws BrokenPromise saying what never came */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new BrokenPromise(`${what}: not within ${seconds} s`);
    await new Promise(resolve => setTimeout(resolve, 500));
  }
}
