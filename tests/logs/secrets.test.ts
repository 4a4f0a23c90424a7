import assert from "node:assert/strict";
import { mark, secretLines } from "../observability/support/secretLines.js";
import { logged } from "./support/logged.js";

// Each secret holds the mark, so that one search finds any of them, whole or in part.
const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI${mark}In0.c2lnbmF0dXJl${mark}`;
const pem = [
  "-----BEGIN PRIVATE KEY-----",
  `MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg${mark}AAAAAAAAA`,
  `GHI${mark}aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789+/aBcDeFgHiJkLmNoPqRs`,
  `${mark}Q==`,
  "-----END PRIVATE KEY-----",
];
const aws = "AKIAIOSFODNN7EXAMPLE";
const card = "4111 1111 1111 1111";
const mail = `anna.${mark}@flowmarine.example`;

/** Lines that hold a secret, as programs write them. */
const leaks: readonly string[] = [
  `Authorization: Bearer ${mark}abcdef0123456789`,
  `authorization: Basic ${Buffer.from(`anna:${mark}`).toString("base64")}${mark}`,
  `{"level":"info","headers":{"authorization":"Bearer ${mark}0123456789","cookie":"sid=${mark}; theme=dark"}}`,
  `{"level":"info","headers":{"set-cookie":["sid=${mark}; HttpOnly"],"x":1},"msg":"answered"}`,
  `Cookie: sid=${mark}; theme=dark`,
  `Set-Cookie: refresh=${mark}; Path=/`,
  `session ${jwt} has ended`,
  `{"level":"info","token":"${jwt}","msg":"token"}`,
  `connecting to postgres://app:${mark}@database:5432/flowmarine`,
  `redis://:${mark}@cache:6379/0 refused`,
  `GET /reset?token=${mark}&lang=de HTTP/1.1`,
  `ALTER ROLE app PASSWORD '${mark}'`,
  `CREATE USER 'app'@'%' IDENTIFIED BY '${mark}'`,
  `SET PASSWORD FOR app = PASSWORD('${mark}')`,
  `{"level":"error","msg":"login failed","body":"{\\"user\\":\\"anna\\",\\"password\\":\\"${mark}\\"}"}`,
  `{"level":"error","dbPassword":"${mark}","api_key":"${mark}","clientSecret":"${mark}"}`,
  `level=info client_secret="${mark} with blanks" msg=ok`,
  `password: ${mark}`,
  `mysqldump --password ${mark} --all-databases`,
  `-----BEGIN EC PRIVATE KEY-----\\n${mark}\\n-----END EC PRIVATE KEY-----`,
  `{"level":"info","key":"${pem.join("\\n")}"}`,
  `POST https://hooks.slack.com/services/T00000000/B00000000/${mark}`,
  `using ${aws} for the backup`,
  `ghp_0123456789abcdefghij${mark}KLMNOP`,
  `card ${card} charged`,
  `user ${mail} logged in`,
  `{"level":"info","email":"${mail}","msg":"invited"}`,
  ...secretLines.map(([, line]) => line),
];
/** Those of one line: a runtime splits lines, not records. */
const single = leaks.filter(line => !line.includes("\n"));

const partsOf = (text: string) => [mark, aws, card, "theme=dark", mail].filter(part => text.includes(part));

describe("a secret in a log", () => {
  const parts = logged();

  /** All that Loki knows: lines, their fields, and the labels. */
  async function everything(): Promise<string[]> {
    const lines = await parts.pipeline.store.lines();
    const series = await parts.pipeline.store.series();
    return [...lines, ...series].map(found => JSON.stringify(found));
  }

  it("of a container never reaches Loki, in whatever form; the rest of its line does", async function () {
    this.timeout(120_000);
    const to = { namespace: "flowmarine", pod: "leaky-0", container: "leaky" };
    // A key that is printed line by line, among others.
    parts.pipeline.logs.write(to, [...leaks.flatMap(line => line.split("\n")), "here it is:", ...pem, "that was it"]);
    const lines = await parts.pipeline.arrived(leaks.length + 3, '{service_name="leaky"}');
    assert.equal(lines.length, leaks.length + 3);
    assert.deepEqual((await everything()).flatMap(partsOf), []);
    const text = lines.map(line => line.text).join("\n");
    for (const rest of [
      "lang=de",
      "--all-databases",
      "charged",
      "logged in",
      "that was it",
      "flowmarine",
      "has ended",
    ]) {
      assert.ok(text.includes(rest), rest);
    }
    // What was JSON still is: its level was read.
    for (const { text: line, fields } of lines.filter(({ text: line }) => line.startsWith('{"'))) {
      assert.doesNotThrow(() => JSON.parse(line) as unknown, line);
      if (line.startsWith('{"level"')) assert.match(fields["severity_text"] ?? "", /^(?:INFO|ERROR)$/);
    }
  });

  it("of a container does not either when the runtime splits it in the middle", async function () {
    this.timeout(120_000);
    const to = { namespace: "flowmarine", pod: "split-0", container: "split" };
    for (const part of [7, 16, 40]) parts.pipeline.logs.write(to, single, { part });
    await parts.pipeline.arrived(single.length * 3, '{service_name="split"}');
    assert.deepEqual((await everything()).flatMap(partsOf), []);
  });

  it("of an app that sends OTLP does not either: not in the body, its attributes, nor those of its resource", async function () {
    this.timeout(120_000);
    await parts.collector.send(
      "otlp-app",
      [
        { body: { stringValue: leaks[0] ?? "" } },
        { body: { kvlistValue: { values: [{ key: "password", value: { stringValue: mark } }] } } },
        { body: { stringValue: "plain" }, attributes: [{ key: "db.password", value: { stringValue: mark } }] },
        // By the conventions, a header is a list.
        {
          body: { stringValue: "plain" },
          attributes: [
            {
              key: "http.request.header.cookie",
              value: { arrayValue: { values: [{ stringValue: `sid=${mark}` }, { stringValue: "theme=dark" }] } },
            },
          ],
        },
        {
          body: { stringValue: "plain" },
          attributes: [{ key: "url.full", value: { stringValue: `https://x/?token=${mark}` } }],
        },
        {
          body: { stringValue: "nested" },
          attributes: [
            {
              key: "request",
              value: { kvlistValue: { values: [{ key: "authorization", value: { stringValue: mark } }] } },
            },
          ],
        },
      ],
      [{ key: "process.command_line", value: { stringValue: `app --password ${mark}` } }],
    );
    const lines = await parts.pipeline.arrived(6, '{service_name="otlp-app"}');
    assert.equal(lines.length, 6);
    assert.deepEqual((await everything()).flatMap(partsOf), []);
  });

  it("does not show in what the collectors print of themselves", () => {
    assert.deepEqual(partsOf(parts.pipeline.agent.output + parts.collector.output), []);
  });
});
