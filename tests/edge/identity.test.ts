import assert from "node:assert/strict";
import { echoed } from "./support/client.js";
import { onEachNginx, usual } from "./support/suites.js";

const alice = { authorization: "Bearer token-of-alice" };

onEachNginx("identity", usual, edge => {
  it("tells the upstream who a bearer token or an API key belongs to", async () => {
    for (const credential of [alice, { "x-api-key": "token-of-alice" }]) {
      const { headers } = echoed(await edge.client.get("/api/echo", credential));
      assert.deepEqual([headers["x-edge-user"], headers["x-edge-tier"]], ["alice", "pro"]);
    }
  });

  it("refuses a forged credential with what the application says about it", async () => {
    const { status, headers } = await edge.client.get("/api/echo", { authorization: "Bearer forged" });
    assert.equal(status, 401);
    assert.equal(headers["www-authenticate"], 'Bearer error="invalid_token"');
  });

  it("lets anonymous requests pass where a credential is optional, without asking", async () => {
    const before = edge.upstream.verified;
    const { headers } = echoed(await edge.client.get("/api/echo"));
    assert.equal(headers["x-edge-user"], undefined);
    assert.equal(edge.upstream.verified, before);
  });

  it("refuses them where one is required, with a challenge", async () => {
    const { status, headers } = await edge.client.get("/api/private/x");
    assert.equal(status, 401);
    assert.equal(headers["www-authenticate"], "Bearer");
    assert.equal((await edge.client.get("/api/private/x", alice)).status, 200);
  });

  it("passes no header on that says who somebody is, but its own", async () => {
    const forged = { "x-edge-user": "root", "x-edge-tier": "pro" };
    for (const path of ["/api/echo", "/assets/x", "/ws"]) {
      const { headers } = echoed(await edge.client.get(path, forged));
      assert.deepEqual([headers["x-edge-user"], headers["x-edge-tier"]], [undefined, undefined], path);
    }
  });

  it("shows the verify endpoint the credential only: no body, no query, no cookie", async () => {
    await edge.client.ask({
      ...{ method: "POST", path: "/api/echo?secret=1", body: "private" },
      headers: { ...alice, cookie: "session=1", "x-other": "1", "content-type": "text/plain" },
    });
    const asked = edge.upstream.seen.findLast(({ url }) => url === "/verify");
    assert.equal(asked?.method, "GET");
    assert.equal(asked.bytes, 0);
    assert.equal(asked.headers.authorization, alice.authorization);
    for (const name of ["cookie", "x-other", "content-type", "content-length", "upgrade"]) {
      assert.equal(asked.headers[name], undefined, name);
    }
  });

  it("passes bodies through both hops whole", async () => {
    const body = Buffer.alloc(700_000, "x");
    const seen = echoed(await edge.client.ask({ method: "PUT", path: "/api/echo", headers: alice, body }));
    assert.deepEqual([seen.method, seen.bytes, seen.headers["x-edge-user"]], ["PUT", 700_000, "alice"]);
  });

  it("lets nobody in who cannot be verified because the endpoint is out of order, and says to come back", async () => {
    for (const failure of [500, 503, 404, 302]) {
      edge.upstream.verifyFails = failure;
      const before = edge.upstream.seen.length;
      const { status, headers, body } = await edge.client.get("/api/echo", alice).finally(() => {
        edge.upstream.verifyFails = undefined;
      });
      assert.equal(status, 503, String(failure));
      assert.equal(headers["retry-after"], "5");
      assert.equal((JSON.parse(body.toString()) as { title: string }).title, "Service Unavailable");
      assert.deepEqual(
        edge.upstream.seen.slice(before).map(({ url }) => url),
        ["/verify"],
      );
    }
  });

  it("is asked by nobody from outside", async () => {
    for (const path of ["/_edge/verify/optional", "/_edge/verify/required", "/_edge/preflight"]) {
      const before = edge.upstream.verified;
      await edge.client.get(path, alice);
      assert.equal(edge.upstream.verified, before, path);
    }
  });
});

onEachNginx(
  "identity by cookie",
  args => ({
    ...args,
    identity: { upstream: "api", path: "/verify", credentialHeaders: [], credentialCookie: "session" },
  }),
  edge => {
    it("sends that cookie alone, and takes its absence for anonymity", async () => {
      const { status } = await edge.client.get("/api/echo", { cookie: "other=1; session=abc" });
      assert.equal(status, 401);
      assert.equal(edge.upstream.last.headers.cookie, "session=abc");
      assert.equal((await edge.client.get("/api/echo", { cookie: "other=1" })).status, 200);
    });
  },
);
