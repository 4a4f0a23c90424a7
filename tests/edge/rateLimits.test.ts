import assert from "node:assert/strict";
import fc from "fast-check";
import type { EdgeConfArgs } from "../../components/edge/edgeConfArgs.js";
import { share } from "../../components/edge/rateLimits.js";
import type { Asked } from "./support/client.js";
import type { Edge } from "./support/edge.js";
import { generous } from "./support/edge.js";
import { onEachNginx } from "./support/suites.js";

/** One request a minute: within a test, what is granted is the burst and one more. */
const slow = (burst: number) => ({ perMinute: 1, burst });

/** How many of so many equal requests were granted, and the last refusal. */
async function granted(edge: Edge, times: number, asked: (n: number) => Asked) {
  let passed = 0;
  let refusal: Awaited<ReturnType<Edge["client"]["ask"]>> | undefined;
  for (let n = 0; n < times; n++) {
    const answer = await edge.client.ask(asked(n));
    if (answer.status === 429) refusal = answer;
    else passed++;
  }
  return { passed, refusal };
}

type Granted = Awaited<ReturnType<typeof granted>>;

/** The last refusal, where there must have been one. */
function refused({ refusal }: Granted): NonNullable<Granted["refusal"]> {
  assert.ok(refusal, "nothing was refused");
  return refusal;
}

const behindProxy = { trustedProxies: { ranges: ["127.0.0.0/8"] } };
const from = (address: string, more = {}) => ({ path: "/api/echo", headers: { "x-forwarded-for": address, ...more } });

onEachNginx(
  "limits per address",
  args => ({ ...args, ...behindProxy, limits: { address: slow(2) } }),
  edge => {
    it("grant the rate and the burst, then 429 with Retry-After", async () => {
      const result = await granted(edge, 6, () => from("192.0.2.1"));
      const { passed } = result;
      const refusal = refused(result);
      assert.equal(passed, 3);
      assert.equal(refusal.headers["retry-after"], "60");
      assert.equal(refusal.headers["cache-control"], "no-store, max-age=0");
    });

    it("hold whatever tokens are invented, and ask the application about none beyond them", async () => {
      const before = edge.upstream.verified;
      const { passed } = await granted(edge, 6, n => from("192.0.2.2", { authorization: `Bearer invented-${n}` }));
      assert.equal(passed, 3);
      assert.equal(edge.upstream.verified, before + 3);
    });

    it("hold for a user whose own limit would allow more", async () => {
      const { passed } = await granted(edge, 6, () => from("192.0.2.3", { authorization: "Bearer token-of-alice" }));
      assert.equal(passed, 3);
    });

    it("keep addresses apart", async () => {
      const { passed } = await granted(edge, 6, n => from(`192.0.2.${100 + n}`));
      assert.equal(passed, 6);
    });

    it("take an IPv6 network of 64 bits for one client, also where its bytes are line feeds", async () => {
      const within = await granted(edge, 6, n => from(`2001:db8:a0a:a0a::${n + 1}`));
      assert.equal(within.passed, 3);
      const over = await granted(edge, 6, n => from(`2001:db8:1:${n + 1}::1`));
      assert.equal(over.passed, 6);
    });

    it("hold for static files, unknown paths and WebSockets alike", async () => {
      const paths = ["/assets/a", "/ws", "/nowhere", "/downloads/b"];
      const { passed } = await granted(edge, 6, n => ({ ...from("192.0.2.4"), path: paths[n % 4]! }));
      assert.equal(passed, 3);
    });
  },
);

onEachNginx(
  "the stricter limit of logins",
  args => ({ ...args, limits: { ...generous, login: { perMinute: 6, burst: 1 } } }),
  edge => {
    it("grants far fewer than elsewhere, and says when to come back", async () => {
      const login = { method: "POST", path: "/api/auth/login", body: "{}" };
      const result = await granted(edge, 6, () => login);
      const { passed } = result;
      const refusal = refused(result);
      assert.equal(passed, 2);
      assert.equal(refusal.headers["retry-after"], "10");
      assert.equal((await granted(edge, 6, () => ({ path: "/api/echo" }))).passed, 6);
    });

    it("counts other spellings of the same path", async () => {
      const spellings = ["/API/auth/login", "/api/auth/login/", "/api//auth/login", "/api/auth/l%6Fgin"];
      const { passed } = await granted(edge, 4, n => ({ path: spellings[n]! }));
      assert.equal(passed, 0);
    });
  },
);

