import assert from "node:assert/strict";
import fc from "fast-check";
import { credentialForms, credentialIn } from "../../policies/credentials.js";

const letters = (length: number) => "aB3".repeat(length).slice(0, length);

/** One credential of each form, by what it is called. None is real. */
const samples: Readonly<Record<string, string>> = {
  "a private key": "-----BEGIN EC PRIVATE KEY-----",
  "an AWS access key": "AKIAABCDEFGHIJKLMNOP",
  "a GitHub token": `ghp_${letters(36)}`,
  "a GitLab token": `glpat-${letters(20)}`,
  "a Slack token": `xoxb-${letters(10)}`,
  "a Slack webhook": "hooks.slack.com/services/T0/B0/x",
  "a Google API key": `AIza${letters(35)}`,
  "a Stripe key": `sk_live_${letters(16)}`,
  "an npm token": `npm_${letters(36)}`,
  "a PyPI token": `pypi-AgE${letters(20)}`,
  "a Docker Hub token": `dckr_pat_${letters(20)}`,
  "a Vault token": `hvs.${letters(24)}`,
  "a key of a language model": `sk-ant-${letters(20)}`,
  "a SendGrid key": `SG.${letters(22)}.x`,
  "a DigitalOcean token": `dop_v1_${"0a".repeat(32)}`,
  "an Azure storage key": `AccountKey=${letters(86)}==`,
  "a JSON web token": `eyJ${letters(10)}.eyJ${letters(10)}.sig`,
  "a password in a URL": "ab://:x@",
};

describe("a credential in a text", () => {
  it("is recognised in every form, alone and inside of other text", () => {
    assert.deepEqual(credentialForms.map(({ name }) => name).sort(), Object.keys(samples).sort());
    for (const [name, sample] of Object.entries(samples)) {
      assert.equal(credentialIn(sample), name);
      assert.equal(credentialIn(`x = "${sample}"\n`), name);
      assert.equal(credentialIn(sample.slice(1)), undefined, `the rest of ${name}`);
    }
  });

  it("is recognised exactly where its whole pattern matches, whatever is looked for first", () => {
    const parts = Object.values(samples).flatMap(sample => {
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
