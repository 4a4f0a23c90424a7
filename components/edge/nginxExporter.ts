import type { Image } from "../images/image";
import type { ContainerArgs } from "../lib/hardenedPod";

/** Where the exporter listens, for the nginx beside it. */
export const exporterPort = 9114;

/** The exporter beside an nginx, as a container of its pod. The image needs `nginx-prometheus-exporter` in /usr/bin. */
export function nginxExporter(args: { image: Image; statusPort: number }): ContainerArgs {
  return {
    name: "exporter",
    image: args.image,
    command: [
      "/usr/bin/nginx-prometheus-exporter",
      `--nginx.scrape-uri=http://127.0.0.1:${args.statusPort}/stub_status`,
      `--web.listen-address=:${exporterPort}`,
    ],
    resources: { cpuMillis: 10, cpuLimitMillis: 100, memoryMiB: 32 },
    // Plain HTTP, for the kubelet and for nginx, which serves it over TLS: no NetworkPolicy opens this port.
    probes: { readiness: { tcp: exporterPort }, liveness: { tcp: exporterPort } },
  };
}
