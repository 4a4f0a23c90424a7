import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { EdgeConfArgs } from "../../components/edge/edgeConfArgs.js";
import { requireProgram } from "../support/programs.js";
import { Authority } from "./support/certificates.js";
import { echoed } from "./support/client.js";
import { apiHost, host } from "./support/edge.js";
import { until } from "./support/poll.js";
import { onEachNginx, usual, withSite } from "./support/suites.js";
import { UpstreamServer } from "./support/upstream.js";

const late = "late.flowmarine.svc.cluster.local";

onEachNginx(
  "an upstream's name",
  args => ({
    ...withSite({ routes: [{ path: "/", upstream: "late" }] })(args),
    upstreams: {
      ...args.upstreams,
      late: { ...args.upstreams["api"]!, host: late, tls: { ca: args.upstreams["api"]!.tls!.ca, serverName: apiHost } },
    },
  }),
  edge => {
    it("may be unknown when nginx starts: it answers 502, and serves once the name is there", async () => {
      assert.equal((await edge.client.get("/x")).status, 502);
      edge.dns.addresses.set(late, "127.0.0.1");
      await until(
        "the name to be resolved",
        async () => ((await edge.client.get("/x")).status === 200 ? true : undefined),
        30,
      );
    });

    it("may move: the new address is found without a reload", async () => {
      edge.dns.addresses.set(late, "127.0.0.2");
      await until(
        "the old address to be forgotten",
        async () => ((await edge.client.get("/x")).status === 502 ? true : undefined),
        30,
      );
      edge.dns.addresses.set(late, "127.0.0.1");
      await until(
        "the new address to be found",
        async () => ((await edge.client.get("/x")).status === 200 ? true : undefined),
        30,
      );
    });
  },
);

onEachNginx("TLS to an upstream", usual, edge => {
  it("names the upstream (SNI), and the original host in the request", async () => {
    assert.equal(echoed(await edge.client.get("/assets/x")).headers.host, host);
  });

  it("is refused when the certificate is another authority's", async function () {
    const stranger = new Authority(requireProgram(this, "openssl"), edge.folder.path, "stranger-ca");
    await impostor(stranger, apiHost);
  });

  it("is refused when the certificate is for another name", async function () {
    const folder = edge.folder.path;
    const inner = Authority.reopen(requireProgram(this, "openssl"), folder, "cluster-ca");
    await impostor(inner, "worker.flowmarine.svc.cluster.local");
  });

  /** Puts a server with this certificate in the upstream's place, and expects nothing to get through to it. */
  async function impostor(authority: Authority, name: string): Promise<void> {
    const issued = authority.issue("impostor", name);
    await edge.upstream.stop();
    const other = new UpstreamServer(issued, readFileSync(issued.key));
    await other.start(edge.upstreamPort);
    try {
      const { status } = await edge.client.get("/assets/x?token=1", { authorization: "Bearer token-of-alice" });
      assert.equal(status, 502);
      assert.deepEqual(other.seen, []);
    } finally {
      await other.stop();
      const real = Authority.reopen(authority.openssl, edge.folder.path, "cluster-ca").issue("api", apiHost);
      edge.upstream = new UpstreamServer(real, readFileSync(join(edge.folder.path, "api.key")));
      await edge.upstream.start(edge.upstreamPort);
      assert.equal((await edge.client.get("/assets/x")).status, 200);
    }
  }
});

onEachNginx("connections to an upstream by address", byAddress, edge => {
  it("are kept between requests of different clients", async () => {
    const numbers = [];
    for (let n = 0; n < 4; n++) numbers.push(echoed(await edge.client.get("/assets/x")).connection);
    assert.equal(new Set(numbers).size, 1, numbers.join(" "));
  });

  it("that the upstream closed meanwhile cost no request", async () => {
    await edge.client.get("/assets/x");
    edge.upstream.hangUp();
    assert.equal((await edge.client.get("/assets/x")).status, 200);
  });
});

/** Where connections are kept with every version: before 1.27.3 nginx keeps none to a name that it resolves at run time. */
function byAddress(args: EdgeConfArgs): EdgeConfArgs {
  const api = args.upstreams["api"]!;
  return {
    ...args,
    upstreams: { ...args.upstreams, api: { ...api, host: "127.0.0.1", tls: { ...api.tls!, serverName: apiHost } } },
  };
}

describe("ACME challenges", () => {
  const asked: IncomingMessage[] = [];
  const solver = createServer((request, response) => {
    asked.push(request);
    response.end("key-authorization");
  });
  let port = 0;
  before(async () => {
    await new Promise<void>(resolve => solver.listen(0, "127.0.0.1", resolve));
    port = (solver.address() as AddressInfo).port;
  });
  after(() => solver.close());

  onEachNginx(
    "reach the solver",
    args => ({
      ...args,
      upstreams: { ...args.upstreams, solver: { host: "127.0.0.1", port } },
      acmeUpstream: "solver",
    }),
    edge => {
      const path = "/.well-known/acme-challenge/a-token_1";

      it("over plain HTTP, without a redirect, by the name that is to be certified", async () => {
        const answer = await edge.client.plain({ path });
        assert.deepEqual([answer.status, answer.body.toString()], [200, "key-authorization"]);
        assert.deepEqual([asked.at(-1)?.url, asked.at(-1)?.headers.host], [path, host]);
      });

      it("over HTTPS too", async () => {
        assert.equal((await edge.client.get(path)).body.toString(), "key-authorization");
      });

      it("for no name that is not served, and no path besides", async () => {
        const before = asked.length;
        assert.equal((await edge.client.plain({ path, host: "evil.test" })).status, 421);
        assert.equal((await edge.client.plain({ path: "/.well-known/acme-challenge/../../x" })).status, 308);
        assert.equal((await edge.client.plain({ path: "/.well-known/other" })).status, 308);
        assert.equal(asked.length, before);
      });
    },
  );
});
