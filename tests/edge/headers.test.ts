import assert from "node:assert/strict";
import { tellingHeaders } from "../../components/edge/hiddenHeaders.js";
import type { Answer } from "./support/client.js";
import { onEachNginx, usual, withSite } from "./support/suites.js";

/** What the OWASP Secure Headers Project asks for on every answer, as a check of each value. */
const expected: Record<string, RegExp> = {
  "content-security-policy": /^default-src 'self'; .*frame-ancestors 'none'; object-src 'none'/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "x-permitted-cross-domain-policies": /^none$/,
  "referrer-policy": /^no-referrer$/,
  "permissions-policy": /camera=\(\).*geolocation=\(\)/,
  "cross-origin-embedder-policy": /^require-corp$/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "cache-control": /./,
  "x-request-id": /^[0-9a-f]{32}$/,
};

function assertSecure(answer: Answer, overTls: boolean): void {
  for (const [name, value] of Object.entries(expected)) {
    assert.match(String(answer.headers[name]), value, name);
    assert.equal(answer.count(name), 1, `${name} stands ${answer.count(name)} times`);
  }
  const hsts = answer.headers["strict-transport-security"];
  assert.equal(hsts, overTls ? "max-age=63072000; includeSubDomains" : undefined);
  assert.equal(answer.headers.server, "nginx", "the version is told");
}

onEachNginx("security headers", usual, edge => {
  const answers: [title: string, status: number, ask: () => Promise<Answer>][] = [
    ["an answer of the upstream", 200, () => edge.client.get("/api/echo")],
    [
      "an answer through the second hop",
      200,
      () => edge.client.get("/api/echo", { authorization: "Bearer token-of-alice" }),
    ],
    ["an error of the upstream", 500, () => edge.client.get("/api/status/500")],
    ["a page the upstream does not find", 404, () => edge.client.get("/api/status/404")],
    ["a redirect of the upstream", 302, () => edge.client.get("/api/redirect")],
    ["an empty answer", 204, () => edge.client.get("/api/status/204")],
    ["an answer to HEAD", 200, () => edge.client.get("/api/echo", {}, "HEAD")],
    ["a hidden file", 404, () => edge.client.get("/.git/config")],
    ["a refused credential", 401, () => edge.client.get("/api/echo", { authorization: "Bearer forged" })],
    ["a refused method", 405, () => edge.client.get("/", {}, "TRACE")],
    ["an ambiguous path", 400, () => edge.client.get("/a%2fb")],
    ["a null byte", 400, () => edge.client.get("/a%00b")],
    [
      "a body that is too large",
      413,
      () => edge.client.ask({ method: "POST", path: "/upload", body: Buffer.alloc(5000) }),
    ],
    ["a header that is too large", 431, () => edge.client.get("/", { "x-large": "x".repeat(9000) })],
    ["an address that is too long", 414, () => edge.client.get(`/${"a".repeat(9000)}`)],
    [
      "another name on this connection",
      421,
      () => edge.client.ask({ servername: "app.flowmarine.test", host: "other.test" }),
    ],
    ["an upstream that is gone", 502, () => edge.client.get("/gone")],
    ["a static file", 200, () => edge.client.get("/assets/app.js")],
    ["a health check", 200, () => edge.client.get("/healthz")],
    [
      "a WebSocket from a foreign page",
      403,
      () => edge.client.upgrade({ headers: { origin: "https://evil.test" } }) as Promise<Answer>,
    ],
  ];
  for (const [title, status, ask] of answers) {
    it(`are on ${title} (${status})`, async () => {
      const answer = await ask();
      assert.equal(answer.status, status);
      assertSecure(answer, true);
    });
  }

  const plain: [title: string, status: number, ask: () => Promise<Answer>][] = [
    ["the redirect to HTTPS", 308, () => edge.client.plain({ path: "/x" })],
    ["a name that is not served", 421, () => edge.client.plain({ host: "other.test" })],
    ["a health check", 200, () => edge.client.plain({ path: "/healthz" })],
  ];
  for (const [title, status, ask] of plain) {
    it(`are on ${title} (${status}) over plain HTTP, but for HSTS, which is forbidden there`, async () => {
      const answer = await ask();
      assert.equal(answer.status, status);
      assertSecure(answer, false);
    });
  }

  it("stand alone: the upstream's own copies, and what tells its make, do not get through", async () => {
    const answer = await edge.client.get("/api/telling");
    assert.equal(answer.status, 200);
    assertSecure(answer, true);
    const told = tellingHeaders.filter(name => answer.headers[name.toLowerCase()] !== undefined);
    assert.deepEqual(told, []);
  });

  it("are on every answer over HTTP/2 too", async () => {
    const { headers } = await edge.client.http2("/.env");
    assert.equal(headers[":status"], 404);
    for (const [name, value] of Object.entries(expected)) assert.match(String(headers[name]), value, name);
  });
});

onEachNginx(
  "security headers by choice",
  withSite({
    headers: {
      hsts: { preload: true },
      contentSecurityPolicy: {
        "img-src": ["'self'", "data:", "https://tiles.example.com"],
        "frame-ancestors": ["'self'"],
      },
      permissionsPolicy: { geolocation: ["self", "https://maps.example.com"] },
      frameOptions: "SAMEORIGIN",
      referrerPolicy: "same-origin",
      crossOriginEmbedderPolicy: "credentialless",
      crossOriginOpenerPolicy: "same-origin-allow-popups",
      crossOriginResourcePolicy: "same-site",
    },
  }),
  edge => {
    it("say what was chosen, and keep the rest strict", async () => {
      const { headers } = await edge.client.get("/api/echo");
      assert.equal(headers["strict-transport-security"], "max-age=63072000; includeSubDomains; preload");
      assert.equal(
        headers["content-security-policy"],
        "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; object-src 'none'; " +
          "upgrade-insecure-requests; img-src 'self' data: https://tiles.example.com",
      );
      assert.match(
        String(headers["permissions-policy"]),
        /camera=\(\).*geolocation=\(self "https:\/\/maps\.example\.com"\)/,
      );
      assert.equal(headers["x-frame-options"], "SAMEORIGIN");
      assert.equal(headers["referrer-policy"], "same-origin");
      assert.equal(headers["cross-origin-embedder-policy"], "credentialless");
      assert.equal(headers["cross-origin-opener-policy"], "same-origin-allow-popups");
      assert.equal(headers["cross-origin-resource-policy"], "same-site");
    });
  },
);
