import assert from "node:assert/strict";
import { Pipeline } from "./support/pipeline.js";
import { type Container, nanoseconds, timeNow } from "./support/podLogs.js";

const api: Container = { namespace: "flowmarine", pod: "api-5f0c-x", container: "api" };
const worker: Container = { ...api, pod: "worker-1", container: "worker" };
const ofApi = '{service_name="api"}';
const ofWorker = '{service_name="worker"}';

describe("a container's log", () => {
  let pipeline: Pipeline;
  before(async function () {
    this.timeout(180_000);
    pipeline = await Pipeline.start(this);
  });
  after(() => (pipeline as Pipeline | undefined)?.remove());

  it("arrives line by line, each once, at its time, with where it is from", async function () {
    this.timeout(120_000);
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index} of the worker`);
    const times = pipeline.logs.write(worker, lines, { stream: "stderr" });
    const arrived = await pipeline.arrived(lines.length, ofWorker);
    assert.deepEqual(
      arrived.map(({ text }) => text),
      lines,
    );
    assert.deepEqual(
      arrived.map(({ time }) => time),
      times.map(nanoseconds),
    );
    assert.deepEqual(arrived[0]?.labels, {
      service_name: "worker",
      service_namespace: "flowmarine",
      k8s_container_name: "worker",
      k8s_namespace_name: "flowmarine",
    });
    const { stream, k8s_pod_name, k8s_node_name, k8s_container_restart_count } = arrived[0].fields;
    assert.deepEqual(
      { stream, k8s_pod_name, k8s_node_name, k8s_container_restart_count },
      { stream: "stderr", k8s_pod_name: "worker-1", k8s_node_name: "node-1", k8s_container_restart_count: "0" },
    );
  });

  it("has what the runtime split in one piece, and what belongs together in one record", async function () {
    this.timeout(120_000);
    const long = `{"level":"info","msg":"${"x".repeat(50_000)}"}`;
    const stack = [
      "Error: boom",
      "    at run (/app/dist/a.js:1:2)",
      "    at main (/app/dist/b.js:3:4) {",
      "  code: 'E1'",
      "}",
    ];
    const statement = ["ERROR:  syntax error", "\tSELECT", "\t  1", "", "\tFROM x"];
    pipeline.logs.write(api, ["before", long, ...stack, "between", ...statement, "after"]);
    const arrived = await pipeline.arrived(6, ofApi);
    assert.deepEqual(
      arrived.map(({ text }) => text),
      ["before", long, stack.join("\n"), "between", statement.join("\n"), "after"],
    );
    assert.equal(arrived[1]?.fields["severity_text"], "INFO");
    assert.equal(arrived[2]?.fields["severity_text"], "ERROR");
  });

  it("keeps an indented first line, an empty file's nothing, and text that looks like a frame", async function () {
    this.timeout(120_000);
    const odd: Container = { ...api, pod: "odd-1", container: "odd" };
    pipeline.logs.raw({ ...odd, container: "empty" }, "");
    const quoted = `seen: ${timeNow()} stdout F not a frame`;
    pipeline.logs.write(odd, ["  indented first", quoted, "ümläut ✓ 漢字", "last"]);
    pipeline.logs.raw(odd, "no frame at all\n");
    const arrived = await pipeline.arrived(4, '{service_name="odd"}');
    assert.deepEqual(
      arrived.map(({ text }) => text).sort(),
      ["  indented first", "last\nno frame at all", quoted, "ümläut ✓ 漢字"].sort(),
    );
  });

  it("of its own agent is not read: each line would make another", async function () {
    this.timeout(120_000);
    pipeline.logs.write({ namespace: "node", pod: "agent-1", container: "observability-logs" }, ["mine"]);
    pipeline.logs.write({ ...worker, pod: "worker-2" }, ["the last line"]);
    await pipeline.arrived(1, `${ofWorker} |= "the last line"`);
    assert.deepEqual(await pipeline.store.lines('{service_name="observability-logs"}'), []);
  });

  it("leaves no record without a label, and no label but the four", async () => {
    assert.deepEqual((await pipeline.store.labels()).sort(), [
      "k8s_container_name",
      "k8s_namespace_name",
      "service_name",
      "service_namespace",
    ]);
    // A stream for each program in a namespace, however many pods it has.
    assert.equal((await pipeline.store.series()).length, 3);
  });

  it("loses no line of a program that writes faster than it is read", async function () {
    this.timeout(180_000);
    const fast: Container = { ...api, pod: "fast-1", container: "fast" };
    const count = 20_000;
    pipeline.logs.write(
      fast,
      Array.from({ length: count }, (_, index) => `{"level":"info","msg":"n","n":${index}}`),
    );
    const arrived = await pipeline.arrived(count, '{service_name="fast"}', { seconds: 150 });
    assert.equal(arrived.length, count);
    assert.equal(new Set(arrived.map(({ text }) => text)).size, count);
  });
});
