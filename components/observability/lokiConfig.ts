import { tlsFiles } from "../network/certificate";
import { bounds } from "./logBounds";
import { lokiStorage, type S3 } from "./lokiStorage";
import type { TlsFiles } from "./webConfig";

export interface LokiConfigArgs {
  retentionDays: number;
  /** Days for programs whose lines are kept for another time, by their name. @default none */
  retentionDaysOf?: Readonly<Record<string, number>>;
  /** Who is told about alerts on logs, and the folder of their rules. @default nobody */
  alerts?: { host: string; port: number; rulesPath: string };
  /** A bucket for lines from a day on. @default all are below `dataPath` */
  s3?: S3;
  dataPath: string;
  port: number;
  /** @default every address */
  listenAddress?: string;
  /** Loopback port of the API between its own modules. @default 9095 */
  grpcPort?: number;
  /** @default the certificate that every pod has */
  tls?: TlsFiles;
}

/** Resource attributes that become labels: few, and of few values, because each combination is a stream of its own. */
const streamLabels = ["k8s.namespace.name", "k8s.container.name", "service.name", "service.namespace"];

/** The tenant of everything while there are no tenants: a folder of rules has its name. */
export const tenant = "fake";

/** Evaluates the rules in a folder, and tells an Alertmanager. */
function ruler(
  { host, port, rulesPath }: NonNullable<LokiConfigArgs["alerts"]>,
  dataPath: string,
  tls: TlsFiles,
): object {
  return {
    storage: { type: "local", local: { directory: rulesPath } },
    rule_path: `${dataPath}/rules-loaded`,
    alertmanager_url: `https://${host}:${port}`,
    alertmanager_client: { tls_ca_path: tls.ca, tls_server_name: host, tls_min_version: "VersionTLS13" },
    enable_api: true,
    evaluation_interval: "1m",
    poll_interval: "1m",
  };
}

/** loki.yaml: one process, files on a volume or in a bucket, old chunks deleted by the compactor. */
export function lokiConfig(args: LokiConfigArgs): object {
  const { retentionDays, retentionDaysOf = {}, alerts, dataPath, port } = args;
  const { listenAddress = "", grpcPort = 9095, tls = tlsFiles } = args;
  return {
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: {
      http_listen_address: listenAddress,
      http_listen_port: port,
      // A client that names the server gets the renewed certificate at its next handshake.
      http_tls_config: { cert_file: tls.certificate, key_file: tls.key },
      tls_min_version: "VersionTLS13",
      // Only its own modules talk to each other here.
      grpc_listen_address: "127.0.0.1",
      grpc_listen_port: grpcPort,
      grpc_server_max_recv_msg_size: bounds.unpackedMiB * 1024 * 1024,
      log_format: "json",
      log_level: "warn",
      graceful_shutdown_timeout: "10s",
    },
    common: {
      path_prefix: dataPath,
      instance_addr: "127.0.0.1",
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
      storage: { filesystem: { chunks_directory: `${dataPath}/chunks`, rules_directory: `${dataPath}/rules` } },
    },
    ...lokiStorage(args.s3),
    ingester: {
      // Half of it is how late a line may be behind the newest of its stream: an agent that was away for a day still delivers, although
      // other pods of the same program have gone on.
      max_chunk_age: "48h",
      // A line that is sent again after a crash is known only in the block that is being filled, 256 KiB by default: 3,000 lines, which an agent
      // that is killed while it catches up may well send again. Each stream holds a block in memory, at over twice its size: no more than this.
      chunk_block_size: 1024 * 1024,
      wal: { enabled: true, dir: `${dataPath}/wal`, replay_memory_ceiling: "256MB", flush_on_shutdown: true },
    },
    compactor: {
      working_directory: `${dataPath}/compactor`,
      retention_enabled: true,
      // Not in a bucket: Loki would not start while that is away.
      delete_request_store: "filesystem",
    },
    ...(alerts === undefined ? {} : { ruler: ruler(alerts, dataPath, tls) }),
    limits_config: {
      retention_period: `${retentionDays * 24}h`,
      retention_stream: Object.entries(retentionDaysOf).map(([service, days]) => ({
        selector: `{service_name="${service}"}`,
        priority: 1,
        period: `${days * 24}h`,
      })),
      // Older than a week is a clock gone wrong.
      reject_old_samples: true,
      reject_old_samples_max_age: "168h",
      allow_structured_metadata: true,
      // The collectors cut what is larger: nothing that they send is refused, however often they try.
      max_structured_metadata_size: "512KB",
      max_line_size: `${bounds.textKiB}KB`,
      max_line_size_truncate: true,
      max_global_streams_per_user: 5000,
      // A program may take all of it: those beside it wait, and lose nothing.
      ingestion_rate_mb: 8,
      ingestion_burst_size_mb: bounds.unpackedMiB,
      per_stream_rate_limit: "8MB",
      per_stream_rate_limit_burst: `${bounds.unpackedMiB}MB`,
      volume_enabled: true,
      otlp_config: {
        resource_attributes: {
          ignore_defaults: true,
          attributes_config: [{ action: "index_label", attributes: streamLabels }],
        },
      },
    },
  };
}
