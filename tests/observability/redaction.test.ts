import assert from "node:assert/strict";
import fc from "fast-check";
import { redactions, replacementOf } from "../../components/observability/redaction";
import { requireProgram } from "../support/programs";
import { succeeds } from "./support/program";
import { secretLines } from "./support/secretLines";

/** As the collector does it; the patterns mean the same in RE2 and in JavaScript. */
const redact = (line: string): string =>
  redactions.reduce((text, r) => text.replace(new RegExp(r.pattern, "gis"), replacementOf(r)), line);

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJlLXBsYW50ZWQ";

/** What a line must become. */
const secrets: [string, string, string][] = [
  [
    "a password in JSON",
    '{"user":"anna","password":"hunter22","ok":true}',
    '{"user":"anna","password":"[REDACTED:field]","ok":true}',
  ],
  [
    "in JSON inside JSON",
    '{"body":"{\\"apiKey\\":\\"k-123456\\"}"}',
    '{"body":"{\\"apiKey\\":\\"[REDACTED:field]\\"}"}',
  ],
  ["with an escaped quote in it", '{"secret":"a\\"b","n":1}', '{"secret":"[REDACTED:field]","n":1}'],
  [
    "with an escaped quote in it, in JSON inside JSON",
    '{"body":"{\\"secret\\":\\"a\\\\\\"b\\",\\"n\\":1}"}',
    '{"body":"{\\"secret\\":\\"[REDACTED:field]\\",\\"n\\":1}"}',
  ],
  ["a number", '{"pin":1,"token":123456,"n":1}', '{"pin":1,"token":"[REDACTED:field]","n":1}'],
  [
    "a list of cookies, and what is left is JSON",
    '{"headers":{"set-cookie":["sid=abc; HttpOnly","theme=dark"]},"n":1}',
    '{"headers":{"set-cookie":"[REDACTED:field]"},"n":1}',
  ],
  ["an object", '{"credentials":{"user":"anna","value":"hunter22"}}', '{"credentials":"[REDACTED:field]"}'],
  ["under a name in camel case", '{"dbPassword":"hunter22"}', '{"dbPassword":"[REDACTED:field]"}'],
  ["a role's password in SQL", "ALTER ROLE app PASSWORD 'hunter''22';", "ALTER ROLE app PASSWORD [REDACTED:sql];"],
  [
    "an account's password in SQL",
    "CREATE USER app@'%' IDENTIFIED BY 'hunter22' REQUIRE SSL",
    "CREATE USER app@'%' IDENTIFIED BY [REDACTED:sql] REQUIRE SSL",
  ],
  [
    "a plugin's password in SQL",
    "IDENTIFIED VIA ed25519 USING PASSWORD('hunter22')",
    "IDENTIFIED VIA ed25519 USING PASSWORD([REDACTED:sql])",
  ],
  ["an argument", "mysql --password hunter22 -u root", "mysql --password [REDACTED:value] -u root"],
  ["a setting as it is printed", "db_password: hunter22", "db_password: [REDACTED:value]"],
  ["the rest of a private key", "MHcCAQ\nAbc=\n-----END EC PRIVATE KEY-----", "[REDACTED:private-key]"],
  ["a piece of a private key", "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY", "[REDACTED:base64]"],
  ["an American Express card", "card 378282246310005 charged", "card [REDACTED:card] charged"],
  ["an e-mail address", "user anna.b+x@flowmarine.example logged in", "user [REDACTED:email] logged in"],
  ["between single quotes", "{'api-key': 'abc', 'n': 1}", "{'api-key': '[REDACTED:field]', 'n': 1}"],
  ["a cookie header", "Cookie: sid=abc; theme=dark", "Cookie: [REDACTED:header]"],
  ["a token in a sentence", "sent bearer abcdef0123456789 to it", "sent bearer [REDACTED:bearer] to it"],
  ["under a prefixed name", '{"db_password":"hunter22"}', '{"db_password":"[REDACTED:field]"}'],
  [
    "in a query string",
    "GET /reset?token=abc123&lang=de HTTP/1.1",
    "GET /reset?token=[REDACTED:value]&lang=de HTTP/1.1",
  ],
  [
    "in a key=value line",
    'level=info client_secret="s e c" msg=ok',
    "level=info client_secret=[REDACTED:value] msg=ok",
  ],
  ["a bearer token", "authorization: Bearer abcdef0123456789", "authorization: [REDACTED:header]"],
  ["basic credentials", "Basic YW5uYTpodW50ZXIyMg==", "Basic [REDACTED:bearer]"],
  ["a JWT anywhere", `session ${jwt} ended`, "session [REDACTED:jwt] ended"],
  [
    "a password in a URL",
    "postgres://app:hunter22@database:5432/x",
    "postgres://app:[REDACTED:url-password]database:5432/x",
  ],
  ["a Slack webhook", "POST https://hooks.slack.com/services/T0/B0/xyz", "POST https://[REDACTED:slack-webhook]"],
  ["an AWS key", "key AKIAIOSFODNN7EXAMPLE used", "key [REDACTED:aws-key] used"],
  ["a GitHub token", "ghp_0123456789abcdefghijKLMNOPQRSTUVWXYZ", "[REDACTED:github-token]"],
  [
    "a private key over several lines",
    "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----",
    "[REDACTED:private-key]",
  ],
  ["a private key that was cut off", "-----BEGIN PRIVATE KEY-----\nMHc", "[REDACTED:private-key]"],
  ["a payment card", "card 4111 1111 1111 1111 charged", "card [REDACTED:card] charged"],
  ...secretLines,
];

