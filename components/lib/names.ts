import * as pulumi from "@pulumi/pulumi";

/** A Kubernetes object by what its name must be unique among. */
interface Claim {
  kind: string;
  name: string;
  /** Compared as it is: two components in one namespace were given the same value. */
  namespace: unknown;
}

/** By run of a program (one process may run several), then by kind and name, whose each is. */
const claims = new WeakMap<object, Map<string, { namespace: unknown; owner: string }[]>>();

/**
 * Notes that a component makes an object of a fixed name. URNs hold the component's type, so Pulumi lets a Worker and a WebService of
 * one name pass and the cluster refuses them half-way through the update.
 *
 * @returns whose object it already is, or undefined
 */
export function claimName({ kind, name, namespace }: Claim, owner: string): string | undefined {
  const run = pulumi.runtime.getMonitor();
  if (run === undefined) return undefined;
  const byName = claims.get(run) ?? new Map<string, { namespace: unknown; owner: string }[]>();
  claims.set(run, byName);
  const key = `${kind} ${name}`;
  const taken = byName.get(key) ?? [];
  byName.set(key, [...taken, { namespace, owner }]);
  return taken.find(other => other.namespace === namespace)?.owner;
}