const tiers = { standard: slow(1), pro: slow(3) };

onEachNginx(
  "limits per user",
  args => ({ ...args, limits: { ...generous, tiers } }),
  edge => {
    const asUser = (user: string) => (): Asked => ({
      path: "/api/echo",
      headers: { authorization: `Bearer token-of-${user}` },
    });

    it("are those of the verified tier, then 429 with Retry-After and all headers", async () => {
      const result = await granted(edge, 7, asUser("alice"));
      const { passed } = result;
      const refusal = refused(result);
      assert.equal(passed, 4);
      assert.equal(refusal.headers["retry-after"], "60");
      assert.equal(refusal.headers["x-frame-options"], "DENY");
      assert.equal(refusal.headers["cache-control"], "no-store, max-age=0");
      const { status, requestId } = JSON.parse(String(refusal.body)) as { status: number; requestId: string };
      assert.deepEqual([status, requestId], [429, refusal.headers["x-request-id"]]);
    });

    it("keep users apart, and count a user once for bearer token and API key", async () => {
      const byToken = await granted(edge, 1, asUser("bob"));
      const byKey = await granted(edge, 4, () => ({ path: "/api/echo", headers: { "x-api-key": "token-of-bob" } }));
      assert.equal(byToken.passed + byKey.passed, 2);
      assert.equal((await granted(edge, 2, asUser("carol"))).passed, 2);
    });

    it("are the default tier's for a tier nobody has heard of", async () => {
      assert.equal((await granted(edge, 5, asUser("dave"))).passed, 2);
    });

    it("do not hold for who is nobody: only his address is limited", async () => {
      assert.equal((await granted(edge, 8, () => ({ path: "/api/echo" }))).passed, 8);
    });

    it("believe no tier or user that the client states", async () => {
      const forged = { "x-edge-user": "nobody", "x-edge-tier": "pro", "x-auth-user": "x", "x-auth-tier": "pro" };
      const asked = (n: number) => ({
        path: "/api/echo",
        headers: { authorization: "Bearer token-of-carol", ...forged, "x-edge-user": `nobody-${n}` },
      });
      assert.equal((await granted(edge, 4, asked)).passed, 0);
    });
  },
);

const twoReplicas = (args: EdgeConfArgs): EdgeConfArgs => ({
  ...args,
  maxReplicas: 2,
  limits: { address: { perMinute: 2, burst: 6 }, connectionsPerAddress: 4 },
});

onEachNginx("the share of one of two replicas", twoReplicas, edge => {
  it("is half of what is declared for the whole edge", async () => {
    assert.equal((await granted(edge, 8, () => ({ path: "/assets/x" }))).passed, 4);
  });
});

onEachNginx(
  "open requests per address",
  args => ({ ...args, limits: { ...generous, connectionsPerAddress: 2 } }),
  edge => {
    it("are limited, and free again when they are answered", async () => {
      const held = [edge.client.get("/hold"), edge.client.get("/hold")];
      const { until } = await import("./support/poll.js");
      await until("two requests to be held", () => (edge.upstream.holding === 2 ? true : undefined));
      assert.equal((await edge.client.get("/assets/x")).status, 429);
      edge.upstream.release();
      assert.deepEqual(
        (await Promise.all(held)).map(({ status }) => status),
        [200, 200],
      );
      assert.equal((await edge.client.get("/assets/x")).status, 200);
    });
  },
);

describe("a replica's share", () => {
  it("never sums up to more than what is declared, and wastes less than one request a minute each", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6_000_000 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1000 }),
        (perMinute, burst, replicas) => {
          fc.pre(perMinute >= replicas);
          const each = share("limits.x", { perMinute, burst }, replicas);
          assert.ok(each.perMinute * replicas <= perMinute && (each.perMinute + 1) * replicas > perMinute);
          assert.ok(each.burst * replicas <= burst);
          assert.ok(each.retryAfterSeconds * each.perMinute >= 60);
        },
      ),
    );
  });

  it("refuses a rate that cannot be divided, naming it", () => {
    assert.throws(() => share("limits.login", { perMinute: 2, burst: 1 }, 3), {
      name: "RangeError",
      message: "limits.login.perMinute must be at least 1 for each of 3 replicas, got 2",
    });
  });
});