/** What must stay as it is: a redaction that eats facts makes logs useless. */
const innocent = [
  '{"level":"info","msg":"user anna logged in","request_id":"5f0c"}',
  "token bucket refilled: 40 of 100",
  "the password was changed",
  "GET /orders?page=4&sort=date HTTP/2.0 200",
  "2026-11-22T10:00:00.123456789Z took 1234567890123456 ns",
  "https://app.flowmarine.example:8443/path",
  '{"passengers":12,"tokens_left":4}',
  "basic checks passed",
  "invalid token: unexpected end of input",
  "secret: not found",
  "sha256:1107dd5274e0ada47e42472b7a7e71f3b2a2fe878878108f3e2f9e51528f0193",
  "password authentication failed for user app",
  "user@host",
  "http://api.flowmarine.svc:8080/users/@me",
  "docker run -u 1000:1000 tool",
  "exit code=1 of GET /x?page=2",
  "the tokenizer has 40 tokens: 12 left",
  '{"bypass":"yes","key":"a","keyspace":"db0","passage":"Dover"}',
  '{"apiVersion":"apps/v1","data":{"a":1}}',
  "x-request-id: 0f3c",
  "authorization failed for anna",
  "digest sha256 of the image",
  "INSERT INTO vessels (name, flag) VALUES ('Anna', 'NO')",
];

describe("log redaction", () => {
  for (const [what, line, clean] of secrets) {
    it(`takes out ${what}`, () => assert.equal(redact(line), clean));
  }
  for (const line of innocent) {
    it(`leaves alone: ${line}`, () => assert.equal(redact(line), line));
  }
  it("is understood by Go's regular expressions, which the collector has", async function () {
    const promtool = requireProgram(this, "promtool");
    // A label matcher is one; promtool says what it cannot read.
    for (const { pattern } of redactions)
      await succeeds(promtool, ["--experimental", "promql", "format", `up{job=~\`(?is)${pattern}\`}`]);
  });

  for (const { name, pattern, signs } of redactions.filter(redaction => redaction.signs !== undefined)) {
    it(`sees a sign of whatever it would replace as ${name}: ${pattern.slice(0, 60)}`, () => {
      const found = (line: string) => new RegExp(pattern, "is").test(line);
      // The generator knows no \\b, and makes a text that has whatever stands between.
      const made = fc.stringMatching(new RegExp(pattern.replaceAll("\\b", ""), "s"));
      const samples = fc.sample(made, 300);
      const capitals = samples.map(line => line.toUpperCase());
      const lines = [...secrets.map(([, line]) => line), ...samples, ...capitals].filter(found);
      assert.ok(lines.length > 100, `${lines.length}`);
      const unseen = lines.filter(line => !signs?.some(sign => line.toLowerCase().includes(sign)));
      assert.deepEqual(unseen, []);
    });
  }

  it("finds nothing more in what it has cleaned", () => {
    for (const [, , clean] of secrets) assert.equal(redact(clean), clean);
  });
});
