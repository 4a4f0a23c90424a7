import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Line } from "./support/logStore.js";
import { Pipeline } from "./support/pipeline.js";
import { backendLines, edgeLines, mariaDbLines, postgresLines, redisLines } from "./support/realLines.js";

const planted = "planted-5ecret-of-sql";

describe("what real programs print", () => {
  let pipeline: Pipeline;
  before(async function () {
    this.timeout(180_000);
    pipeline = await Pipeline.start(this);
  });
  after(() => (pipeline as Pipeline | undefined)?.remove());

  /** Feeds lines as a container's, and waits for the last of them. */
  async function through(name: string, lines: readonly string[], stream = "stderr"): Promise<Line[]> {
    const end = "the end of this test";
    pipeline.logs.write({ namespace: "flowmarine", pod: `${name}-0`, container: name }, [...lines, end], { stream });
    await pipeline.arrived(1, `{service_name="${name}"} |= "${end}"`);
    const all = await pipeline.store.lines(`{service_name="${name}"}`);
    return all.filter(({ text }) => text !== end);
  }
  const withText = (lines: readonly Line[], text: string) => lines.filter(line => line.text.includes(text));
  const levelsOf = (lines: readonly Line[]) => new Set(lines.map(({ fields }) => fields["severity_text"] ?? ""));

  it("nginx: each request with its status, level, id and address; its own messages with their level", async function () {
    this.timeout(180_000);
    const printed = await edgeLines(this);
    const lines = await through("edge", printed, "stdout");
    assert.equal(lines.length, printed.length);
    const requests = lines.filter(({ fields }) => fields["event_name"] === "http.access");
    const seen = requests.map(({ text, fields }) => {
      const { path, requestId } = JSON.parse(text) as { path: string; requestId: string };
      assert.equal(fields["request_id"], requestId);
      assert.equal(fields["client_address"], "127.0.0.1");
      const { http_response_status_code: status, severity_text: level, event_outcome: outcome = "" } = fields;
      return [path, status, level, outcome].join(" ");
    });
    assert.deepEqual(seen, [
      "/api/echo 200 INFO ",
      "/api/private/x 401 WARN blocked",
      "/.git/config 404 WARN blocked",
      "/gone 502 ERROR ",
    ]);
    const notices = withText(lines, "[notice]");
    assert.ok(notices.length > 0);
    assert.deepEqual([...levelsOf(notices)], ["INFO"]);
  });

  it("PostgreSQL: levels, refused logins, statements over several lines; passwords and probes are left out", async function () {
    this.timeout(180_000);
    const printed = await postgresLines(this, planted);
    const knock = /LOG: {2}connection received: host=\[local\]/;
    assert.ok(
      printed.some(line => line.includes(planted)),
      "the server prints the statement with its password",
    );
    assert.ok(printed.filter(line => knock.test(line)).length > 1, "each probe is logged");
    const lines = await through("database", printed);
    assert.deepEqual(
      lines.filter(({ text }) => knock.test(text) || text.includes(planted)),
      [],
    );
    const starts = printed.filter(line => /^ts=/.test(line) && !knock.test(line));
    assert.equal(lines.filter(({ text }) => text.startsWith("ts=")).length, starts.length);
    assert.deepEqual([...levelsOf(withText(lines, " LOG: "))], ["INFO"]);
    const [refused] = withText(lines, "FATAL:  password authentication failed");
    assert.equal(refused?.fields["event_name"], "db.auth_failed");
    assert.equal(refused.fields["severity_text"], "FATAL");
    const [statement] = withText(lines, "FROM nowhere_at_all");
    assert.match(statement?.text ?? "", /STATEMENT: {2}SELECT\n\t {2}1\n\tFROM nowhere_at_all$/);
    assert.equal(withText(lines, "[REDACTED:sql]").length, 1);
  });

  it("MariaDB: levels and refused logins", async function () {
    this.timeout(180_000);
    const printed = await mariaDbLines(this);
    const lines = await through("mariadb", printed);
    const [refused] = withText(lines, "Access denied for user");
    assert.equal(refused?.fields["event_name"], "db.auth_failed");
    assert.equal(refused.fields["severity_text"], "WARN");
    assert.deepEqual([...levelsOf(withText(lines, "[Note]"))], ["INFO"]);
  });

  it("Valkey or Redis: levels", async function () {
    this.timeout(120_000);
    const lines = await through("cache", await redisLines(this));
    const told = lines.filter(({ text }) => /^\d+:M /.test(text));
    assert.ok(told.length > 3);
    for (const { text, fields } of told) {
      assert.equal(fields["severity_text"], / \* /.test(text) ? "INFO" : "WARN", text);
    }
  });

  it("the backend: its logger's level, ids and errors, and Node's last words with their stack in one record", async function () {
    this.timeout(120_000);
    if (!existsSync(join(__dirname, "../../sample/backend/node_modules"))) this.skip();
    const lines = await through("api", await backendLines(planted));
    const [serving] = withText(lines, '"serving"');
    assert.equal(serving?.fields["severity_text"], "INFO");
    assert.equal(serving.fields["request_id"], "r-1");
    const [failed] = withText(lines, "feed failed");
    assert.equal(failed?.fields["severity_text"], "ERROR");
    assert.match(failed.fields["error_fingerprint"] ?? "", /^[0-9a-f]{16}$/);
    const [end] = withText(lines, "environment variable");
    assert.equal(end?.fields["severity_text"], "FATAL");
    const uncaught = lines.find(({ text }) => text.startsWith("Error: nobody catches this"));
    assert.match(uncaught?.text ?? "", /^Error: nobody catches this\n {4}at /);
    assert.equal(uncaught?.fields["severity_text"], "ERROR");
    assert.match(uncaught.fields["error_fingerprint"] ?? "", /^[0-9a-f]{16}$/);
    assert.deepEqual(withText(lines, planted), []);
  });
});
