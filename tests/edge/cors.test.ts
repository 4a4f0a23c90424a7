import assert from "node:assert/strict";
import { onEachNginx, usual, withSite } from "./support/suites.js";

const friend = "https://fleet.example.com";
const preflight = (origin: string, headers = {}) => ({
  method: "OPTIONS",
  path: "/api/echo",
  headers: { origin, "access-control-request-method": "PUT", ...headers },
});

onEachNginx(
  "CORS",
  withSite({
    cors: {
      allowOrigins: [friend, "http://localhost:5173"],
      allowMethods: ["GET", "PUT"],
      credentials: true,
      maxAgeSeconds: 60,
    },
  }),
  edge => {
    it("answers a preflight itself, with what is allowed", async () => {
      const before = edge.upstream.seen.length;
      const { status, headers } = await edge.client.ask(preflight(friend));
      assert.equal(status, 204);
      assert.equal(headers["access-control-allow-origin"], friend);
      assert.equal(headers["access-control-allow-methods"], "GET, PUT");
      assert.equal(headers["access-control-allow-headers"], "Authorization, Content-Type, X-Request-Id");
      assert.equal(headers["access-control-allow-credentials"], "true");
      assert.equal(headers["access-control-max-age"], "60");
      assert.equal(edge.upstream.seen.length, before);
    });

    it("needs no credential for a preflight where the request itself will need one", async () => {
      const { status } = await edge.client.ask({ ...preflight(friend), path: "/api/private/x" });
      assert.equal(status, 204);
    });

    it("lets allowed pages read answers, errors included, and names what they may read", async () => {
      for (const path of ["/api/echo", "/api/status/500", "/.hidden"]) {
        const { headers } = await edge.client.get(path, { origin: friend });
        assert.equal(headers["access-control-allow-origin"], friend, path);
        assert.equal(headers["access-control-allow-credentials"], "true", path);
        assert.equal(headers["access-control-expose-headers"], "X-Request-Id, Retry-After", path);
        assert.equal(headers["access-control-allow-methods"], undefined, path);
      }
    });

    it("allows no origin that only looks like an allowed one", async () => {
      const strangers = [
        ...["https://evil.test", "null", "http://fleet.example.com", `${friend}.evil.test`, `${friend}:8443`, "*"],
        ...["https://xfleet.example.com", "https://fleetxexample.com", `${friend}/`, `https://evil.test#${friend}`],
      ];
      for (const origin of strangers) {
        for (const asked of [preflight(origin), { path: "/api/echo", headers: { origin } }]) {
          const { headers } = await edge.client.ask(asked);
          const named = Object.keys(headers).filter(name => name.startsWith("access-control-"));
          assert.deepEqual(named, [], origin);
        }
      }
    });

    it("tells caches that the answer depends on the origin, with or without one", async () => {
      for (const headers of [{}, { origin: friend }, { origin: "https://evil.test" }]) {
        const answer = await edge.client.get("/api/echo", headers);
        assert.match(String(answer.headers.vary), /\bOrigin\b/);
      }
    });

    it("overrules an upstream that would let anybody in", async () => {
      const answer = await edge.client.get("/api/cors", { origin: "https://evil.test" });
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    });

    it("passes on an OPTIONS request that is no preflight", async () => {
      const before = edge.upstream.seen.length;
      const { status } = await edge.client.get("/api/echo", {}, "OPTIONS");
      assert.equal(status, 200);
      assert.equal(edge.upstream.seen.length, before + 1);
    });
  },
);

onEachNginx("no CORS", usual, edge => {
  it("allows no page of another origin anything", async () => {
    const { headers } = await edge.client.get("/api/echo", { origin: friend });
    assert.equal(headers["access-control-allow-origin"], undefined);
  });

  it("leaves it to the application, where the edge has no list of its own", async () => {
    const { headers } = await edge.client.get("/api/cors", { origin: friend });
    assert.equal(headers["access-control-allow-origin"], "*");
  });
});

onEachNginx(
  "CORS under attack",
  args => ({
    ...withSite({ cors: { allowOrigins: [friend] } })(args),
    limits: { address: { perMinute: 1, burst: 2 } },
  }),
  edge => {
    it("limits preflights per address like everything else", async () => {
      const statuses = [];
      for (let n = 0; n < 5; n++) statuses.push((await edge.client.ask(preflight(friend))).status);
      assert.deepEqual(statuses, [204, 204, 204, 429, 429]);
    });
  },
);
