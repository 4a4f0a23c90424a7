import assert from "node:assert/strict";
import fc from "fast-check";
import { MASK, masker, maskValue, secretTexts } from "../../../preview/mask.js";
import {
  containsPlaceholder,
  containsUnknown,
  isSecret,
  isUnknown,
  lower,
  lowerAll,
  OUTPUT,
  PLACEHOLDER,
  RESOURCE,
  reveal,
  SIGNATURE,
  secret,
  UNKNOWN,
} from "../../../preview/value.js";

const plain = fc.jsonValue();
const wrapped: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.constant(UNKNOWN),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), tie("value"), { maxKeys: 3 }),
    tie("value").map(secret),
    tie("value").map(value => ({ [SIGNATURE]: OUTPUT, value, secret: true })),
    fc.constant({ [SIGNATURE]: OUTPUT }),
    fc.record({ [SIGNATURE]: fc.constant(RESOURCE), urn: fc.constant("urn:pulumi:s::p::t::n"), id: fc.string() }),
  ),
})).value;

function signatures(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(signatures);
  if (typeof value !== "object" || value === null) return [];
  return [
    ...(SIGNATURE in value ? [(value as Record<string, unknown>)[SIGNATURE]] : []),
    ...Object.values(value).flatMap(signatures),
  ];
}

describe("values on the wire", () => {
  it("keep nothing special but secrets when lowered, as policies demand", () => {
    fc.assert(
      fc.property(wrapped, value => !signatures(lower(value)).some(mark => mark === OUTPUT || mark === RESOURCE)),
    );
  });

  it("are lowered once and for all", () => {
    fc.assert(fc.property(wrapped, value => assert.deepEqual(lower(lower(value)), lower(value))));
  });

  it("are the same after lowering where nothing in them is special", () => {
    fc.assert(fc.property(plain, value => assert.deepEqual(lower(value), value)));
  });

  it("keep a key that would change an object's prototype", () => {
    const value: unknown = JSON.parse('{"__proto__": {"a": 1}, "b": [{"__proto__": 2}]}');
    assert.deepEqual(lower(value), value);
    assert.deepEqual(lowerAll(value as Record<string, unknown>), value);
  });

  it("become unknown where an output has no value, secret or not", () => {
    assert.equal(lower({ [SIGNATURE]: OUTPUT }), UNKNOWN);
    assert.equal(lower({ [SIGNATURE]: OUTPUT, secret: true }), UNKNOWN);
    assert.equal(lower(secret({ [SIGNATURE]: OUTPUT })), UNKNOWN);
    assert.deepEqual(lower({ [SIGNATURE]: OUTPUT, value: 1, secret: true }), secret(1));
  });

  it("stand for a resource's id, which an empty one leaves unknown", () => {
    assert.equal(lower({ [SIGNATURE]: RESOURCE, urn: "u", id: "i" }), "i");
    assert.equal(lower({ [SIGNATURE]: RESOURCE, urn: "u", id: "" }), UNKNOWN);
    assert.equal(lower({ [SIGNATURE]: RESOURCE, urn: "u" }), "u");
  });

  it("lose the SDK's own properties for policies, at the top only", () => {
    assert.deepEqual(lowerAll({ __internal: 1, a: { __defaults: [] } }, true), { a: { __defaults: [] } });
    assert.deepEqual(lowerAll({ __internal: 1 }), { __internal: 1 });
  });

  it("are recognised as unknown or placeholder wherever they stand", () => {
    assert.equal(isUnknown(UNKNOWN), true);
    assert.equal(containsUnknown({ a: [{ b: UNKNOWN }] }), true);
    assert.equal(containsUnknown({ a: ["b"] }), false);
    assert.equal(containsPlaceholder({ url: `postgres://u:${PLACEHOLDER}password@db` }), true);
    assert.equal(containsPlaceholder(secret(Buffer.from(`${PLACEHOLDER}password`).toString("base64"))), true);
    assert.equal(containsPlaceholder("postgres://u:p@db"), false);
  });

  it("are revealed without their wrappers", () => {
    assert.deepEqual(reveal({ a: secret({ b: secret("c") }) }), { a: { b: "c" } });
    assert.equal(isSecret(secret(1)), true);
  });
});

describe("masking", () => {
  const secrets = fc.array(
    fc.string({ minLength: 8, maxLength: 30, unit: "grapheme" }).filter(text => text.trim().length >= 8),
    { minLength: 1, maxLength: 4 },
  );

  it("leaves no secret in any text, in plain, in base64 or in a URL", () => {
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (texts, before, after) => {
        const mask = masker(texts);
        for (const text of texts) {
          assert.ok(!mask(`${before}${text}${after}`).includes(text));
          const encoded = Buffer.from(text).toString("base64");
          assert.ok(!mask(`data: ${encoded}`).includes(encoded));
          assert.ok(!mask(`https://u:${encodeURIComponent(text)}@h/`).includes(encodeURIComponent(text)));
        }
      }),
    );
  });

  it("changes no text that holds no secret", () => {
    const mask = masker(["correct horse", "battery staple"]);
    fc.assert(fc.property(fc.stringMatching(/^[0-9 .:/-]*$/), text => mask(text) === text));
  });

  it("leaves no secret in any value, however it is nested", () => {
    fc.assert(
      fc.property(wrapped, secrets, (value, texts) => {
        const lowered = lower({ value, planted: texts.map(secret), leaked: texts });
        const masked = JSON.stringify(maskValue(lowered, masker(secretTexts(lowered))));
        for (const text of texts) assert.ok(!masked.includes(JSON.stringify(text).slice(1, -1)));
      }),
    );
  });

  it("hides a short secret as a value but does not tear texts apart for it", () => {
    const mask = masker(secretTexts({ a: secret("on"), b: secret(7) }));
    assert.equal(mask("the 7 seas go on"), "the 7 seas go on");
    assert.deepEqual(maskValue({ a: secret("on"), b: secret(7) }, mask), { a: MASK, b: MASK });
  });

  it("hides the lines of a longer secret one by one", () => {
    const line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";
    const mask = masker([`-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----\n`]);
    assert.equal(mask(`cannot parse ${line}`), `cannot parse ${MASK}`);
  });

  it("replaces the longest secret first", () => {
    assert.equal(masker(["hunter2", "hunter2-and-more"])("hunter2-and-more"), MASK);
  });

  it("takes placeholders and unknowns for no secrets", () => {
    assert.deepEqual([...secretTexts({ a: secret(`${PLACEHOLDER}x`), b: secret(UNKNOWN), c: secret("") })], []);
  });
});
