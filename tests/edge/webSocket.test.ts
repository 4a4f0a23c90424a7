import assert from "node:assert/strict";
import { Socket } from "node:net";
import type { EdgeConfArgs } from "../../components/edge/edgeConfArgs.js";
import type { Asked } from "./support/client.js";
import type { Edge } from "./support/edge.js";
import { host, routes } from "./support/edge.js";
import { until } from "./support/poll.js";
import { onEachNginx, withSite } from "./support/suites.js";

const friend = "https://fleet.example.com";

async function open(edge: Edge, asked: Asked = {}): Promise<Socket> {
  const answer = await edge.client.upgrade(asked);
  assert.ok(answer instanceof Socket, `refused with ${answer instanceof Socket ? "" : answer.status}`);
  return answer;
}

/** Sends something and gives back what comes. */
async function echo(socket: Socket, text: string): Promise<string> {
  let received = "";
  socket.on("data", (data: Buffer) => {
    received += data.toString();
  });
  socket.write(text);
  return until("the echo", () => (received.length >= text.length ? received : undefined));
}

const impatient = (args: EdgeConfArgs): EdgeConfArgs =>
  withSite({
    cors: { allowOrigins: [friend] },
    routes: [
      ...routes,
      { path: "/live", upstream: "api", webSocket: true, responseSeconds: 1, webSocketIdleSeconds: 60 },
      { path: "/private-live", upstream: "api", webSocket: true, responseSeconds: 1, identity: "required" },
      { path: "/quick", upstream: "api", responseSeconds: 1 },
    ],
  })({ ...args, requests: { bodySeconds: 1, headerSeconds: 1, sendSeconds: 1, idleSeconds: 1 } });

onEachNginx("WebSockets", impatient, edge => {
  it("carry data both ways", async () => {
    const socket = await open(edge);
    assert.equal(await echo(socket, "ahoy"), "ahoy");
    socket.destroy();
  });

  it("stay open in silence longer than any timeout of ordinary requests", async () => {
    const socket = await open(edge, { path: "/live" });
    // An ordinary request meets its timeout meanwhile, twice.
    assert.equal((await edge.client.get("/quick/hold")).status, 504);
    assert.equal((await edge.client.get("/quick/hold")).status, 504);
    assert.equal(await echo(socket, "still here"), "still here");
    socket.destroy();
  });

  it("go through the second hop with a verified user", async () => {
    const socket = await open(edge, { path: "/private-live", headers: { authorization: "Bearer token-of-alice" } });
    assert.equal(edge.upstream.last.headers["x-edge-user"], "alice");
    assert.equal((await edge.client.get("/quick/hold")).status, 504);
    assert.equal(await echo(socket, "hello"), "hello");
    socket.destroy();
    const refused = await edge.client.upgrade({ path: "/private-live" });
    assert.ok(!(refused instanceof Socket) && refused.status === 401);
  });

  it("open for the site's own pages, allowed origins, and programs without one", async () => {
    for (const headers of [{ origin: `https://${host}` }, { origin: friend }, {}]) {
      (await open(edge, { headers })).destroy();
    }
  });

  it("stay closed for other pages, which would come with their visitor's cookies", async () => {
    for (const origin of [
      "https://evil.test",
      "null",
      `http://${host}`,
      `https://${host}.evil.test`,
      `https://${host}:8443`,
    ]) {
      const refused = await edge.client.upgrade({ headers: { origin } });
      assert.ok(!(refused instanceof Socket) && refused.status === 403, origin);
    }
  });

  it("open only where a route allows them", async () => {
    const before = edge.upstream.seen.length;
    const answer = await edge.client.upgrade({ path: "/api/echo" });
    assert.ok(!(answer instanceof Socket) && answer.status === 200);
    assert.equal(edge.upstream.seen[before]?.headers.upgrade, undefined);
  });

  it("are the only upgrade: one to h2c would tunnel past every rule", async () => {
    for (const path of ["/ws", "/live", "/api/echo"]) {
      const answer = await edge.client.upgrade({
        path,
        headers: {
          upgrade: "h2c",
          connection: "Upgrade, HTTP2-Settings",
          "http2-settings": "AAMAAABkAARAAAAAAAIAAAAA",
        },
      });
      assert.ok(!(answer instanceof Socket), path);
      assert.equal(edge.upstream.last.headers.upgrade, undefined, path);
      assert.equal(edge.upstream.last.headers["http2-settings"], undefined, path);
    }
  });
});
