import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { eventually } from "../data/support/run.js";
import { Folder } from "../observability/support/folder.js";
import { mark } from "../observability/support/secretLines.js";
import { requireProgram } from "../support/programs.js";
import { Collector } from "./support/collector.js";

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

describe("a span that leaves for whoever keeps traces", () => {
  let folder: Folder;
  let traces: Server;
  let collector: Collector;
  let received = "";

  before(async function () {
    this.timeout(120_000);
    folder = new Folder(requireProgram(this, "openssl"));
    const tls = folder.tls("traces", "localhost");
    traces = createServer({ cert: readFileSync(tls.certificate), key: readFileSync(tls.key) }, (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        received += gunzipSync(Buffer.concat(parts)).toString("latin1");
        response.end();
      });
    });
    await new Promise<void>(listening => traces.listen(0, "127.0.0.1", listening));
    const { port } = traces.address() as AddressInfo;
    // Nobody sends logs here.
    collector = await Collector.start(this, folder, { port: 1 }, `https://localhost:${port}`);
  });
  after(async () => {
    await (collector as Collector | undefined)?.stop();
    (traces as Server | undefined)?.close();
    (folder as Folder | undefined)?.remove();
  });

  it("tells no secret: not in its attributes, those of its events, nor those of its resource", async function () {
    this.timeout(60_000);
    await collector.trace(
      [text("service.name", "api"), text("process.command_line", `api --token ${mark}`)],
      "GET /vessels",
      [
        text("url.full", `https://x.example/reset?token=${mark}&lang=de`),
        text("db.query.text", `ALTER ROLE app PASSWORD '${mark}'`),
        {
          key: "http.request.header.cookie",
          value: { arrayValue: { values: [{ stringValue: `sid=${mark}` }] } },
        },
      ],
      [
        text("exception.type", "ConnectionError"),
        text("exception.message", `connecting to postgres://app:${mark}@database/x`),
      ],
    );
    await eventually("the span arrives", () => assert.ok(received.includes("GET /vessels"), collector.output));
    assert.ok(!received.includes(mark), received);
    for (const rest of ["lang=de", "ALTER ROLE app", "database/x"]) assert.ok(received.includes(rest), rest);
  });

  it("is counted by the exception that it holds, which the app may have logged nowhere", async function () {
    this.timeout(60_000);
    const counted = (metrics: string) =>
      metrics.split("\n").filter(line => line.startsWith("traces_span_metrics_events_total"));
    await collector.trace([text("service.name", "api")], "GET /ports", [], [text("exception.type", "TypeError")]);
    await eventually("the series is there", async () => {
      const [series] = counted(await collector.metrics()).filter(line => line.includes('exception_type="TypeError"'));
      assert.match(series ?? "", /\} 1(?:\.0)?(?: |$)/);
      for (const label of ['service_name="api"', 'span_name="GET /ports"']) assert.ok(series?.includes(label), series);
    });
    assert.ok(!(await collector.metrics()).includes(mark));
  });
});
