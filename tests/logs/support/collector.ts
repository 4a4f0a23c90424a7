import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "mocha";
import { collectorConfig } from "../../../components/observability/collectorConfig.js";
import { asFile } from "../../../components/observability/singleton.js";
import type { TlsFiles } from "../../../components/observability/webConfig.js";
import { freePorts } from "../../edge/support/ports.js";
import type { Folder } from "../../observability/support/folder.js";
import { requireProgram } from "../../support/programs.js";
import { getJson } from "./api.js";
import type { LogStore } from "./logStore.js";
import { Server } from "./server.js";

/** A value of OTLP's JSON. */
export interface Value {
  stringValue?: string;
  kvlistValue?: { values: Attribute[] };
  arrayValue?: { values: Value[] };
}

export interface Attribute {
  key: string;
  value: Value;
}

export interface Record {
  body: Value;
  attributes?: Attribute[];
}

/** The real collector that apps send to, with the configuration that the component makes; addresses and folders are the test's. */
export class Collector {
  private constructor(
    private readonly port: number,
    private readonly metricsPort: number,
    private readonly tls: TlsFiles,
    private readonly server: Server,
  ) {}

  /** @param tracesEndpoint where it sends traces: a server with a certificate of the folder's authority */
  static async start(
    test: Context,
    folder: Folder,
    store: Pick<LogStore, "port">,
    tracesEndpoint?: string,
  ): Promise<Collector> {
    const program = requireProgram(test, "otelcol");
    const [otlp = 0, metrics = 0, health = 0, internal = 0] = await freePorts(4);
    const tls = folder.tls("collector", "localhost");
    const dataPath = join(folder.path, "collector");
    mkdirSync(dataPath);
    const config = collectorConfig({
      ...{ loki: { host: "localhost", port: store.port }, dataPath, ports: { otlp, metrics, health, internal } },
      ...{ listenAddress: "127.0.0.1", tls },
      ...(tracesEndpoint === undefined ? {} : { tracesEndpoint }),
    }) as {
      exporters: globalThis.Record<string, { tls: object }>;
      connectors: { span_metrics: { metrics_flush_interval?: string } };
    };
    // A minute by default.
    config.connectors.span_metrics.metrics_flush_interval = "1s";
    const traces = config.exporters["otlp_http/traces"];
    if (traces !== undefined) traces.tls = { ...traces.tls, ca_file: tls.ca };
    const file = join(folder.path, "collector.yaml");
    writeFileSync(file, asFile(config));
    const server = new Server(program, [`--config=${file}`], join(folder.path, "collector.log"));
    await server.start(async () => {
      const { status, body } = await getJson({ port: health, tls }, "/", "text");
      assert.equal(status, 200, String(body));
    });
    return new Collector(otlp, metrics, tls, server);
  }

  get output(): string {
    return this.server.output;
  }

  /** Sends log records as an app's SDK does. */
  async send(service: string, records: readonly Record[], resource: readonly Attribute[] = []): Promise<void> {
    const timeUnixNano = (index: number) => String(BigInt(Date.now()) * 1_000_000n + BigInt(index));
    const body = JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: service } }, ...resource] },
          scopeLogs: [
            { logRecords: records.map((record, index) => ({ timeUnixNano: timeUnixNano(index), ...record })) },
          ],
        },
      ],
    });
    await this.post("/v1/logs", body);
  }

  /** Sends a span as an app's SDK does. */
  async trace(
    resource: readonly Attribute[],
    name: string,
    attributes: readonly Attribute[],
    event: readonly Attribute[],
  ) {
    const nano = String(BigInt(Date.now()) * 1_000_000n);
    const times = { startTimeUnixNano: nano, endTimeUnixNano: nano };
    const events = [{ name: "exception", timeUnixNano: nano, attributes: event }];
    const ids = { traceId: "0123456789abcdef0123456789abcdef", spanId: "0123456789abcdef" };
    const spans = [{ ...ids, ...times, name, kind: 2, attributes, events }];
    await this.post(
      "/v1/traces",
      JSON.stringify({ resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }] }),
    );
  }

  /** What Prometheus reads of it. */
  async metrics(): Promise<string> {
    return String((await getJson({ port: this.metricsPort, tls: this.tls }, "/metrics", "text")).body);
  }

  private async post(path: string, body: string): Promise<void> {
    const answer = await getJson({ port: this.port, tls: this.tls }, path, "text", { method: "POST", body });
    assert.equal(answer.status, 200, String(answer.body));
  }

  stop = () => this.server.kill();
}
