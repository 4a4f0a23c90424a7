import assert from "node:assert/strict";
import fc from "fast-check";
import type { Attribute, Record } from "./support/collector.js";
import { logged } from "./support/logged.js";
import { timeNow } from "./support/podLogs.js";

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

/** What a container may write, as bytes of one character each. */
const lines: readonly string[] = [
  "\u0000\u0001\u001e\u0007 \u001b[31mred\u001b[0m",
  "\xff\xfe\x80 not UTF-8 \xc3\x28",
  ...["{", "{}", "[]", "null", "{]", '{"a":1}{"b":2}', deep(200), `{${'"a":1,'.repeat(1000)}"b":2}`],
  ...['{"level":{"a":1}}', '{"level":[]}', '{"level":null,"msg":null}', '{"level":1e999}', '{"status":"x"}'],
  ...['{"request_id":{"a":[1]}}', '{"trace_id":7,"span_id":[]}', '{"err":"x","error":{"stack":7},"stack":{"a":1}}'],
  ...['{"upstreamSeconds":1,"limit":1,"client":{"a":1},"status":-1}', '{"kind":"Event","apiVersion":7}'],
  "level=error msg=%$s(&{{template}} ${env:HOME} $$1",
  "x".repeat(300_000),
];

/** What stands around a line in the file, which a broken disk or runtime may do anything to. */
const frames: readonly string[] = [
  "",
  "no frame at all",
  "2026-13-99T99:99:99Z stdout F impossible time",
  "1970-01-01T00:00:00Z stdout F long ago",
  "2999-01-01T00:00:00Z stdout F in a thousand years",
  `${timeNow()} stdout`,
  `${timeNow()} stdnull F x`,
  `${timeNow()} stdout P the rest never comes`,
];

/** Any value of OTLP's JSON, and what is none. */
const value = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ stringValue: fc.string({ unit: "binary", maxLength: 50 }) }),
    fc.constantFrom(
      ...[
        {},
        { intValue: "-9223372036854775808" },
        { doubleValue: "NaN" },
        { boolValue: true },
        { bytesValue: "/wD+" },
      ],
    ),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie("value"), { maxLength: 4 }) }) }),
    fc.record({
      kvlistValue: fc.record({
        values: fc.array(fc.record({ key: fc.string({ maxLength: 8 }), value: tie("value") }), { maxLength: 4 }),
      }),
    }),
  ),
})).value;
/** The same each time; what another finds becomes a case. */
const seed = Number(process.env["LOG_SEED"] ?? 1);
const names = [
  "",
  "request_id",
  "exception.stacktrace",
  "exception.message",
  "event.name",
  "password",
  "a.b",
  "service.name",
  "service.version",
];
const attributes = fc.array(
  fc.record({ key: fc.oneof(fc.constantFrom(...names), fc.string({ unit: "binary", maxLength: 12 })), value }),
  { maxLength: 5 },
);
const record = fc.record(
  {
    body: value,
    attributes,
    severityNumber: fc.constantFrom(0, 1, 17, 24, 99),
    severityText: fc.string({ maxLength: 8 }),
    traceId: fc.constantFrom("", "0123456789abcdef0123456789abcdef"),
    timeUnixNano: fc.constantFrom("0", "1", "9223372036854775807"),
    flags: fc.constantFrom(0, 4294967295),
  },
  { requiredKeys: [] },
);

describe("whatever is logged", () => {
  const parts = logged();

  it("by a container, what comes after it arrives", async function () {
    this.timeout(180_000);
    const to = { namespace: "flowmarine", pod: "hostile-0", container: "hostile" };
    const framed = lines.map(line => `${timeNow()} stdout F ${line}`);
    parts.pipeline.logs.raw(to, Buffer.from(`${[...framed, ...frames].join("\n")}\n`, "latin1"));
    parts.pipeline.logs.write(to, ["after them"]);
    await parts.pipeline.arrived(1, '{service_name="hostile"} |= "after them"');
    const texts = (await parts.pipeline.store.lines('{service_name="hostile"}')).map(({ text }) => text);
    // What is JSON, however odd, is as it was.
    for (const line of lines.filter(each => /^\{"/.test(each))) assert.ok(texts.includes(line), line.slice(0, 100));
  });

  it("by an app, what it sends beside it arrives", async function () {
    this.timeout(180_000);
    const sent = fc.sample(fc.tuple(fc.array(record, { maxLength: 5 }), attributes), { numRuns: 300, seed });
    for (const [index, [records, resource]] of sent.entries()) {
      const plain = { body: { stringValue: `plain ${index}` } };
      await parts.collector.send("app", [...(records as Record[]), plain], resource as Attribute[]);
    }
    const plain = await parts.pipeline.arrived(sent.length, '{service_name=~".+"} |= "plain "');
    assert.equal(new Set(plain.map(({ text }) => text)).size, sent.length);
  });
});
