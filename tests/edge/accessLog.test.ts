import assert from "node:assert/strict";
import { host } from "./support/edge.js";
import { until } from "./support/poll.js";
import { onEachNginx, usual } from "./support/suites.js";

onEachNginx("the access log", usual, edge => {
  it("is one JSON object a request, with what an investigation starts from", async () => {
    const headers = { authorization: "Bearer token-of-alice", "user-agent": "tester/1" };
    const answer = await edge.client.get("/api/echo", headers);
    const line = await edge.nginx.logged(String(answer.headers["x-request-id"]));
    const { time, seconds, bytesIn, bytesOut, upstream, upstreamSeconds, ...rest } = line;
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
    for (const number of [seconds, bytesIn, bytesOut]) assert.equal(typeof number, "number");
    assert.ok(Number(bytesOut) > answer.body.length);
    assert.match(String(upstream), /\.sock$/);
    assert.match(String(upstreamSeconds), /^\d/);
    assert.deepEqual(rest, {
      ...{ requestId: answer.headers["x-request-id"], client: "127.0.0.1", peer: "127.0.0.1", method: "GET", host },
      ...{
        path: "/api/echo",
        protocol: "HTTP/1.1",
        tls: "TLSv1.3",
        limit: "PASSED",
        upstreamStatus: "200",
        status: 200,
      },
      ...{ user: "alice", tier: "pro", referrer: "", agent: "tester/1" },
    });
  });

  it("holds no secret: no query, no credential, no cookie, not even of a request that fails", async () => {
    const secret = "planted-5ecret";
    const headers = {
      authorization: `Bearer ${secret}`,
      "x-api-key": secret,
      cookie: `session=${secret}`,
      referer: `https://${host}/reset?token=${secret}`,
    };
    const ids = [];
    for (const path of ["/api/echo", "/gone", "/.git/x", "/a%2fb", "/api/private/x", "/upload"]) {
      const answer = await edge.client.get(`${path}?token=${secret}`, headers);
      ids.push(String(answer.headers["x-request-id"]));
    }
    await edge.client.raw(`GET /x?token=${secret} HTTP/1.1\r\nHost: ${secret}\0\r\n\r\n`);
    for (const id of ids) await edge.nginx.logged(id);
    assert.ok(!edge.nginx.output().includes(secret), edge.nginx.output());
  });

  it("stays valid JSON whatever a client writes", async () => {
    const nasty = ['"}{"status":200', "\\", "\xff\xfe", "\x1b[31m", "<script>", "\u007f", "a\tb"];
    for (const text of nasty) {
      const bytes = [
        `GET /assets/${text.replace(/[\s\x1b]/g, "")}?x HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${text}\r\nReferer: ${text}\r\n`,
        "Connection: close\r\n\r\n",
      ].join("");
      await edge.client.raw(Buffer.from(bytes, "latin1"));
    }
    await until("the lines", () => (edge.nginx.lines().length >= nasty.length ? true : undefined));
    // Parsing is the assertion, and so is UTF-8: the log was read as such.
    assert.ok(!edge.nginx.output().includes("\ufffd"));
  });

  it("cannot be filled with what a client makes up: fields are cut", async () => {
    const { headers } = await edge.client.get("/assets/x", { "user-agent": "x".repeat(6000) });
    const line = await edge.nginx.logged(String(headers["x-request-id"]));
    assert.equal(String(line["agent"]).length, 512);
  });

  it("leaves out health checks, which come every few seconds", async () => {
    const before = await edge.client.get("/healthz");
    const after = await edge.client.get("/assets/x");
    await edge.nginx.logged(String(after.headers["x-request-id"]));
    assert.deepEqual(
      edge.nginx.lines().filter(line => line["requestId"] === before.headers["x-request-id"]),
      [],
    );
  });
});

onEachNginx(
  "a limited request",
  args => ({ ...args, limits: { address: { perMinute: 1, burst: 0 } } }),
  edge => {
    it("is marked in the log, without its query", async () => {
      await edge.client.get("/assets/x");
      const { headers, status } = await edge.client.get("/assets/x?token=planted-5ecret");
      assert.equal(status, 429);
      assert.equal((await edge.nginx.logged(String(headers["x-request-id"])))["limit"], "REJECTED");
      assert.ok(!edge.nginx.output().includes("planted-5ecret"));
    });
  },
);
