import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";
import { nginxConf } from "../../components/edge/nginxConf.js";
import { requireProgram } from "../support/programs.js";
import { Authority } from "./support/certificates.js";
import { Client, echoed } from "./support/client.js";
import { Edge, host, nginxNames } from "./support/edge.js";
import { account, scratchFolder } from "./support/folders.js";
import { Nginx, programAt } from "./support/nginx.js";
import { until } from "./support/poll.js";
import { freePorts } from "./support/ports.js";
import { onEachNginx, usual } from "./support/suites.js";

/** Serial number of the certificate that is served to new connections. */
function served(edge: Edge): Promise<string> {
  const { httpsPort: port, ca } = edge.client;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, ca, servername: host }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.end();
    });
    socket.once("error", reject);
  });
}

/** Waits until the certificate in the file is served, and by no old worker any more, which may still accept for a moment. */
async function settled(edge: Edge): Promise<void> {
  const expected = new X509Certificate(readFileSync(edge.certificate.certificate)).serialNumber;
  let inARow = 0;
  const check = async () => {
    inARow = (await served(edge)) === expected ? inARow + 1 : 0;
    return inARow >= 5 || undefined;
  };
  await until("the new certificate", check, 45).catch((error: unknown) => {
    assert.fail(`${String(error)}\n${edge.nginx.output().slice(-2000)}`);
  });
}

const events = (edge: Edge) => edge.nginx.lines().flatMap(({ event }) => (typeof event === "string" ? [event] : []));

onEachNginx("a renewed certificate", usual, edge => {
  it("is served to new connections, while an open WebSocket lives on and no request fails", async () => {
    const before = await served(edge);
    const socket = await edge.client.upgrade({});
    assert.ok("write" in socket);
    edge.authority.issue("edge", host);
    await until(
      "the new certificate",
      async () => {
        assert.equal((await edge.client.get("/assets/x")).status, 200);
        return (await served(edge)) !== before || undefined;
      },
      45,
    );
    await settled(edge);
    assert.equal(socket.destroyed, false);
    socket.destroy();
    await until("the event to be logged", () => events(edge).includes("certificates reloaded") || undefined);
  });

  it("that is broken leaves the old one in service, and is reported", async () => {
    const before = await served(edge);
    writeFileSync(edge.certificate.certificate, "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n");
    await until("the refusal", () => events(edge).includes("certificates refused, the old ones stay") || undefined);
    assert.equal(await served(edge), before);
  });

  it("whose key does not fit, as halfway through a renewal, is not served either", async function () {
    const before = await served(edge);
    const other = new Authority(requireProgram(this, "openssl"), edge.folder.path, "other-ca").issue("half", host);
    writeFileSync(edge.certificate.certificate, other.pem);
    const refusals = () => (edge.nginx.output().match(/key values mismatch/g) ?? []).length;
    await until("the refusal", () => refusals() > 0 || undefined);
    assert.equal(await served(edge), before);
  });

  it("is served as soon as it is whole again", async () => {
    edge.authority.issue("edge", host);
    await settled(edge);
  });

  it("leaves the limits per user in force: their sockets survive the reload", async () => {
    const seen = echoed(await edge.client.get("/api/echo", { authorization: "Bearer token-of-alice" }));
    assert.equal(seen.headers["x-edge-user"], "alice");
  });
});

