import * as pulumi from "@pulumi/pulumi";
import { most, type Scaling, scalingDefaults } from "../app/availability";

/** A request that holds one may need another, and must not wait for itself. */
const least = 2;

/**
 * How many connections each pod may hold, so that all together never ask the database for more than it gives: the share of the most pods that
 * run, one more of each workload in a rollout, and the least for each job.
 *
 * @param jobs how many jobs may run at once, a migration included
 * @throws RunError where a pod would have less than two
 */
export function connectionsPerPod(
  database: { connections: number },
  workloads: readonly Scaling[],
  jobs: number,
): number {
  const pods = workloads.reduce((sum, scaling) => sum + most({ ...scalingDefaults, ...scaling }) + 1, 0);
  const share = Math.floor((database.connections - jobs * least) / pods);
  if (share >= least) return share;
  throw new pulumi.RunError(
    `the database must have at least ${least * (pods + jobs)} connections for ${pods} pods and ${jobs} jobs, got ${database.connections}: ` +
      "give it more memory, or run fewer pods",
  );
}
