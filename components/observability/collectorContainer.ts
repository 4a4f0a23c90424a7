import type { Image } from "../images/image";
import type { ContainerArgs } from "../lib/hardenedPod";
import { resourcesDefaults } from "../lib/resources";
import { goProcessors } from "./goRuntime";

interface CollectorResources {
  cpuMillis: number;
  /** @default 4 × cpuMillis */
  cpuLimitMillis?: number;
  memoryMiB: number;
  healthPort: number;
}

/** How every collector of the stack runs; its caller adds configuration, ports and mounts. The health check listens on `healthPort`. */
export function collectorContainer(
  image: Image,
  { cpuMillis, cpuLimitMillis = cpuMillis * resourcesDefaults.cpuBurst, memoryMiB, healthPort }: CollectorResources,
) {
  return {
    image,
    command: ["/otelcol-contrib"],
    // Its heap stays below the limit; the rest is what Go does not count.
    env: { GOMEMLIMIT: `${Math.floor(memoryMiB * 0.8)}MiB`, ...goProcessors(cpuLimitMillis) },
    resources: { cpuMillis, cpuLimitMillis, memoryMiB },
    probes: {
      readiness: { http: "/", port: healthPort },
      liveness: { http: "/", port: healthPort, failures: 6 },
    },
  } satisfies Partial<ContainerArgs>;
}
