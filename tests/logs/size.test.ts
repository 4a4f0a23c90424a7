import assert from "node:assert/strict";
import { bounds } from "../../components/observability/logBounds.js";
import { Collector } from "./support/collector.js";
import { Pipeline } from "./support/pipeline.js";

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const many = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, index) => text(`attribute-${index}`, "- ".repeat(bytes / 2)));

describe("what Loki would refuse to take", () => {
  let pipeline: Pipeline | undefined;
  let collector: Collector | undefined;
  afterEach(async () => {
    await collector?.stop();
    await pipeline?.remove();
    collector = pipeline = undefined;
  });

  it("is sent in parts: 20 MB of long lines, faster than they are stored, and those of others", async function () {
    this.timeout(300_000);
    const running = (pipeline = await Pipeline.start(this));
    const large = { namespace: "flowmarine", pod: "large-0", container: "large" };
    const lines = Array.from({ length: 100 }, (_, index) => `${index} ${"x".repeat(200_000)}`);
    running.logs.write(large, [...lines, JSON.stringify({ request_id: "y".repeat(250_000) })]);
    running.logs.write({ ...large, pod: "other-0", container: "other" }, ["a line"]);
    // What is asked for is as short as what is answered: an answer has its limit too.
    const arrived = await running.arrived(101, '{service_name="large"} | line_format "{{ trunc 8 __line__ }}"');
    const starts = [...lines.map(line => line.slice(0, 8)), '{"reques'];
    assert.equal(arrived.map(line => line.text).join(), starts.join());
    assert.equal(arrived.at(-1)?.fields["request_id"]?.length, bounds.attributeBytes);
    await running.arrived(1, '{service_name="other"}');
  });

  it("is cut: text, attributes, their names and number, and what records share", async function () {
    this.timeout(300_000);
    const running = (pipeline = await Pipeline.start(this));
    collector = await Collector.start(this, running.folder, running.store);
    const body = { stringValue: "€".repeat(700_000) };
    const id = text("request_id", "r-1");
    await collector.send("app", [{ body, attributes: [...many(100, 10_000), id, text("n".repeat(500_000), "x")] }]);
    const [line] = await running.arrived(1, '{service_name="app"}');
    assert.equal(Buffer.byteLength(line?.text ?? ""), Math.floor((bounds.textKiB * 1024) / 3) * 3);
    assert.match(line?.text ?? "", /^€+$/);
    assert.equal(line?.fields["request_id"], "r-1");
    const own = Object.entries(line.fields).filter(([name]) => name.startsWith("attribute_"));
    assert.deepEqual(new Set(own.map(([, value]) => value.length)), new Set([bounds.attributeBytes]));
    assert.ok(own.length <= bounds.attributes && own.length > bounds.attributes - 5, String(own.length));

    // Each of these records has a copy of what they share once it is in Loki.
    const records = Array.from({ length: 30_000 }, () => ({ body: { stringValue: "" } }));
    await collector.send("tiny", records, [text("service.version", "v".repeat(100_000)), ...many(10, 50_000)]);
    await collector.send("next", [{ body: { stringValue: "after them" } }]);
    await running.arrived(1, '{service_name="next"}');
  });
});
