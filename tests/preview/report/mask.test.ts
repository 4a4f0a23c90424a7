import assert from "node:assert/strict";
import fc from "fast-check";
import { masker } from "../../../preview/mask.js";
import { formatNames, formats } from "../../../preview/report/formats.js";
import { component, exception, finding, report, rule, run } from "../support/results.js";
import { awkward, secretForms } from "../support/secretForms.js";

const planted = "S3cr3t/pass+w0rd=\"<&\n'ä";

/** Every place of a result that text can come from, holding the secret in some form. */
function leaky(secret: string) {
  const inside = `before ${secret} after`;
  const base64 = Buffer.from(`user:${secret}`).toString("base64");
  return run(
    {
      secrets: [secret],
      resources: [component(`api-${secret}`, { source: { file: inside, line: 1, column: 1 } })],
      outputs: {
        plain: inside,
        json: JSON.stringify({ password: secret }),
        url: `postgres://u:${encodeURIComponent(secret)}@host/db`,
        basic: `Basic ${base64}`,
        [secret]: [secret],
      },
      findings: [
        finding({ message: inside, component: secret, path: `/data/${secret}`, urn: `urn:${secret}` }),
        finding({ message: "x", exception: { ...exception, reason: inside, owner: secret } }),
        finding({ fix: [{ op: "add", path: "/a", value: { b: secret } }] }),
      ],
      rules: [
        rule({ title: inside, remediation: inside, docs: `https://x.example.com/${encodeURIComponent(secret)}` }),
      ],
      coverage: {
        unhandledInvokes: [{ token: inside }],
        unexpandedComponents: [{ urn: inside, type: "t", reason: inside }],
        missingStackReferences: [inside],
        unhandledReads: [inside],
        ignored: [inside],
      },
      toBeSet: [inside],
      logs: [{ severity: "error", message: inside, urn: inside }],
    },
    {
      comparison: {
        base: "main",
        baseCommit: "abc",
        added: [{ urn: inside, type: "t", name: inside }],
        removed: [],
        changed: [{ urn: "u", type: "t", name: "n", paths: [`/${secret}`] }],
        renamed: [],
        unprotected: [],
        replaced: [],
        contract: [{ path: inside, change: "removed", from: "string" }],
        addedOutputs: [secret],
      },
    },
  );
}

describe("masking", () => {
  for (const format of formatNames) {
    it(`lets no planted secret into the ${format} report, in any form`, () => {
      for (const secret of [
        planted,
        "hunter2-planted",
        "1234",
        "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----",
      ]) {
        const text = formats[format](report(leaky(secret)), {});
        assert.match(text, /\[secret|\\\[secret|%5Bsecret|secret\]/, "the report says that something was hidden");
        for (const [name, form] of Object.entries(secretForms))
          assert.ok(!text.includes(form(secret)), `${format} holds ${name}: ${form(secret)}`);
        for (const line of secret.split("\n").filter(part => part.startsWith("MII") || part.startsWith("kqh"))) {
          assert.ok(!text.includes(line), `${format} holds a line of the key`);
        }
      }
    });
  }

  for (const [name, form] of Object.entries(secretForms)) {
    it(`hides a secret whole in the form of ${name}`, () => {
      assert.equal(masker([awkward])(`before ${form(awkward)} after`), "before [secret] after");
    });
  }

  it("hides secrets that overlap as one, and what is masked already stays as it is", () => {
    const mask = masker(["password-one", "one-hundred", "secret", "[sec"]);
    assert.equal(mask("x password-one-hundred y"), "x [secret] y");
    assert.equal(mask(mask("the secret")), "the [secret]");
  });

  it("hides the secret in a basic-auth header, wherever in its base64 it begins", () => {
    for (const user of ["u", "us", "use", "user"]) {
      const header = Buffer.from(`${user}:hunter2-planted!`).toString("base64");
      const masked = masker(["hunter2-planted"])(header);
      assert.ok(!Buffer.from(masked.replace("[secret]", ""), "base64").toString().includes("hunter2-pl"), masked);
      assert.notEqual(masked, header);
    }
  });

  it("hides a longer secret whole where it holds a shorter one", () => {
    assert.equal(masker(["pass", "password1"])("x password1 y"), "x [secret] y");
  });

  it("does not take words apart for a secret of three characters or an everyday word", () => {
    assert.equal(masker(["abc", "true", "admin"])("abc is true for admin"), "abc is true for admin");
  });

  it("leaves the report's own words alone when a secret is one of them", () => {
    const made = report(
      run({ secrets: ["mandatory", "violation", "critical"], findings: [finding({ severity: "critical" })] }),
    );
    const [first] = made.runs[0]?.findings ?? [];
    assert.deepEqual([first?.level, first?.verdict, first?.severity], ["mandatory", "violation", "critical"]);
  });

  it("leaves nothing of any secret behind", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 9, maxLength: 40, unit: "binary" }),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          fc.pre(secret.trim().length >= 9);
          const mask = masker([secret]);
          for (const text of [
            before + secret + after,
            JSON.stringify({ [before]: before + secret + after }),
            Buffer.from(secret).toString("base64"),
          ]) {
            const masked = mask(text);
            assert.ok(!masked.includes(secret) || "[secret]".includes(secret));
            assert.ok(masked.includes("[secret]"));
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
