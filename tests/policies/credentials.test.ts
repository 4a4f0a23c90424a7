import assert from "node:assert/strict";
import fc from "fast-check";
import { credentialForms, credentialIn } from "../../policies/credentials.js";
import { credentialSamples } from "./credentialSamples.js";

/** What credential a text holds by the patterns alone, without what is looked for first. */
function wholly(text: string): string | undefined {
  return credentialForms.find(({ pattern: { source, flags }, but }) =>
    [...text.matchAll(new RegExp(source, `${flags.replace("g", "")}g`))].some(([found]) => but?.test(found) !== true),
  )?.name;
}

/** Lines of files of all kinds. */
const settings: [text: string, isCredential: boolean][] = [
  ["spring.datasource.password=hunter2", true],
  ["spring.datasource.password=${DB_PASSWORD}", false],
  ["spring.datasource.password=", false],
  ["spring.datasource.password = hunter2\r\nnext = 1", true],
  ["db:\n  password: hunter2\n  pool: 5\n", true],
  ["db:\n  password: 'correct horse'\n", true],
  ["db:\n  password:\n    from: file\n", false],
  ["db:\n  password: {{ .Values.password }}\n", false],
  ['db:\n  password: "{{ .Values.password }}"\n', false],
  ["db:\n  password: <password>\n", false],
  ["db:\n  password: the one that you know\n", false],
  ["db:\n  password: hunter2 # of the desk\n", true],
  ["db:\n  passwordFile: /run/secrets/db\n", false],
  ["db:\n  password: /run/secrets/db\n", false],
  ['{"user":"web","password":"hunter2","pool":5}', true],
  ['{"user":"web","password":"","pool":5}', false],
  ['{"password":null,"token":false,"pwd":12}', false],
  ["[{api_key: d41d8cd98f, user: web}]", true],
  ["clientSecret: d41d8cd98f", true],
  ["AWS_SECRET_ACCESS_KEY=d41d8cd98f", true],
  ["    client-key-data: LS0tLS1CRUdJTg", true],
  ["    token: abcdef0123456789", true],
  ["export PGPASSWORD=hunter2 PGUSER=web", true],
  ['export PGPASSWORD="$(cat /run/secrets/db)"', false],
  ["host=db user=web password=hunter2 dbname=shop", true],
  ["jdbc:mysql://db/shop?user=web&password=hunter2", true],
  ["Server=db;User Id=web;Password=hunter2;", true],
  ["java -Dapp.password=hunter2 -jar app.jar", true],
  ["# password = hunter2", false],
  ["; admin_password = admin", false],
  ["// password: hunter2", false],
  ["# password = hunter2\npassword = hunter2", true],
  ["a = 1 # password = hunter2", true],
  ["password_encryption = scram-sha-256", false],
  ["max_tokens: 4096", false],
  ["token: 3600s", false],
  ["password: ********", false],
  ["password: xxxxx", false],
  ["password = config.db.password", false],
  ["password: string;", false],
  ["grant_type=password&scope=all", false],
  ["password", false],
];

describe("a credential in a text", () => {
  it("is recognised in every form, alone and inside of other text", () => {
    assert.deepEqual(credentialForms.map(({ name }) => name).sort(), Object.keys(credentialSamples).sort());
    for (const [name, sample] of Object.entries(credentialSamples)) {
      assert.equal(credentialIn(sample), name);
      assert.equal(credentialIn(`x = "${sample}"\n`), name);
      assert.equal(credentialIn(sample.slice(1)), undefined, `the rest of ${name}`);
    }
  });

  it("is recognised in files by the name of its setting", () => {
    for (const [text, isCredential] of settings)
      assert.equal(credentialIn(text), isCredential ? "a password in a setting" : undefined, text);
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
        assert.equal(credentialIn(text), wholly(text), text);
      }),
      { numRuns: 20_000, examples: [[["pwd=x"]], [["ab://:x@"]]] },
    );
  });

  it("is looked for in long texts of addresses without trying every letter", () => {
    const text = "https://prometheus.monitoring.svc.cluster.local/api ".repeat(2000);
    assert.equal(credentialIn(text), undefined);
    assert.equal(credentialIn(`${text.slice(0, 60_000)}https://u:secret@host`), "a password in a URL");
  });
});
