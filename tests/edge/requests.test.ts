import assert from "node:assert/strict";
import type { EdgeConfArgs } from "../../components/edge/edgeConfArgs.js";
import { echoed } from "./support/client.js";
import type { Edge } from "./support/edge.js";
import { host } from "./support/edge.js";
import { onEachNginx, usual } from "./support/suites.js";

const statuses = (text: string) => [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(match => Number(match[1]));
const head = (...lines: string[]) => [...lines, "", ""].join("\r\n");

onEachNginx("request limits", usual, edge => {
  it("are a body of 1 MiB, and of what a route allows, also without a stated length", async () => {
    const post = (path: string, size: number, headers = {}) =>
      edge.client.ask({ method: "POST", path, body: Buffer.alloc(size), headers });
    assert.equal((await post("/assets/x", 1024 * 1024)).status, 200);
    assert.equal((await post("/assets/x", 1024 * 1024 + 1)).status, 413);
    assert.equal((await post("/upload", 4096)).status, 200);
    assert.equal((await post("/upload", 4097)).status, 413);
    assert.equal((await post("/upload", 4097, { "transfer-encoding": "chunked" })).status, 413);
  });

  it("are a header of 16 KiB, of 8 KiB a line", async () => {
    assert.equal((await edge.client.get("/assets/x", { "x-large": "x".repeat(7000) })).status, 200);
    assert.equal((await edge.client.get("/assets/x", { "x-large": "x".repeat(8200) })).status, 431);
    const many = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`x-large-${n}`, "x".repeat(4000)]));
    assert.equal((await edge.client.get("/assets/x", many)).status, 431);
  });

  it("leave room for what the first hop adds for the second", async () => {
    const headers = { authorization: "Bearer token-of-alice", "x-a": "x".repeat(7000), "x-b": "x".repeat(7000) };
    assert.equal((await edge.client.get("/api/echo", headers)).status, 200);
  });

  it("hold over HTTP/2 too", async () => {
    assert.equal((await edge.client.http2("/assets/x", { "x-large": "x".repeat(7000) })).headers[":status"], 200);
    const refused = await edge.client.http2("/assets/x", { "x-large": "x".repeat(17_000) }).then(
      ({ headers }) => headers[":status"],
      () => "closed",
    );
    assert.ok(refused === "closed" || [400, 431].includes(Number(refused)), String(refused));
  });
});

const impatient = (args: EdgeConfArgs): EdgeConfArgs => ({
  ...args,
  requests: { headerSeconds: 1, bodySeconds: 1, sendSeconds: 1, idleSeconds: 1 },
});

onEachNginx("slow clients", impatient, edge => {
  /** Writes a first part, then a byte at a time so slowly that it never ends, until the edge hangs up. Bounded by the test's timeout. */
  async function drip(edge: Edge, first: string): Promise<void> {
    const socket = await edge.client.connect();
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(first);
    const timer = setInterval(() => socket.write("x"), 200);
    await new Promise(resolve => socket.once("close", resolve));
    clearInterval(timer);
  }

  it("are cut off when the header takes too long, however steadily it drips", async () => {
    await drip(edge, `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `);
  });

  it("are cut off when the body stalls, and the upstream never hears of them", async () => {
    const before = edge.upstream.seen.length;
    const text = await edge.client.raw(head("POST /api/echo HTTP/1.1", `Host: ${host}`, "Content-Length: 100"), 8000);
    assert.deepEqual(
      statuses(text).filter(status => status !== 408),
      [],
    );
    assert.equal(edge.upstream.seen.length, before);
  });

  it("are cut off when they send nothing at all, before or after the handshake", async () => {
    const { connect } = await import("node:net");
    const silent = connect(edge.client.httpsPort, "127.0.0.1");
    silent.resume();
    await new Promise(resolve => silent.once("close", resolve));
    assert.equal(await edge.client.raw("", 8000), "");
  });
});

onEachNginx("request smuggling", usual, edge => {
  const smuggled = "GET /assets/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
  const attacks: Record<string, string> = {
    "a length and chunks (CL.TE)":
      head(
        "POST /assets/x HTTP/1.1",
        `Host: ${host}`,
        `Content-Length: ${5 + smuggled.length}`,
        "Transfer-Encoding: chunked",
      ) + `0\r\n\r\n${smuggled}`,
    "chunks and a length (TE.CL)":
      head("POST /assets/x HTTP/1.1", `Host: ${host}`, "Transfer-Encoding: chunked", "Content-Length: 4") +
      `2b\r\n${smuggled}\r\n0\r\n\r\n`,
    "two lengths":
      head("POST /assets/x HTTP/1.1", `Host: ${host}`, "Content-Length: 0", `Content-Length: ${smuggled.length}`) +
      smuggled,
    "a list of lengths": head("POST /assets/x HTTP/1.1", `Host: ${host}`, "Content-Length: 0, 10") + smuggled,
    "a signed length": head("POST /assets/x HTTP/1.1", `Host: ${host}`, "Content-Length: +5") + smuggled,
    "an unknown transfer coding":
      head("POST /assets/x HTTP/1.1", `Host: ${host}`, "Transfer-Encoding: xchunked") + smuggled,
    "two transfer codings":
      head("POST /assets/x HTTP/1.1", `Host: ${host}`, "Transfer-Encoding: chunked", "Transfer-Encoding: identity") +
      smuggled,
    "a blank before the colon":
      head("POST /assets/x HTTP/1.1", `Host: ${host}`, "Transfer-Encoding : chunked") + `0\r\n\r\n${smuggled}`,
    "a folded header":
      head("POST /assets/x HTTP/1.1", `Host: ${host}`, "X-A: b\r\n Transfer-Encoding: chunked") + smuggled,
    "chunks in HTTP/1.0":
      head("POST /assets/x HTTP/1.0", `Host: ${host}`, "Transfer-Encoding: chunked") + `0\r\n\r\n${smuggled}`,
    "a bad chunk size":
      head("POST /assets/x HTTP/1.1", `Host: ${host}`, "Transfer-Encoding: chunked") +
      `0x5\r\nhello\r\n0\r\n\r\n${smuggled}`,
    "a null byte in a header": head("GET /assets/x HTTP/1.1", `Host: ${host}`, "X-A: a\0b") + smuggled,
  };
  for (const [title, bytes] of Object.entries(attacks)) {
    it(`by ${title} is refused, and nothing hidden in it is answered`, async () => {
      const before = edge.upstream.seen.length;
      const [first, ...more] = statuses(await edge.client.raw(bytes));
      assert.ok(first === undefined || (first >= 400 && first < 600), `got ${first}`);
      assert.deepEqual(more, []);
      assert.deepEqual(
        edge.upstream.seen.slice(before).filter(({ url }) => url.includes("smuggled")),
        [],
      );
    });
  }

  it("by a header name with an underscore does not reach the upstream", async () => {
    const { headers } = echoed(await edge.client.get("/assets/x", { x_edge_user: "root", content_length: "5" }));
    assert.deepEqual(
      Object.keys(headers).filter(name => name.includes("_")),
      [],
    );
  });

  it("by an absolute target means the same to both sides", async () => {
    const text = await edge.client.raw(
      head(`GET https://${host}/assets/x HTTP/1.1`, "Host: evil.test", "Connection: close"),
    );
    assert.deepEqual(statuses(text), [200]);
    assert.equal(edge.upstream.last.headers.host, host);
  });
});
