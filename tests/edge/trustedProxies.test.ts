import assert from "node:assert/strict";
import { BlockList, isIPv4 } from "node:net";
import { cloudflareRanges } from "../../components/edge/cloudflare.js";
import { echoed } from "./support/client.js";
import { onEachNginx, usual } from "./support/suites.js";

const given = "0123456789abcdef-from.proxy_1";

onEachNginx(
  "a trusted proxy",
  args => ({ ...args, trustedProxies: { ranges: ["127.0.0.0/8", "198.51.100.0/24", "2001:db8::/32"] } }),
  edge => {
    const seenWith = async (headers: Record<string, string>) =>
      echoed(await edge.client.get("/assets/x", headers)).headers;

    it("is believed what the client's address is, and the upstream hears that one only", async () => {
      const seen = await seenWith({ "x-forwarded-for": "192.0.2.7" });
      assert.deepEqual([seen["x-forwarded-for"], seen["x-real-ip"]], ["192.0.2.7", "192.0.2.7"]);
    });

    it("may be one of a chain: what stands left of the first stranger is the client's invention", async () => {
      assert.equal(
        (await seenWith({ "x-forwarded-for": "10.0.0.1, 192.0.2.7, 198.51.100.9" }))["x-real-ip"],
        "192.0.2.7",
      );
      assert.equal((await seenWith({ "x-forwarded-for": "192.0.2.8, 2001:db8::1" }))["x-real-ip"], "192.0.2.8");
    });

    it("loses its word with an address that is none", async () => {
      for (const nonsense of ["unknown", "192.0.2.999", "' OR 1=1", "192.0.2.7;evil"]) {
        assert.equal((await seenWith({ "x-forwarded-for": nonsense }))["x-real-ip"], "127.0.0.1", nonsense);
      }
    });

    it("may give a request its id, which goes to the upstream, back, and into the log", async () => {
      const answer = await edge.client.get("/assets/x", { "x-request-id": given });
      assert.equal(answer.headers["x-request-id"], given);
      assert.equal(echoed(answer).headers["x-request-id"], given);
      assert.equal((await edge.nginx.logged(given))["path"], "/assets/x");
    });

    it("cannot give it a malformed one", async () => {
      const malformed = [
        "short",
        "x".repeat(129),
        "0123456789abcdef 0123",
        '0123456789abcdef"}',
        "0123456789abcdef\\u0000",
        "ä".repeat(20),
      ];
      for (const id of malformed) {
        const { headers } = await edge.client.get("/assets/x", { "x-request-id": Buffer.from(id).toString("latin1") });
        assert.match(String(headers["x-request-id"]), /^[0-9a-f]{32}$/, id);
      }
    });

    it("is named in the log beside the client", async () => {
      const { headers } = await edge.client.get("/assets/x", { "x-forwarded-for": "192.0.2.7" });
      const line = await edge.nginx.logged(String(headers["x-request-id"]));
      assert.deepEqual([line["client"], line["peer"]], ["192.0.2.7", "127.0.0.1"]);
    });
  },
);

onEachNginx("no trusted proxy", usual, edge => {
  it("means that nobody can claim another address", async () => {
    const claims = {
      "x-forwarded-for": "192.0.2.7",
      "x-real-ip": "192.0.2.7",
      "cf-connecting-ip": "192.0.2.7",
      forwarded: "for=192.0.2.7",
      "true-client-ip": "192.0.2.7",
      "x-client-ip": "192.0.2.7",
    };
    const { headers } = echoed(await edge.client.get("/assets/x", claims));
    assert.deepEqual(
      Object.entries(headers).filter(([, value]) => String(value).includes("192.0.2.7")),
      [],
    );
    assert.equal(headers["x-forwarded-for"], "127.0.0.1");
  });

  it("means that nobody can name his request", async () => {
    const { headers } = await edge.client.get("/assets/x", { "x-request-id": given });
    assert.match(String(headers["x-request-id"]), /^[0-9a-f]{32}$/);
  });

  it("means that nobody can pretend to have come over another scheme, host or path", async () => {
    const claims = {
      "x-forwarded-proto": "http",
      "x-forwarded-host": "evil.test",
      "x-original-url": "/admin",
      "x-rewrite-url": "/admin",
      proxy: "http://evil.test",
    };
    const { headers } = echoed(await edge.client.get("/assets/x", claims));
    assert.equal(headers["x-forwarded-proto"], "https");
    assert.equal(headers["x-forwarded-host"], "app.flowmarine.test");
    for (const name of ["x-original-url", "x-rewrite-url", "proxy"]) assert.equal(headers[name], undefined, name);
  });
});

onEachNginx(
  "Cloudflare in front",
  args => ({ ...args, trustedProxies: { ranges: "cloudflare" } }),
  edge => {
    it("is believed from its own addresses only, which loopback is not", async () => {
      const { headers } = echoed(await edge.client.get("/assets/x", { "cf-connecting-ip": "192.0.2.7" }));
      assert.equal(headers["x-real-ip"], "127.0.0.1");
    });
  },
);

onEachNginx(
  "Cloudflare's header",
  args => ({ ...args, trustedProxies: { ranges: ["127.0.0.1/32"], header: "CF-Connecting-IP" } }),
  edge => {
    it("counts, and X-Forwarded-For does not", async () => {
      const { headers } = echoed(
        await edge.client.get("/assets/x", { "cf-connecting-ip": "192.0.2.7", "x-forwarded-for": "192.0.2.8" }),
      );
      assert.equal(headers["x-real-ip"], "192.0.2.7");
      assert.equal(headers["cf-connecting-ip"], undefined);
    });
  },
);

describe("Cloudflare's ranges", () => {
  const trusted = new BlockList();
  for (const range of cloudflareRanges) {
    const [address = "", prefix] = range.split("/");
    trusted.addSubnet(address, Number(prefix), isIPv4(address) ? "ipv4" : "ipv6");
  }
  const includes = (address: string) => trusted.check(address, isIPv4(address) ? "ipv4" : "ipv6");

  it("hold addresses that Cloudflare is known to answer from", () => {
    for (const address of ["104.16.132.229", "172.67.1.1", "162.159.200.1", "2606:4700::6810:84e5"])
      assert.ok(includes(address), address);
  });

  it("hold no other networks, least of all private ones", () => {
    for (const address of [
      "1.1.1.1",
      "8.8.8.8",
      "10.0.0.1",
      "127.0.0.1",
      "192.168.1.1",
      "104.32.0.1",
      "fd00::1",
      "2001:db8::1",
    ]) {
      assert.ok(!includes(address), address);
    }
  });
});
