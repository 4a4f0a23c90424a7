import type { Image } from "../images/image";
import type { ContainerArgs } from "../lib/hardenedPod";

/** How every collector of the stack runs; its caller adds configuration, ports and mounts. The health check listens on `healthPort`. */
export function collectorContainer(
  image: Image,
  { cpuMillis, memoryMiB, healthPort }: { cpuMillis: number; memoryMiB: number; healthPort: number },
) {
  return {
    image,
    command: ["/otelcol-contrib"],
    // Its heap stays below the limit; the rest is what Go does not count.
    env: { GOMEMLIMIT: `${Math.floor(memoryMiB * 0.8)}MiB` },
    resources: { cpuMillis, memoryMiB },
    probes: {
      readiness: { http: "/", port: healthPort },
      liveness: { http: "/", port: healthPort, failures: 6 },
    },
  } satisfies Partial<ContainerArgs>;
}