for (const name of nginxNames) {
  describe(`stopping (${name})`, () => {
    let edge: Edge;
    beforeEach(function () {
      edge = new Edge();
      return edge.start(this, name);
    });
    afterEach(() => edge.stop());

    for (const signal of ["SIGTERM", "SIGQUIT", "SIGINT"] as const) {
      it(`on ${signal} answers what has begun, and ends with 0`, async () => {
        const held = edge.client.get("/hold");
        await until("the request to arrive", () => edge.upstream.holding === 1 || undefined);
        edge.nginx.signal(signal);
        await until("the workers to be told", () => leaving(edge) || undefined);
        edge.upstream.release();
        assert.equal((await held).body.toString(), "held\n");
        assert.equal(await edge.nginx.ended(), 0);
      });
    }

    it("answers a request that was still being sent, and has yet to pass through nginx a second time", async () => {
      const body = "a".repeat(20);
      const socket = await edge.client.connect();
      const answer = new Promise<string>(resolve => {
        let text = "";
        socket.on("data", (data: Buffer) => (text += data.toString())).once("close", () => resolve(text));
      });
      socket.write(
        `POST /api/echo HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer token-of-alice\r\n` +
          `content-length: ${body.length}\r\n\r\n${body.slice(10)}`,
      );
      await until("the request to have been verified", () => edge.upstream.verified > 0 || undefined);
      edge.nginx.signal("SIGTERM");
      await until("the workers to be told", () => leaving(edge) || undefined);
      socket.write(body.slice(10));
      assert.match(await answer, /^HTTP\/1\.1 200 /);
      assert.equal(await edge.nginx.ended(), 0);
    });

    it("ends at once although a renewal has left a certificate that it cannot load", async () => {
      writeFileSync(edge.certificate.certificate, "");
      const { master } = edge.nginx.pids();
      edge.nginx.signal("SIGTERM");
      assert.equal(await edge.nginx.ended(), 0);
      // What only tested the certificate is another process.
      assert.match(edge.nginx.output(), /\[emerg\] \d+#/);
      assert.ok(!edge.nginx.output().includes(`[emerg] ${master}#`));
    });

    it("ends when nginx does, with its code, so that the container is started again", async () => {
      await edge.nginx.kill();
      assert.equal(await edge.nginx.ended(), 137);
    });

    it("starts again on what a killed predecessor left behind", async () => {
      await edge.nginx.kill();
      const sockets = readdirSync(join(edge.folder.path, "state")).filter(file => file.endsWith(".sock"));
      assert.deepEqual(sockets, ["api.sock"]);
      await edge.nginx.start(edge.client.httpsPort);
      const seen = echoed(
        await until("the second hop", async () => {
          const answer = await edge.client
            .get("/api/echo", { authorization: "Bearer token-of-alice" })
            .catch(() => undefined);
          return answer?.status === 200 ? answer : undefined;
        }),
      );
      assert.equal(seen.headers["x-edge-user"], "alice");
    });
  });

  describe(`leaving the load balancer (${name})`, () => {
    const edge = new Edge();
    before(function () {
      return edge.start(this, name, 2);
    });
    after(() => edge.stop());

    it("goes on serving for a while after SIGTERM, because some still send", async () => {
      edge.nginx.signal("SIGTERM");
      const { script } = edge.nginx.pids();
      await until("the script to have seen the signal", () => children(script).includes("sleep 2") || undefined);
      assert.equal((await edge.client.get("/assets/x")).status, 200);
      assert.equal(await edge.nginx.ended(), 0);
    });
  });
}

/** Whether workers end what they have. */
const leaving = (edge: Edge) => children(edge.nginx.pids().master).some(title => title.endsWith("is shutting down"));

/** Command lines of a process's children. */
function children(pid: number): string[] {
  const of = (file: string) => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return "";
    }
  };
  return of(`/proc/${pid}/task/${pid}/children`)
    .split(" ")
    .filter(Boolean)
    .map(child => of(`/proc/${child}/cmdline`).split("\0").join(" ").trim());
}

