import { tlsFiles } from "../network/certificate";
import { memoryLimiter, selfScrape, selfTelemetry, serverTls } from "./collectorConfig";
import { logProcessorNames, logProcessors, lokiExporter } from "./logPipeline";
import type { TlsFiles } from "./webConfig";

export interface LogAgentConfigArgs {
  loki: { host: string; port: number };
  ports: { metrics: number; health: number; internal: number };
  /** Folder of the pods' logs: `<namespace>_<pod>_<uid>/<container>/<n>.log`. */
  logsPath: string;
  /** Where it keeps how far it has read, and what it could not send yet. */
  dataPath: string;
  /** Container whose logs it does not read: its own, or each line would make another. */
  ownContainer: string;
  /** @default every address */
  listenAddress?: string;
  /** @default the certificate that every pod has */
  tls?: TlsFiles;
}

/** The configuration of the collector on every node: the containers' log files, by namespace, pod and container, to Loki. */
export function logAgentConfig(args: LogAgentConfigArgs): object {
  const { loki, ports, logsPath, dataPath, ownContainer, listenAddress = "0.0.0.0", tls = tlsFiles } = args;
  return {
    extensions: {
      health_check: { endpoint: `${listenAddress}:${ports.health}`, tls: serverTls(tls) },
      file_storage: { directory: dataPath, create_directory: true, fsync: true, compaction: { on_start: true } },
    },
    receivers: {
      file_log: {
        include: [`${logsPath}/*/*/*.log`],
        exclude: [`${logsPath}/*/${ownContainer}/*.log`],
        include_file_path: true,
        include_file_name: false,
        // A new agent sends what is there; what the one before it sent already, Loki recognises by time and text.
        start_at: "beginning",
        exclude_older_than: "24h",
        max_log_size: "256KiB",
        poll_interval: "500ms",
        storage: "file_storage",
        retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
        // Undoes the runtime's framing, joins what it split, and takes namespace, pod and container from the path: no API needed.
        operators: [{ type: "container", max_log_size: "256KiB" }],
      },
      prometheus: selfScrape("log-agent", ports.internal),
    },
    processors: {
      memory_limiter: memoryLimiter,
      "transform/origin": {
        error_mode: "ignore",
        log_statements: [
          {
            context: "resource",
            statements: [
              'set(resource.attributes["service.name"], resource.attributes["k8s.container.name"])',
              'set(resource.attributes["service.namespace"], resource.attributes["k8s.namespace.name"])',
              'set(resource.attributes["k8s.node.name"], "${env:K8S_NODE_NAME}")',
            ],
          },
          { context: "log", statements: ['delete_key(log.attributes, "log.file.path")'] },
        ],
      },
      ...logProcessors(),
    },
    exporters: {
      "otlp_http/loki": lokiExporter({ ...loki, caFile: tls.ca }),
      prometheus: { endpoint: `${listenAddress}:${ports.metrics}`, tls: serverTls(tls), metric_expiration: "5m" },
    },
    service: {
      extensions: ["health_check", "file_storage"],
      telemetry: selfTelemetry(ports.internal),
      pipelines: {
        logs: {
          receivers: ["file_log"],
          processors: ["memory_limiter", "transform/origin", ...logProcessorNames],
          exporters: ["otlp_http/loki"],
        },
        metrics: { receivers: ["prometheus"], processors: ["memory_limiter"], exporters: ["prometheus"] },
      },
    },
  };
}
