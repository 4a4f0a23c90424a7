import assert from "node:assert/strict";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { Edge } from "./support/edge.js";
import { host } from "./support/edge.js";
import { onEachNginx, usual } from "./support/suites.js";

/** A handshake with these options: the socket, or the reason why there is none. */
function handshake(edge: Edge, options: ConnectionOptions = {}): Promise<TLSSocket | string> {
  const { httpsPort: port, ca } = edge.client;
  return new Promise(resolve => {
    const socket = connect({ host: "127.0.0.1", port, ca, servername: host, ...options }, () => {
      resolve(socket);
      socket.end();
    });
    socket.once("error", (error: Error) => resolve(error.message));
  });
}

/** The reason why there is no connection. */
async function reason(edge: Edge, options: ConnectionOptions): Promise<string> {
  const result = await handshake(edge, options);
  assert.ok(typeof result === "string", "the handshake succeeded");
  return result;
}

/** The socket, where the handshake must succeed. */
async function connected(edge: Edge, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const result = await handshake(edge, options);
  if (typeof result === "string") assert.fail(`refused: ${result}`);
  return result;
}

const tls12: ConnectionOptions = { maxVersion: "TLSv1.2" };

onEachNginx("TLS", usual, edge => {
  it("is version 1.3, with a certificate that verifies", async () => {
    const socket = await connected(edge);
    assert.equal(socket.getProtocol(), "TLSv1.3");
    assert.equal(socket.authorized, true);
  });

  it("refuses version 1.2", async () => {
    assert.match(await reason(edge, tls12), /protocol version/);
  });

  it("takes each of the curves in Mozilla's profile", async () => {
    for (const ecdhCurve of ["X25519", "prime256v1", "secp384r1"]) {
      await connected(edge, { ecdhCurve });
    }
  });

  it("offers HTTP/2, and HTTP/1.1 to those who know no better", async () => {
    for (const [offered, taken] of [
      [["h2", "http/1.1"], "h2"],
      [["http/1.1"], "http/1.1"],
    ] as const) {
      const socket = await connected(edge, { ALPNProtocols: [...offered] });
      assert.equal(socket.alpnProtocol, taken);
    }
  });

  it("refuses the handshake for a name it does not serve, and shows no certificate", async () => {
    assert.match(await reason(edge, { servername: "other.test" }), /unrecognized name/);
    assert.match(await reason(edge, { servername: "" }), /unrecognized name/);
  });

  it("resumes sessions without tickets that could be stolen with one key", async () => {
    const sessions: Buffer[] = [];
    const { httpsPort: port, ca } = edge.client;
    const first = connect({ host: "127.0.0.1", port, ca, servername: host });
    first.on("session", session => sessions.push(session));
    first.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    first.resume();
    await new Promise(resolve => first.once("close", resolve));
    const again = await connected(edge, { session: sessions[0] });
    assert.equal(again.isSessionReused(), true);
    // Without tickets, what the client holds is an identifier (32 bytes), not the session itself.
    assert.ok(sessions[0] && sessions[0].length < 1500);
  });
});

onEachNginx(
  "TLS with 1.2 by choice",
  args => ({ ...args, leastTls: "1.2" }),
  edge => {
    it("is still 1.3 for those who can", async () => {
      assert.equal((await connected(edge)).getProtocol(), "TLSv1.3");
    });

    it("takes 1.2 with forward secrecy and authenticated encryption only", async () => {
      const socket = await connected(edge, tls12);
      assert.match(socket.getCipher().name, /^ECDHE-ECDSA-(AES\d+-GCM|CHACHA20)/);
      for (const ciphers of ["ECDHE-ECDSA-AES128-SHA256", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"]) {
        assert.match(await reason(edge, { ...tls12, ciphers }), /handshake failure|no ciphers/i, ciphers);
      }
    });

    it("refuses 1.1", async () => {
      const options = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
      assert.match(await reason(edge, options), /protocol version/);
    });
  },
);

onEachNginx("HTTP to HTTPS", usual, edge => {
  it("redirects to the same address, keeping method and query (308)", async () => {
    const { status, headers } = await edge.client.plain({ method: "POST", path: "/a/b?c=d&e=%2F" });
    assert.equal(status, 308);
    assert.equal(headers.location, `https://${host}/a/b?c=d&e=%2F`);
  });

  it("cannot be led to another host or split into two answers", async () => {
    const attacks = [
      "/%0d%0aSet-Cookie:x=1",
      "//evil.test/",
      "/\\evil.test",
      "/@evil.test",
      "/.evil.test",
      "/%0a%0d/x",
    ];
    for (const path of attacks) {
      const { status, headers } = await edge.client.plain({ path });
      assert.equal(status, 308, path);
      assert.ok(headers.location?.startsWith(`https://${host}/`), `${path} leads to ${headers.location}`);
      assert.equal(headers["set-cookie"], undefined, path);
    }
  });

  it("serves nothing else over plain HTTP", async () => {
    const before = edge.upstream.seen.length;
    await edge.client.plain({ path: "/api/echo" });
    assert.equal(edge.upstream.seen.length, before);
  });
});

onEachNginx(
  "HTTP to HTTPS on another port",
  args => ({ ...args, publicHttpsPort: 30443 }),
  edge => {
    it("redirects to the port that browsers reach", async () => {
      const { headers } = await edge.client.plain({ path: "/x" });
      assert.equal(headers.location, `https://${host}:30443/x`);
    });
  },
);
