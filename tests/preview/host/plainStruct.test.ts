import assert from "node:assert/strict";
import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { keepStructsPlain } from "../../../preview/worker/plainStruct.js";

describe("structs in memory", () => {
  const original = Struct.fromJavaScript.bind(Struct);
  const plain: { fromJavaScript: typeof Struct.fromJavaScript } = { fromJavaScript: original };

  before(() => {
    keepStructsPlain({ Struct });
    plain.fromJavaScript = Struct.fromJavaScript.bind(Struct);
    Struct.fromJavaScript = original;
  });

  const values = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<never>);

  it("say what they would have said through protobuf's fields", () => {
    fc.assert(
      fc.property(values, value => {
        const expected = JSON.stringify(original(value).toJavaScript());
        assert.equal(JSON.stringify(plain.fromJavaScript(value).toJavaScript()), expected);
      }),
    );
  });

  it("take a key that JavaScript takes for a prototype as protobuf's do", () => {
    const value = JSON.parse('{"a":{"__proto__":{"polluted":{}},"b":1},"__proto__":{"c":2}}') as Record<string, never>;
    assert.equal(JSON.stringify(original(value).toJavaScript()), '{"a":{"b":1}}');
    assert.equal(JSON.stringify(plain.fromJavaScript(value).toJavaScript()), '{"a":{"b":1}}');
    assert.deepEqual(plain.fromJavaScript(value).serializeBinary(), original(value).serializeBinary());
  });

  it("have the same bytes on the wire, before and after they were read", () => {
    fc.assert(
      fc.property(values, fc.boolean(), (value, readFirst) => {
        const struct = plain.fromJavaScript(value);
        if (readFirst) struct.toJavaScript();
        assert.deepEqual(struct.serializeBinary(), original(value).serializeBinary());
        assert.equal(JSON.stringify(struct.toJavaScript()), JSON.stringify(original(value).toJavaScript()));
      }),
    );
  });

  it("keep apart what the sender and the receiver do with their objects", () => {
    const sent = { list: [{ a: 1 }] };
    const struct = plain.fromJavaScript(sent);
    sent.list.push({ a: 2 });
    const received = struct.toJavaScript() as typeof sent;
    received.list.pop();
    assert.deepEqual(struct.toJavaScript(), { list: [{ a: 1 }] });
  });

  it("refuse what has no form on the wire", () => {
    for (const value of [undefined, () => 1, Symbol("x"), 1n]) {
      assert.throws(() => plain.fromJavaScript({ value: value as never }), /Unexpected struct type/);
    }
  });
});
