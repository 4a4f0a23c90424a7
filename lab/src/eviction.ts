import { until } from "./kubectl.js";
import type { Lab } from "./lab.js";
import type { Pod } from "./objects.js";
import { lastLine, type Outcome } from "./process.js";
import { readyPods } from "./users.js";
import { settled } from "./workloads.js";

/** Asks for a pod's eviction, as `kubectl drain` does: the API server refuses what a disruption budget forbids. */
async function evict({ kubectl }: Lab, { metadata: { name, namespace = "" } }: Pod): Promise<Outcome> {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  return kubectl.attempt(["create", "--raw", path, "--filename", "-"], { input: JSON.stringify(eviction) });
}

const isRefused = ({ code, stderr }: Outcome): boolean =>
  code !== 0 && /disruption budget|TooManyRequests/i.test(stderr);

/**
 * Empties the node as a drain does, pod by pod, and lets each be replaced before the next goes: on one node all pods would otherwise wait for a
 * second one.
 *
 * @returns how many pods went, and that a second of the same component was refused while the first was away
 */
export async function drain(
  lab: Lab,
  components: readonly string[],
  seconds: number,
): Promise<{ evicted: number; refused: number }> {
  let evicted = 0;
  let refused = 0;
  for (const component of components) {
    const pods = await readyPods(lab, component);
    for (const [index, pod] of pods.entries()) {
      const outcome = await until(`${pod.metadata.name} may go`, seconds, async () => {
        const attempt = await evict(lab, pod);
        return !isRefused(attempt) && attempt;
      });
      if (outcome.code !== 0) throw new Error(`${pod.metadata.name} could not be evicted: ${lastLine(outcome)}`);
      evicted += 1;
      const other = pods[index + 1];
      if (other !== undefined && isRefused(await evict(lab, other))) refused += 1;
      await settled(lab, component, seconds);
    }
  }
  return { evicted, refused };
}
