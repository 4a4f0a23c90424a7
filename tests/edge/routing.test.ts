import assert from "node:assert/strict";
import { echoed } from "./support/client.js";
import { host } from "./support/edge.js";
import { onEachNginx, withSite } from "./support/suites.js";

/** As they go over the wire: Node's client would tidy some of them. */
const get = (path: string, name = host) => `GET ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);

onEachNginx(
  "routing",
  withSite({
    routes: [
      { path: "/api", upstream: "api", cache: { maxAgeSeconds: 1 } },
      { path: "/api/v2/", upstream: "api", cache: { maxAgeSeconds: 2 } },
      { path: "/api/login", match: "exact", upstream: "api", limit: "login", cache: { maxAgeSeconds: 3 } },
    ],
  }),
  edge => {
    /** Which route took it: each marks its answers. */
    const routeOf = async (path: string) => {
      const { status, headers } = await edge.client.get(path);
      return status === 404 ? 404 : Number(/max-age=(\d)/.exec(String(headers["cache-control"]))?.[1]);
    };

    it("takes the longest path, whole segments only, and exact ones before all", async () => {
      assert.equal(await routeOf("/api"), 1);
      assert.equal(await routeOf("/api/x"), 1);
      assert.equal(await routeOf("/apiary"), 404);
      assert.equal(await routeOf("/api/v2"), 2);
      assert.equal(await routeOf("/api/v2/deep"), 2);
      assert.equal(await routeOf("/api/v22"), 1);
      assert.equal(await routeOf("/api/login"), 3);
      assert.equal(await routeOf("/api/login/more"), 1);
    });

    it("gives a login no second spelling that would evade its limit", async () => {
      for (const path of ["/api/login/", "/API/Login", "/api//login", "/api/login?x=1", "/api/l%6fgin"]) {
        assert.equal(await routeOf(path), 3, path);
      }
    });

    it("finds nothing where no route leads", async () => {
      assert.equal(await routeOf("/"), 404);
      assert.equal(await routeOf("/other"), 404);
    });

    it("passes path and query on as the client wrote them", async () => {
      const target = "/api/a%20b/c;d=e?q=%2F..%2f&r=a+b";
      assert.equal(echoed(await edge.client.get(target)).url, target);
    });

    it("refuses hidden files however they are spelt, and lets nothing of it reach the upstream", async () => {
      const before = edge.upstream.seen.length;
      const hidden = [
        ...[
          "/.git/config",
          "/.env",
          "/api/.htaccess",
          "/%2egit/config",
          "/api/%2e%65nv",
          "/.well-known/.git",
          "//.git",
        ],
        ...["/a/..%2f.git", "/a/%2e%2e/.git/config", "/.well-known/../.git/config", "/.GIT/config", "/.well-knownx"],
      ];
      for (const path of hidden) {
        assert.ok([400, 404].includes(statusOf(await edge.client.raw(get(path)))), path);
      }
      assert.equal(edge.upstream.seen.length, before);
    });

    it("refuses paths that an upstream could read differently", async () => {
      const before = edge.upstream.seen.length;
      const ambiguous = [
        ...["/api/../secret", "/api/..", "/api/./x", "/api/x%2fy", "/api/x%2Fy", "/api/x%5cy", "/api/x\\y"],
        ...["/api/%2e%2e/secret", "/../../etc/passwd", "/api/..;/secret/..", "/api/x%00y", "/api/%c0%ae%2e/"],
      ];
      for (const path of ambiguous) assert.equal(statusOf(await edge.client.raw(get(path))), 400, path);
      assert.equal(edge.upstream.seen.length, before);
    });

    it("allows in a query what it refuses in a path", async () => {
      const target = "/api/x?next=%2F..%2f.git&y=/../%5c";
      assert.equal(echoed(await edge.client.get(target)).url, target);
    });

    it("refuses other methods, and says which there are", async () => {
      const { status, headers } = await edge.client.get("/api/x", {}, "PROPFIND");
      assert.equal(status, 405);
      assert.equal(headers.allow, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
      assert.equal((await edge.client.get("/api/x", {}, "TRACE")).status, 405);
      const tunnel = statusOf(await edge.client.raw(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
      assert.ok([400, 405].includes(tunnel), String(tunnel));
    });

    it("answers to no other name, wherever the request hides it", async () => {
      const before = edge.upstream.seen.length;
      for (const name of ["evil.test", `${host}.evil.test`, "127.0.0.1", `evil.test:443`, `x.${host}`]) {
        assert.equal(statusOf(await edge.client.raw(get("/api/x", name))), 421, name);
      }
      // The target's name counts, not the header's (RFC 9112, 3.2.2).
      assert.equal(statusOf(await edge.client.raw(get("https://evil.test/api/x"))), 421);
      for (const hosts of [
        "",
        "Host: a\r\nHost: b\r\n",
        `Host: ${host}\r\nHost: evil.test\r\n`,
        `Host: ${host} evil\r\n`,
        "Host:\r\n",
      ]) {
        const status = statusOf(await edge.client.raw(`GET /api/x HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`));
        assert.ok([400, 421].includes(status), `${JSON.stringify(hosts)} got ${status}`);
      }
      assert.equal(statusOf(await edge.client.raw("GET /api/x HTTP/1.0\r\n\r\n")), 421);
      assert.equal(edge.upstream.seen.length, before);
    });

    it("answers to its own name in any case, and with a port", async () => {
      for (const name of [host.toUpperCase(), `${host}:8443`, `${host}.`]) {
        assert.equal(statusOf(await edge.client.raw(get("/api/x", name))), 200, name);
      }
    });
  },
);
