import { tlsFiles } from "../network/certificate";
import { memoryLimiter, selfScrape, selfTelemetry, serverTls } from "./collectorConfig";
import { frameOperators, originStatements, recordStart, unframe } from "./criLog";
import { bounds } from "./logBounds";
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

/** Lines that say nothing: PostgreSQL logs every knock of a probe on its socket. A session that follows has a line of its own. */
const noise = " state=00000 LOG: +connection received: host=\\[local\\]";

/** The collector's arguments. It hands each line over before it notes that it was read: killed at any time, it loses none. */
export const logAgentArguments = (configFile: string): string[] => [
  `--config=${configFile}`,
  "--feature-gates=stanza.synchronousLogEmitter",
];

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
        // Also what was rotated while it was away or held up; the kubelet compresses all but the youngest of those.
        include: [`${logsPath}/*/*/*.log`, `${logsPath}/*/*/*.log.20*`],
        exclude: [`${logsPath}/*/${ownContainer}/*`, `${logsPath}/*/*/*.gz`, `${logsPath}/*/*/*.tmp`],
        include_file_path: true,
        include_file_name: false,
        // A new agent sends what is there; what the one before it sent already, Loki recognises by time and text.
        start_at: "beginning",
        exclude_older_than: "24h",
        // A record ends where the next starts, and a start is all of its line: both have to fit.
        max_log_size: `${4 * bounds.textKiB}KiB`,
        poll_interval: "500ms",
        storage: "file_storage",
        retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
        multiline: { line_start_pattern: recordStart },
        operators: [{ type: "filter", expr: `body matches ${JSON.stringify(noise)}` }, ...frameOperators],
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
            statements: [...originStatements, 'set(resource.attributes["k8s.node.name"], "${env:K8S_NODE_NAME}")'],
          },
          { context: "log", statements: [...unframe, 'delete_key(log.attributes, "log.file.path")'] },
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
