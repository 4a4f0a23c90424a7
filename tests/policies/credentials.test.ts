import assert from "node:assert/strict";
import fc from "fast-check";
import { credentialForms, credentialIn } from "../../policies/credentials.js";
import { credentialSamples } from "./credentialSamples.js";

describe("a credential in a text", () => {
  it("is recognised in every form, alone and inside of other text", () => {
    assert.deepEqual(credentialForms.map(({ name }) => name).sort(), Object.keys(credentialSamples).sort());
    for (const [name, sample] of Object.entries(credentialSamples)) {
      assert.equal(credentialIn(sample), name);
      assert.equal(credentialIn(`x = "${sample}"\n`), name);
      assert.equal(credentialIn(sample.slice(1)), undefined, `the rest of ${name}`);
    }
  });

  it("is recognised exactly where its whole pattern matches, whatever is looked for first", () => {
    const parts = Object.values(credentialSamples).flatMap(sample => {
      const middle = Math.floor(sample.length / 2);
      return [sample, sample.slice(0, middle), sample.slice(middle), sample.slice(1)];
    });
    const words = [
      "://",
      "postgres",
      "AB",
      "user:",
      "pw",
      "@",
      ":",
      "/",
      "$",
      " ",
      "\n",
      "ghs_",
      "xox",
      "é",
      "1",
      "a".repeat(32),
    ];
    const part = fc.oneof(fc.constantFrom(...parts, ...words), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), chosen => {
        const text = chosen.join("");
        assert.equal(credentialIn(text), credentialForms.find(({ pattern }) => pattern.test(text))?.name, text);
      }),
      { numRuns: 20_000 },
    );
  });

  it("is looked for in long texts of addresses without trying every letter", () => {
    const text = "https://prometheus.monitoring.svc.cluster.local/api ".repeat(2000);
    assert.equal(credentialIn(text), undefined);
    assert.equal(credentialIn(`${text.slice(0, 60_000)}https://u:secret@host`), "a password in a URL");
  });
});
