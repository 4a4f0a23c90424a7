import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "mocha";
import { type LokiConfigArgs, lokiConfig } from "../../../components/observability/lokiConfig.js";
import { asFile } from "../../../components/observability/singleton.js";
import type { TlsFiles } from "../../../components/observability/webConfig.js";
import { freePorts } from "../../edge/support/ports.js";
import type { Folder } from "../../observability/support/folder.js";
import { requireProgram } from "../../support/programs.js";
import { getJson } from "./api.js";
import { Server } from "./server.js";

/** A line as Loki has it. */
export interface Line {
  /** Nanoseconds since 1970, in decimal. */
  time: string;
  text: string;
  labels: Record<string, string>;
  /** Structured metadata. */
  fields: Record<string, string>;
}

type Config = Record<string, Record<string, unknown>>;

interface Streams {
  data: {
    result: {
      stream: Record<string, string>;
      values: [string, string, { structuredMetadata?: Record<string, string> }?][];
    }[];
  };
}

const second = 1_000_000_000n;
const now = () => BigInt(Date.now()) * 1_000_000n;

/** The real Loki, with the configuration that the component makes; addresses and folders are those of the test. */
export class LogStore {
  private constructor(
    readonly port: number,
    readonly tls: TlsFiles,
    private readonly server: Server,
  ) {}

  /** @param change turns the configuration into what the test needs faster, or otherwise */
  static async create(
    test: Context,
    folder: Folder,
    args: Partial<LokiConfigArgs> = {},
    change: (config: Config) => void = () => undefined,
    env: Readonly<Record<string, string>> = {},
  ): Promise<LogStore> {
    const program = requireProgram(test, "loki");
    const [port = 0, grpcPort = 0] = await freePorts(2);
    const tls = folder.tls("loki", "localhost");
    const dataPath = join(folder.path, "loki");
    mkdirSync(dataPath, { recursive: true });
    const config = lokiConfig({
      retentionDays: 14,
      dataPath,
      port,
      grpcPort,
      listenAddress: "127.0.0.1",
      tls,
      ...args,
    });
    change(config as Config);
    const file = join(folder.path, "loki.yaml");
    writeFileSync(file, asFile(config));
    const server = new Server(program, ["-target=all", `-config.file=${file}`], join(folder.path, "loki.log"), env);
    return new LogStore(port, tls, server);
  }

  get output(): string {
    return this.server.output;
  }

  get pid(): number {
    return this.server.pid;
  }

  start(): Promise<void> {
    return this.server.start(async () => {
      const { status, body } = await getJson(this, "/ready", "text");
      assert.equal(status, 200, String(body));
    });
  }

  stop = () => this.server.stop();
  kill = () => this.server.kill();

  async get<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const { status, body } = await getJson(this, `${path}?${new URLSearchParams(parameters).toString()}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body as T;
  }

  /** Every line of the last `hours` that the selector has, oldest first, however many. */
  async lines(selector = '{service_name=~".+"}', hours = 1): Promise<Line[]> {
    const found: Line[] = [];
    const end = String(now() + 60n * second);
    let start = now() - BigInt(hours) * 3600n * second;
    const limit = 5000;
    for (;;) {
      const { data } = await this.get<Streams>("/loki/api/v1/query_range", {
        ...{ query: selector, start: String(start), end, limit: String(limit), direction: "forward" },
      });
      const page = data.result.flatMap(({ stream, values }) =>
        values.map(([time, text, extra]) => ({ time, text, labels: stream, fields: extra?.structuredMetadata ?? {} })),
      );
      page.sort((a, b) => (BigInt(a.time) < BigInt(b.time) ? -1 : 1));
      const last = page.at(-1);
      // Lines of the last instant may go on in the next page: they are asked for again.
      const full = page.length === limit && last !== undefined && BigInt(last.time) > start;
      found.push(...(full ? page.filter(({ time }) => time !== last.time) : page));
      if (!full) return found;
      start = BigInt(last.time);
    }
  }

  /** Gives it records over OTLP, past the collectors. */
  async send(
    records: readonly {
      service: string;
      namespace: string;
      millis: number;
      text: string;
      attributes: Readonly<Record<string, string>>;
    }[],
  ): Promise<void> {
    const attributesOf = (all: Readonly<Record<string, string>>) =>
      Object.entries(all).map(([key, stringValue]) => ({ key, value: { stringValue } }));
    const resourceLogs = records.map(({ service, namespace, millis, text, attributes }) => ({
      resource: { attributes: attributesOf({ "service.name": service, "service.namespace": namespace }) },
      scopeLogs: [
        {
          logRecords: [
            { timeUnixNano: `${millis}000000`, body: { stringValue: text }, attributes: attributesOf(attributes) },
          ],
        },
      ],
    }));
    const sent = { method: "POST", body: JSON.stringify({ resourceLogs }) };
    const { status, body } = await getJson(this, "/otlp/v1/logs", "text", sent);
    assert.ok(status === 200 || status === 204, `${status}: ${String(body)}`);
  }

  /** Writes what it has in memory to its files. */
  async flush(): Promise<void> {
    const { status, body } = await getJson(this, "/flush", "text", { method: "POST" });
    assert.equal(status, 204, String(body));
  }

  /** Values of a metric query at a time, by their labels. */
  async value(query: string, millis: number): Promise<{ metric: Record<string, string>; value: number }[]> {
    const { data } = await this.get<{
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    }>("/loki/api/v1/query", { query, time: String(BigInt(millis) * 1_000_000n) });
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  async labels(): Promise<string[]> {
    const start = String(now() - 144n * 3600n * second);
    return (await this.get<{ data: string[] }>("/loki/api/v1/labels", { start })).data;
  }

  async series(): Promise<Record<string, string>[]> {
    const start = String(now() - 144n * 3600n * second);
    const { data } = await this.get<{ data: Record<string, string>[] }>("/loki/api/v1/series", {
      start,
      "match[]": '{service_name=~".+"}',
    });
    return data;
  }
}
