import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { eventually } from "../data/support/run.js";
import { Listener } from "./support/socket.js";
import { type Api, System } from "./support/system.js";

const position = (imo: number, at = new Date().toISOString()) => ({
  ...{ imo, at, latitude: 53.5, longitude: 8.1, speedKnots: 12.5 },
});

describe("the sample's live list", function () {
  this.timeout(300_000);
  let system: System;
  let api: Api;
  let other: Api;
  before(async function () {
    system = await System.create(this);
    [api, other] = await Promise.all([system.serve(), system.serve()]);
  });
  after(() => System.remove(system));

  it("shows a position to every browser, whichever replica it is connected to", async () => {
    const { accessToken: token } = await api.login("officer");
    const listeners = await Promise.all([Listener.of(api, token), Listener.of(other, token)]);
    const body = position(9074729);
    assert.equal((await api.say("POST", "/api/positions", { token, body })).status, 202);
    for (const { messages, socket } of listeners) {
      await eventually("the position", () => assert.deepEqual(messages, [body]), 10);
      socket.terminate();
    }
  });

  it("stores a position that comes twice once, and shows it once", async () => {
    const { accessToken: token } = await api.login("officer");
    const listener = await Listener.of(api, token);
    const [twice, last] = [position(9166778), position(9319466)];
    for (const body of [twice, twice, last]) {
      assert.equal((await api.say("POST", "/api/positions", { token, body })).status, 202);
    }
    await eventually("the last one", () => assert.deepEqual(listener.messages, [twice, last]), 10);
    listener.socket.terminate();
  });

  it("opens for nobody without a valid token, and on no other path", async () => {
    const { accessToken: token } = await api.login("viewer");
    for (const [protocols, path] of [
      [[], "/ws"],
      [["bearer"], "/ws"],
      [["bearer", `${token}x`], "/ws"],
      [["other", token], "/ws"],
      [["bearer", token], "/api/ws"],
    ] as const) {
      assert.deepEqual(await Listener.open(api, [...protocols], path), { refused: 401 }, `${protocols.join()} ${path}`);
    }
  });

  it("closes when the token expires, so that a lost role does not listen on", async () => {
    const { accessToken } = await api.login("viewer");
    const [header = "", payload = ""] = accessToken.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
    const short = Buffer.from(JSON.stringify({ ...claims, exp: Math.floor(Date.now() / 1000) + 3 })).toString(
      "base64url",
    );
    const secret = system.env()["JWT_SECRET"] ?? "";
    const signature = createHmac("sha256", secret).update(`${header}.${short}`).digest("base64url");
    const listener = await Listener.of(api, `${header}.${short}.${signature}`);
    assert.equal(await listener.closed, 4001);
  });

  it("cuts off who sends more than a word, and outlives who vanishes in the middle of a handshake", async () => {
    const { accessToken: token } = await api.login("viewer");
    const listener = await Listener.of(api, token);
    listener.socket.send("x".repeat(2000));
    assert.equal(await listener.closed, 1009);
    const handshake = [
      ...["GET /ws HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket"],
      ...[
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        `Sec-WebSocket-Protocol: bearer, ${token}`,
      ],
    ].join("\r\n");
    for (let attempt = 0; attempt < 20; attempt++) {
      const socket = await api.client.connect("localhost", api.port);
      socket.on("error", () => undefined);
      socket.write(`${handshake}\r\n\r\n`, () => socket.destroy());
    }
    assert.equal((await api.client.get("/api/health")).status, 200);
    await eventually(
      "their connections are not counted for ever",
      async () => {
        assert.match((await api.client.get("/metrics")).body.toString(), /^flowmarine_websocket_connections 0$/m);
      },
      60,
    );
  });
});
