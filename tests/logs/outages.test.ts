import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../data/support/run.js";
import type { AgentConfig } from "./support/agent.js";
import { Pipeline } from "./support/pipeline.js";
import type { Container } from "./support/podLogs.js";

/** Five minutes in `npm run deep`; the queue and the retries do not know the difference beyond their longest pause of 30 s. */
const outageSeconds = Number(process.env["LOG_OUTAGE_SECONDS"] ?? 10);

const chatty = (name: string): Container => ({ namespace: "flowmarine", pod: `${name}-0`, container: name });

/** Writes numbered lines, every fifth with a stack below it, until it is told to stop. */
class Writer {
  readonly written: string[] = [];
  private going = true;
  private readonly ended: Promise<void>;

  constructor(pipeline: Pipeline, to: Container, linesAtOnce = 20, millis = 20) {
    this.ended = (async () => {
      while (this.going) {
        const records = Array.from({ length: linesAtOnce }, () => {
          const number = this.written.length;
          const record = number % 5 === 0 ? `Error: ${number}\n    at run (/app/a.js:1:2)` : `line ${number}`;
          this.written.push(record);
          return record;
        });
        pipeline.logs.write(
          to,
          records.flatMap(record => record.split("\n")),
        );
        await pause(millis);
      }
    })();
  }

  stop(): Promise<void> {
    this.going = false;
    return this.ended;
  }
}

describe("no line is lost and none comes twice", () => {
  let pipeline: Pipeline | undefined;
  afterEach(async () => {
    await pipeline?.remove();
    pipeline = undefined;
  });

  /** What was written is what Loki has, each once. */
  async function allArrived(from: Pipeline, name: string, written: readonly string[]): Promise<void> {
    // What has piled up has to be sent, and each look at it reads all of it.
    const seconds = 150 + outageSeconds;
    const lines = await from.arrived(written.length, `{service_name="${name}"}`, { seconds });
    assert.deepEqual(
      lines.map(({ text }) => text),
      written,
    );
  }

  it("when the agent is killed again and again", async function () {
    this.timeout(300_000);
    const running = (pipeline = await Pipeline.start(this));
    const writer = new Writer(running, chatty("killed"));
    for (let round = 1; round <= 5; round++) {
      await running.arrived(round * 200, '{service_name="killed"}');
      await running.agent.kill();
      await running.startAgent();
    }
    await writer.stop();
    await allArrived(running, "killed", writer.written);
  });

  it("when the agent is stopped and started, as an update does", async function () {
    this.timeout(300_000);
    const running = (pipeline = await Pipeline.start(this));
    const writer = new Writer(running, chatty("updated"));
    for (let round = 1; round <= 2; round++) {
      await running.arrived(round * 200, '{service_name="updated"}');
      await running.agent.stop();
      await running.startAgent();
    }
    await writer.stop();
    await allArrived(running, "updated", writer.written);
  });

  it(`when Loki is away for ${outageSeconds} s, and the agent is killed meanwhile`, async function () {
    this.timeout((2 * outageSeconds + 300) * 1000);
    const running = (pipeline = await Pipeline.start(this));
    const writer = new Writer(running, chatty("away"));
    await running.arrived(200, '{service_name="away"}');
    await running.store.kill();
    await pause((outageSeconds * 1000) / 2);
    await running.agent.kill();
    await running.startAgent();
    await pause((outageSeconds * 1000) / 2);
    const meanwhile = writer.written.length;
    await running.store.start();
    await writer.stop();
    const back = Date.now();
    await allArrived(running, "away", writer.written);
    const { length } = writer.written;
    const waited = Math.round((Date.now() - back) / 1000);
    console.log(`      ${length} records, ${meanwhile} before it was back; each there once, ${waited} s later`);
  });

  it("when files are rotated, also while nobody reads them", async function () {
    this.timeout(300_000);
    const running = (pipeline = await Pipeline.start(this));
    const container = chatty("rotated");
    const writer = new Writer(running, container, 20, 50);
    await running.arrived(100, '{service_name="rotated"}');
    running.logs.rotate(container, "20261122-100000");
    await running.arrived(writer.written.length, '{service_name="rotated"}');
    await running.agent.kill();
    running.logs.rotate(container, "20261122-100001");
    await pause(200);
    await running.startAgent();
    await writer.stop();
    await allArrived(running, "rotated", writer.written);
    assert.ok(readdirSync(dirname(running.logs.file(container))).length >= 3);
  });

  it("when the queue is full: what feeds it waits", async function () {
    this.timeout(300_000);
    const small = (config: AgentConfig) => {
      const exporter = config["exporters"]?.["otlp_http/loki"] as { sending_queue: Record<string, unknown> };
      exporter.sending_queue["queue_size"] = 2;
    };
    const running = (pipeline = await Pipeline.create(this, { agent: small }));
    await running.startAgent();
    const container = chatty("full");
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
    for (let at = 0; at < lines.length; at += 500) {
      running.logs.write(container, lines.slice(at, at + 500));
      await pause(100);
    }
    // It waits with what does not fit, and goes on from there when it is killed.
    await running.agent.kill();
    await running.startAgent();
    await running.store.start();
    await allArrived(running, "full", lines);
  });

  it("when Loki is killed and had not yet written what it had taken", async function () {
    this.timeout(300_000);
    const running = (pipeline = await Pipeline.start(this));
    const writer = new Writer(running, chatty("crashed"));
    for (let round = 1; round <= 2; round++) {
      await running.arrived(round * 300, '{service_name="crashed"}');
      await running.store.kill();
      await running.store.start();
    }
    await writer.stop();
    await allArrived(running, "crashed", writer.written);
  });

  it("but a file that is gone before it was read is: there is no line left to read", async function () {
    this.timeout(300_000);
    const running = (pipeline = await Pipeline.start(this));
    const container = chatty("gone");
    running.logs.write(container, ["first"]);
    await running.arrived(1, '{service_name="gone"}');
    await running.agent.kill();
    running.logs.write(container, ["never seen"]);
    rmSync(dirname(running.logs.file(container)), { recursive: true });
    running.logs.write(chatty("other"), ["last"]);
    await running.startAgent();
    await running.arrived(1, '{service_name="other"}');
    await eventually("the first line alone", async () => {
      const lines = await running.store.lines('{service_name="gone"}');
      assert.deepEqual(
        lines.map(({ text }) => text),
        ["first"],
      );
    });
  });
});
