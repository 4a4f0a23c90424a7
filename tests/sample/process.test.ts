import assert from "node:assert/strict";
import { connect, type TLSSocket } from "node:tls";
import { eventually } from "../data/support/run.js";
import { Listener } from "./support/socket.js";
import { type Api, demoPassword, System } from "./support/system.js";

/** A connection that stays, as the edge keeps them. */
async function keptConnection(api: Api): Promise<{ socket: TLSSocket; received: () => string }> {
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opened = connect({ host: "127.0.0.1", port: api.port, servername: "localhost", ca: api.client.ca }, () =>
      resolve(opened),
    );
    opened.once("error", reject);
  });
  let text = "";
  socket.on("data", (data: Buffer) => (text += data.toString()));
  socket.on("error", () => undefined);
  return { socket, received: () => text };
}

describe("the sample's processes", function () {
  this.timeout(300_000);
  let system: System;
  before(async function () {
    system = await System.create(this);
  });
  after(() => System.remove(system));

  it("stop without breaking a request: one in flight is answered, and so is one that still comes on an open connection", async () => {
    const api = await system.serve();
    const idle = await keptConnection(api);
    const busy = await keptConnection(api);
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    idle.socket.write(request("/api/health"));
    await eventually("the first answer", () => assert.match(idle.received(), /^HTTP\/1\.1 200 /));
    // Half a request when the signal comes, the rest after it.
    const body = JSON.stringify({ name: "viewer", password: demoPassword });
    busy.socket.write(
      `POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
    );
    api.running.signal("SIGTERM");
    await eventually("it has heard", () => assert.match(api.running.log, /"stopping"/));
    idle.socket.write(request("/api/auth/verify"));
    await eventually("an answer that says it was the last", () => {
      assert.match(idle.received(), /HTTP\/1\.1 401 [^]*connection: close/i);
    });
    busy.socket.write(body.slice(9));
    await eventually("the tokens", () => assert.match(busy.received(), /^HTTP\/1\.1 200 [^]*accessToken/));
    assert.equal(await api.running.exit(), 0);
  });

  it("stop with a word to every browser: 1012, come again", async () => {
    const api = await system.serve();
    const { accessToken } = await api.login("viewer");
    const listener = await Listener.of(api, accessToken);
    api.running.signal("SIGTERM");
    assert.equal(await listener.closed, 1012);
    assert.equal(await api.running.exit(), 0);
  });

  it("do not wait for a browser that has stopped listening", async () => {
    const api = await system.serve();
    const { accessToken } = await api.login("viewer");
    const listener = await Listener.of(api, accessToken);
    listener.socket.pause();
    api.running.signal("SIGTERM");
    assert.equal(await api.running.exit(25), 0);
    listener.socket.terminate();
  });

  it("are unhealthy while a store is away, and healthy again after it, without a restart", async () => {
    const api = await system.serve();
    const health = async () => (await api.client.get("/api/health")).status;
    await system.cache.pod.killAll();
    await eventually("unhealthy", async () => assert.equal(await health(), 503));
    await system.cache.start();
    await eventually("healthy", async () => assert.equal(await health(), 200));
    const { accessToken } = await api.login("officer");
    const listener = await Listener.of(api, accessToken);
    const body = { imo: 9074729, at: new Date().toISOString(), latitude: 1, longitude: 2, speedKnots: 3 };
    await api.say("POST", "/api/positions", { token: accessToken, body });
    await eventually("live again", () => assert.equal(listener.messages.length, 1), 10);
    listener.socket.terminate();
  });

  it("serve a renewed certificate without a restart", async () => {
    const api = await system.serve();
    const serial = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(
          { host: "127.0.0.1", port: api.port, servername: "localhost", ca: api.client.ca },
          () => {
            resolve(socket.getPeerCertificate().serialNumber);
            socket.destroy();
          },
        );
        socket.once("error", reject);
      });
    assert.equal(Number.parseInt(await serial(), 16), 3001);
    await system.renew(3002);
    await eventually("the new one", async () => assert.equal(Number.parseInt(await serial(), 16), 3002), 30);
  });

  it("tell Docker whether they are healthy by an exit code, also when nothing answers", async () => {
    const api = await system.serve();
    const check = async (port: number) => system.run("healthcheck", { PORT: `${port}` }).exit();
    assert.equal(await check(api.port), 0);
    await api.running.kill();
    assert.equal(await check(api.port), 1);
  });

  it("migrate once, also when two do it at the same time", async () => {
    const runs = await Promise.all([system.end("migrate"), system.end("migrate")]);
    assert.ok(runs.every(({ log }) => !log.includes("migrated")));
    const { stdout } = await system.database.sql("select count(*) from migrations");
    assert.equal(Number(stdout), 2);
  });

  it("log one JSON object a line, and no password, token or query", async () => {
    const api = await system.serve();
    const { accessToken, refreshToken } = await api.login("viewer");
    await api.say("GET", "/api/vessels?secret=in-the-query", { token: accessToken });
    await api.say("POST", "/api/auth/login", { body: { name: "viewer", password: "a-wrong-password" } });
    await eventually(
      "the lines",
      () => assert.equal(api.running.lines.filter(({ route }) => route === "/api/auth/login").length, 2),
      10,
    );
    for (const secret of [demoPassword, accessToken, refreshToken, "a-wrong-password", "in-the-query"]) {
      assert.ok(!api.running.log.includes(secret));
    }
    const line = api.running.lines.find(({ route }) => route === "/api/vessels");
    assert.deepEqual([line?.["status"], line?.["severity"]], [200, "DEBUG"]);
  });

  it("answer whatever comes with a client error of a few words, and stay", async () => {
    const api = await system.serve();
    const { accessToken: token } = await api.login("admin");
    const json = { "content-type": "application/json" };
    const bodies = [
      "",
      "null",
      "[]",
      "{",
      '{"name":1}',
      '{"__proto__":{"a":1}}',
      `{"name":"${"x".repeat(70_000)}"}`,
      "\u0000",
    ];
    for (const body of bodies) {
      const answer = await api.client.ask({ method: "POST", path: "/api/auth/login", headers: json, body });
      assert.ok(answer.status >= 400 && answer.status < 500, `${body.slice(0, 20)}: ${answer.status}`);
      assert.doesNotMatch(answer.body.toString(), /node_modules|\.js:|select /);
    }
    for (const path of [
      ...[
        "/api/vessels/0/link",
        "/api/documents/1",
        "/api/documents/00000000-0000-0000-0000-000000000000",
        "/api/%00",
        "/",
      ],
      ...["/api/requisitions?after=-1", "/api/requisitions?after=1e400", "/api/requisitions?limit=1001"],
    ]) {
      const { status } = await api.say("GET", path, { token });
      assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
    }
    const quoted = { reference: "'; drop table users; --", imo: 9074729, part: "\u2603'\"\\", quantity: 1 };
    assert.equal((await api.say("POST", "/api/requisitions", { token, body: quoted })).status, 201);
    const ahead = { imo: 9074729, at: "2100-01-01T00:00:00Z", latitude: 1, longitude: 1, speedKnots: 1 };
    assert.equal((await api.say("POST", "/api/positions", { token, body: ahead })).status, 400);
    assert.equal(
      (await api.say("PUT", "/api/requisitions/99999999999999999999/stage", { token, body: { stage: "ordered" } }))
        .status < 500,
      true,
    );
    assert.equal((await api.client.get("/api/health")).status, 200);
  });
});
