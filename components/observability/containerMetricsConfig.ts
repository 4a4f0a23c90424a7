import { tlsFiles } from "../network/certificate";
import { memoryLimiter, selfTelemetry, serverTls } from "./collectorConfig";
import { metrics } from "./metrics";
import type { TlsFiles } from "./webConfig";

export interface ContainerMetricsConfigArgs {
  ports: { metrics: number; health: number; internal: number };
  /** `host:port` of the kubelet; `${env:NAME}` stands for a variable. */
  kubelet: string;
  /** Folder with `token` and `ca.crt`. */
  tokenFolder: string;
  /** Check the kubelet's certificate by the cluster's authority. */
  verifyKubelet: boolean;
  /** Time between two readings. @default 15 */
  intervalSeconds?: number;
  /** @default every address */
  listenAddress?: string;
  /** @default the certificate that every pod has */
  tls?: TlsFiles;
}

/** The kubelet has thousands of series: those that an alert or a dashboard reads are kept. */
export const kubeletMetrics = Object.entries(metrics)
  .filter(([, { emitter }]) => emitter === "kubelet")
  .map(([name]) => name);

/** The configuration of the collector that reads its own node's kubelet: containers and volumes, for Prometheus to read over TLS. */
export function containerMetricsConfig(args: ContainerMetricsConfigArgs): object {
  const { ports, kubelet, tokenFolder, verifyKubelet, intervalSeconds = 15 } = args;
  const { listenAddress = "0.0.0.0", tls = tlsFiles } = args;
  const scrape = (job_name: string, metrics_path: string) => ({
    job_name,
    metrics_path,
    scheme: "https",
    scrape_interval: `${intervalSeconds}s`,
    scrape_timeout: "10s",
    authorization: { credentials_file: `${tokenFolder}/token` },
    // Most kubelets sign their own certificate. The node's own address is asked: the way to it does not leave the node.
    tls_config: verifyKubelet ? { ca_file: `${tokenFolder}/ca.crt` } : { insecure_skip_verify: true },
    static_configs: [{ targets: [kubelet], labels: { node: "${env:K8S_NODE_NAME}" } }],
    metric_relabel_configs: [
      { source_labels: ["__name__"], regex: kubeletMetrics.join("|"), action: "keep" },
      // Sums over a pod's, a runtime's or the node's whole group would count every container again.
      {
        source_labels: ["__name__", "container"],
        regex: "container_(?:cpu|memory|oom|spec)_[a-z_]+;(?:POD)?",
        action: "drop",
      },
      // The node's own interfaces.
      { source_labels: ["__name__", "pod"], regex: "container_network_[a-z_]+;", action: "drop" },
      // Long, and told by `id` already, which keeps a container apart from the one that it replaces.
      { regex: "name|image", action: "labeldrop" },
    ],
  });
  return {
    extensions: { health_check: { endpoint: `${listenAddress}:${ports.health}`, tls: serverTls(tls) } },
    receivers: {
      prometheus: {
        config: { scrape_configs: [scrape("kubelet-containers", "/metrics/cadvisor"), scrape("kubelet", "/metrics")] },
      },
    },
    processors: { memory_limiter: memoryLimiter },
    exporters: {
      prometheus: {
        endpoint: `${listenAddress}:${ports.metrics}`,
        tls: serverTls(tls),
        // Names are the kubelet's, and stay so; a container that is gone is gone two minutes later.
        add_metric_suffixes: false,
        metric_expiration: "2m",
      },
    },
    service: {
      extensions: ["health_check"],
      telemetry: selfTelemetry(ports.internal),
      pipelines: {
        metrics: { receivers: ["prometheus"], processors: ["memory_limiter"], exporters: ["prometheus"] },
      },
    },
  };
}