onEachNginx("in a hardened container", usual, edge => {
  it("runs as a user above 10000, all its processes", function () {
    if (account.uid === undefined) this.skip();
    const { script, master } = edge.nginx.pids();
    const workers = readFileSync(`/proc/${master}/task/${master}/children`, "utf8").trim().split(" ").map(Number);
    for (const pid of [script, master, ...workers]) assert.equal(statSync(`/proc/${pid}`).uid, account.uid);
  });

  it("writes to its state folder only, even while it buffers a large body and a large answer", async () => {
    const marker = join(edge.folder.path, "marker");
    writeFileSync(marker, "");
    await edge.client.ask({ method: "POST", path: "/assets/x", body: Buffer.alloc(900_000) });
    await edge.client.get("/api/big");
    assert.ok(existsSync(join(edge.folder.path, "state/client_body")));
    const written = execFileSync(
      "find",
      [
        edge.folder.path,
        "/var/log/nginx",
        "/var/lib/nginx",
        "/run",
        "-newer",
        marker,
        "-type",
        "f",
        "-user",
        String(account.uid ?? process.getuid?.()),
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    )
      .toString()
      .split("\n")
      .filter(
        file =>
          file !== "" &&
          !file.startsWith(join(edge.folder.path, "state")) &&
          file !== edge.nginx.log &&
          file !== marker,
      );
    assert.deepEqual(written, []);
  });
});

describe("stub_status", () => {
  const edge = new Edge();
  before(function () {
    return edge.start(this, "nginx");
  });
  after(() => edge.stop());

  it("is there for the exporter beside nginx, with nothing else", async () => {
    const ask = (path: string) =>
      new Promise<[number, string]>((resolve, reject) => {
        const asked = request({ host: "127.0.0.1", port: edge.statusPort, path, agent: false }, response => {
          let text = "";
          response.on("data", (chunk: Buffer) => {
            text += chunk.toString();
          });
          response.on("end", () => resolve([response.statusCode ?? 0, text]));
        });
        asked.once("error", reject).end();
      });
    const [status, text] = await ask("/stub_status");
    assert.equal(status, 200);
    assert.match(text, /^Active connections: \d+/);
    assert.equal((await ask("/"))[0], 404);
  });

  it("is not reachable through the public ports", async () => {
    assert.doesNotMatch((await edge.client.get("/stub_status")).body.toString(), /Active connections/);
    assert.equal((await edge.client.plain({ path: "/stub_status" })).status, 308);
  });
});

describe("metrics", () => {
  const exporter = createServer((_, response) => response.end("nginx_up 1\n"));
  let port = 0;
  const edge: Edge = new Edge(args => ({
    ...args,
    metrics: {
      port,
      exporterPort: (exporter.address() as AddressInfo).port,
      certificate: { certificate: edge.certificate.certificate, key: edge.certificate.key },
    },
  }));
  before(async function () {
    await new Promise<void>(resolve => exporter.listen(0, "127.0.0.1", resolve));
    [port = 0] = await freePorts(1);
    await edge.start(this, "nginx");
  });
  after(async () => {
    await edge.stop();
    exporter.close();
  });

  it("are the exporter's, over TLS that is renewed with the rest, and nothing else is on that port", async () => {
    const client = new Client(port, 0, edge.authority.ca.pem, host);
    const { status, body } = await client.get("/metrics");
    assert.deepEqual([status, body.toString()], [200, "nginx_up 1\n"]);
    assert.equal((await client.get("/debug/pprof/")).status, 404);
    assert.equal((await client.get("/metrics", {}, "POST")).status, 403);
  });
});

for (const name of nginxNames) {
  describe(`the pod's resolv.conf (${name})`, () => {
    const { path: folder, remove } = scratchFolder();
    let nginx: Nginx;
    after(async () => {
      await nginx.stop();
      remove();
    });

    it("becomes nginx's resolvers, IPv6 and comments included, when the configuration names none", async function () {
      const program = programAt(requireProgram(this, name));
      const certificate = new Authority(requireProgram(this, "openssl"), folder, "ca").issue("edge", host);
      const resolvConf = join(folder, "resolv.conf");
      writeFileSync(
        resolvConf,
        "# cluster\nsearch a.svc b\nnameserver 127.0.0.53\nnameserver fd00::a\noptions ndots:5\n",
      );
      const [httpPort = 0, httpsPort = 0] = await freePorts(2);
      const conf = nginxConf({
        ...{ nginxVersion: program.version, statusPort: false, httpPort, httpsPort, listenAddresses: ["127.0.0.1"] },
        sites: [{ hosts: [host], certificate, routes: [{ path: "/", upstream: "api" }] }],
        upstreams: { api: { host: "api.test", port: 8443 } },
        stateFolder: join(folder, "state"),
      });
      nginx = new Nginx(program, folder, conf, [], 0, resolvConf);
      await nginx.start(httpsPort);
      const written = readFileSync(join(folder, "state/resolver.conf"), "utf8");
      assert.equal(written, "resolver 127.0.0.53 [fd00::a] valid=10s ipv6=off;\n");
    });
  });
}
