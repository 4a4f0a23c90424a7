import { tlsFiles } from "../network/certificate";
import { logProcessorNames, logProcessors, lokiExporter, spanRedaction } from "./logPipeline";
import type { TlsFiles } from "./webConfig";

export interface CollectorConfigArgs {
  loki: { host: string; port: number };
  dataPath: string;
  ports: CollectorPorts;
  /** Where traces go, an OTLP endpoint over HTTPS. Their durations and errors become metrics in any case. @default nowhere */
  tracesEndpoint?: string;
  /** @default every address */
  listenAddress?: string;
  /** @default the certificate that every pod has */
  tls?: TlsFiles;
}

export interface CollectorPorts {
  /** OTLP over HTTPS. */
  otlp: number;
  /** Metrics for Prometheus, over TLS. */
  metrics: number;
  /** For the kubelet, over TLS. */
  health: number;
  /** Its own metrics, on loopback only. */
  internal: number;
}

/** What a server of the collector presents; renewed certificates are read within five minutes. */
export function serverTls(files: TlsFiles): object {
  return { cert_file: files.certificate, key_file: files.key, min_version: "1.3", reload_interval: "5m" };
}

/** Its own metrics leave with the others, because their own endpoint has no TLS. */
export function selfScrape(job: string, internalPort: number): object {
  return {
    config: {
      scrape_configs: [
        { job_name: job, scrape_interval: "15s", static_configs: [{ targets: [`127.0.0.1:${internalPort}`] }] },
      ],
    },
  };
}

/** Metrics of the collector itself, on loopback. */
export function selfTelemetry(internalPort: number): object {
  return {
    logs: { encoding: "json", level: "warn" },
    metrics: {
      level: "normal",
      readers: [{ pull: { exporter: { prometheus: { host: "127.0.0.1", port: internalPort } } } }],
    },
  };
}

/** Share of the container's memory at which it refuses new data; a client then tries again. */
export const memoryLimiter = { check_interval: "1s", limit_percentage: 75, spike_limit_percentage: 20 };

/** The configuration of the collector that apps send to: metrics to be read by Prometheus, logs to Loki, traces turned into metrics. */
export function collectorConfig(args: CollectorConfigArgs): object {
  const { loki, dataPath, ports, tracesEndpoint, listenAddress = "0.0.0.0", tls = tlsFiles } = args;
  const at = (port: number) => `${listenAddress}:${port}`;
  return {
    extensions: {
      health_check: { endpoint: at(ports.health), tls: serverTls(tls) },
      file_storage: { directory: dataPath, create_directory: true, fsync: true, compaction: { on_start: true } },
    },
    receivers: {
      otlp: {
        protocols: { http: { endpoint: at(ports.otlp), max_request_body_size: 4_194_304, tls: serverTls(tls) } },
      },
      prometheus: selfScrape("otel-collector", ports.internal),
    },
    processors: {
      memory_limiter: memoryLimiter,
      ...logProcessors(),
      ...(tracesEndpoint === undefined ? {} : { "transform/spans": spanRedaction() }),
    },
    connectors: {
      span_metrics: {
        namespace: "traces.span.metrics",
        histogram: {
          unit: "s",
          explicit: { buckets: ["5ms", "25ms", "100ms", "250ms", "500ms", "1s", "2500ms", "5s", "10s"] },
        },
        dimensions: [{ name: "http.route" }, { name: "http.response.status_code" }],
        // An exception that an app records on its span only would otherwise be known to nobody. Its message is not counted by: it may hold anything.
        events: { enabled: true, dimensions: [{ name: "exception.type" }] },
        // A path that somebody made up would otherwise be a series of its own.
        aggregation_cardinality_limit: 2000,
        metrics_expiration: "15m",
      },
    },
    exporters: {
      prometheus: {
        endpoint: at(ports.metrics),
        tls: serverTls(tls),
        // What an app that is gone said last is not repeated for ever.
        metric_expiration: "5m",
        enable_open_metrics: true,
      },
      "otlp_http/loki": lokiExporter({ ...loki, caFile: tls.ca }),
      ...(tracesEndpoint === undefined
        ? {}
        : { "otlp_http/traces": { endpoint: tracesEndpoint, tls: { min_version: "1.2" } } }),
    },
    service: {
      extensions: ["health_check", "file_storage"],
      telemetry: selfTelemetry(ports.internal),
      pipelines: {
        metrics: {
          receivers: ["otlp", "prometheus", "span_metrics"],
          processors: ["memory_limiter"],
          exporters: ["prometheus"],
        },
        logs: {
          receivers: ["otlp"],
          processors: ["memory_limiter", ...logProcessorNames],
          exporters: ["otlp_http/loki"],
        },
        traces: {
          receivers: ["otlp"],
          processors: ["memory_limiter", ...(tracesEndpoint === undefined ? [] : ["transform/spans"])],
          exporters: ["span_metrics", ...(tracesEndpoint === undefined ? [] : ["otlp_http/traces"])],
        },
      },
    },
  };
}
