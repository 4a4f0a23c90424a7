import { checkWhole } from "./check";

/** What a container reserves and may use. Memory is reserved in full, so that a node never overcommits it. */
export interface Resources {
  /** CPU reserved, in thousandths of a core. */
  cpuMillis: number;
  /** CPU it may use before it is throttled. @default 4 × cpuMillis */
  cpuLimitMillis?: number;
  /** Memory reserved; above it the container is killed. */
  memoryMiB: number;
  /** Disk for logs and scratch files, without its writable paths; above it the pod is evicted. @default 64 */
  ephemeralMiB?: number;
}

/** The only copy of these values; a test holds the tags above to them. */
export const resourcesDefaults = { cpuBurst: 4, ephemeralMiB: 64 };

/** Ten times the largest machines on offer (24 TiB, 900 cores): above it is a slip of the unit, such as bytes for MiB. */
const largest = 250_000_000;

type Quantities = Record<"cpu" | "memory" | "ephemeral-storage", string>;

/**
 * Requests and limits as Kubernetes takes them.
 *
 * @param writableMiB the size of the container's disk-backed writable paths, which count against its ephemeral storage
 * @throws RangeError naming the field when one is no whole number in its bounds, or the CPU limit is below the reservation
 */
export function resourceRequirements(
  resources: Resources,
  writableMiB = 0,
): { requests: Quantities; limits: Quantities } {
  const { cpuMillis, memoryMiB, ephemeralMiB = resourcesDefaults.ephemeralMiB } = resources;
  checkWhole("cpuMillis", cpuMillis, 1, largest);
  const cpuLimitMillis = resources.cpuLimitMillis ?? cpuMillis * resourcesDefaults.cpuBurst;
  for (const [field, value] of Object.entries({ cpuLimitMillis, memoryMiB, ephemeralMiB })) {
    checkWhole(field, value, 1, largest);
  }
  if (cpuLimitMillis < cpuMillis) {
    throw new RangeError(`cpuLimitMillis must be at least cpuMillis (${cpuMillis}), got ${cpuLimitMillis}`);
  }
  const memory = `${memoryMiB}Mi`;
  const disk = `${ephemeralMiB + writableMiB}Mi`;
  return {
    requests: { cpu: `${cpuMillis}m`, memory, "ephemeral-storage": disk },
    limits: { cpu: `${cpuLimitMillis}m`, memory, "ephemeral-storage": disk },
  };
}
