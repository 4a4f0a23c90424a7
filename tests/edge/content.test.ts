import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { EdgeConfArgs } from "../../components/edge/edgeConfArgs.js";
import { routes } from "./support/edge.js";
import { onEachNginx, usual, withSite } from "./support/suites.js";

const never = "no-store, max-age=0";

onEachNginx("cache rules", usual, edge => {
  const cacheOf = async (path: string, headers = {}) => (await edge.client.get(path, headers)).headers["cache-control"];

  it("keep files with hashed names for a year, and others as long as their route says", async () => {
    assert.equal(await cacheOf("/assets/app.3f2a.js"), "public, max-age=31536000, immutable");
    assert.equal(await cacheOf("/downloads/a.pdf"), "public, max-age=600");
  });

  it("never keep an error, whatever the route or the upstream says", async () => {
    for (const path of [
      "/assets/status/404",
      "/assets/status/500",
      "/downloads/status/403",
      "/api/status/500",
      "/.git",
    ]) {
      assert.equal(await cacheOf(path), never, path);
    }
  });

  it("keep what an upstream marks, and nothing that it leaves unmarked", async () => {
    assert.equal(await cacheOf("/api/cached"), "public, max-age=77");
    assert.equal(await cacheOf("/api/echo"), never);
  });

  it("hold on the second hop too, where an identity check has passed in between", async () => {
    assert.equal(await cacheOf("/api/cached", { authorization: "Bearer token-of-alice" }), "public, max-age=77");
  });

  it("never keep a redirect to HTTPS or a health check", async () => {
    assert.equal((await edge.client.plain({ path: "/assets/app.js" })).headers["cache-control"], never);
    assert.equal(await cacheOf("/healthz"), never);
  });
});

const loginBelow = (args: EdgeConfArgs) =>
  withSite({ routes: [{ path: "/api/auth/login", upstream: "api", limit: "login" }, ...routes] })(args);

onEachNginx("compression", loginBelow, edge => {
  const gzip = { "accept-encoding": "gzip" };

  it("halves a large JSON answer at least, and gives the same content", async () => {
    const [plain, small] = [await edge.client.get("/api/big"), await edge.client.get("/api/big", gzip)];
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.equal(small.headers["content-encoding"], "gzip");
    assert.match(String(small.headers.vary), /Accept-Encoding/);
    assert.ok(small.body.length * 2 < plain.body.length);
    assert.deepEqual(gunzipSync(small.body), plain.body);
  });

  it("is done once on the way through both hops", async () => {
    const { headers, body } = await edge.client.get("/api/big", { ...gzip, authorization: "Bearer token-of-alice" });
    assert.equal(headers["content-encoding"], "gzip");
    assert.match(gunzipSync(body).toString(), /^"bulkbulk/);
  });

  it("leaves small answers alone", async () => {
    const { headers } = await edge.client.get("/api/small", gzip);
    assert.equal(headers["content-encoding"], undefined);
  });

  it("leaves answers of a login alone: their length must not tell what they hold", async () => {
    const path = "/api/auth/login/big";
    assert.equal((await edge.client.get(path.replace("login", "other"), gzip)).headers["content-encoding"], "gzip");
    assert.equal((await edge.client.get(path, gzip)).headers["content-encoding"], undefined);
  });
});

onEachNginx("cookies and logging out", usual, edge => {
  it("gives every cookie the Secure mark that its upstream forgot", async () => {
    const { headers } = await edge.client.get("/api/cookie");
    assert.match(String(headers["set-cookie"]), /; ?Secure/i);
    assert.match(String(headers["set-cookie"]), /HttpOnly/i);
  });

  it("has the browser forget the site after logging out, and at no other time", async () => {
    const all = '"cache", "cookies", "storage"';
    assert.equal((await edge.client.get("/api/auth/logout", {}, "POST")).headers["clear-site-data"], all);
    assert.equal((await edge.client.get("/api/echo")).headers["clear-site-data"], undefined);
    assert.equal((await edge.client.get("/api/auth/logout", {}, "TRACE")).headers["clear-site-data"], undefined);
  });
});
