import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tellingHeaders } from "../../../components/edge/hiddenHeaders.js";
import type { Issued } from "./certificates.js";

/** What the upstream saw of a request. */
export interface Seen {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  bytes: number;
  /** Number of the connection it came on. */
  connection: number;
}

/** Tokens the upstream knows, each with the user and tier it stands for. */
const tokens = new Map(
  ["alice:pro", "bob:standard", "carol:standard", "dave:unheard-of"].map(entry => {
    const [user = "", tier = ""] = entry.split(":");
    return [`token-of-${user}`, { user, tier }];
  }),
);

/** An application server that answers as its path asks it to, over TLS, and keeps what it saw. */
export class UpstreamServer {
  readonly seen: Seen[] = [];
  /** Number of times that a credential was verified. */
  verified = 0;
  /** Status the verify endpoint fails with, while it is set. */
  verifyFails: number | undefined;
  private readonly held: (() => void)[] = [];
  private connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server;

  constructor(certificate: Issued, key: Buffer) {
    this.server = createServer({ cert: certificate.pem, key }, (request, response) => this.answer(request, response));
    this.server.on("secureConnection", (socket: Socket & { number?: number }) => {
      socket.number = ++this.connections;
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => this.sockets.delete(socket));
    });
    // Sends back whatever comes: enough of a WebSocket for a proxy, which looks at the handshake only.
    this.server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
      this.note(request, 0);
      socket.on("error", () => undefined);
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      socket.on("data", (data: Buffer) => socket.write(data));
      socket.on("end", () => socket.end());
    });
  }

  /** Starts on loopback, on this port or one the system picks. */
  async start(port = 0): Promise<number> {
    await new Promise<void>(resolve => this.server.listen(port, "127.0.0.1", resolve));
    return (this.server.address() as AddressInfo).port;
  }

  /** Closes every connection, as a restart does. */
  hangUp(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.release();
    this.hangUp();
    await new Promise(resolve => this.server.close(resolve));
  }

  /** Lets every held request go on. */
  release(): void {
    for (const go of this.held.splice(0)) go();
  }

  /** Requests that are being held. */
  get holding(): number {
    return this.held.length;
  }

  /** The latest request it saw. */
  get last(): Seen {
    const last = this.seen.at(-1);
    if (last === undefined) throw new Error("the upstream has seen no request");
    return last;
  }

  private note(request: IncomingMessage, bytes: number): Seen {
    const { number: connection = 0 } = request.socket as Socket & { number?: number };
    const { method = "", url = "", headers } = request;
    const seen = { method, url, headers, bytes, connection };
    this.seen.push(seen);
    return seen;
  }

  private verify(request: IncomingMessage, response: ServerResponse): void {
    this.verified++;
    const bearer = request.headers.authorization?.replace("Bearer ", "");
    const known = tokens.get(bearer ?? String(request.headers["x-api-key"] ?? ""));
    if (this.verifyFails !== undefined) response.writeHead(this.verifyFails).end();
    else if (known === undefined) response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' }).end();
    else response.writeHead(200, { "x-auth-user": known.user, "x-auth-tier": known.tier }).end();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    let bytes = 0;
    request.on("error", () => undefined);
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on("end", () => {
      const path = (request.url ?? "").replace(/\?.*/, "");
      const seen = this.note(request, bytes);
      if (path === "/verify") {
        this.verify(request, response);
        return;
      }
      const [, kind, detail = ""] =
        /\/(status|big|small|telling|cors|cached|hold|redirect|retry|cookie)(?:\/(.*))?$/.exec(path) ?? [];
      switch (kind) {
        case "status":
          return void response.writeHead(Number(detail), { "cache-control": "public, max-age=99" }).end("upstream\n");
        case "big":
          return void response
            .writeHead(200, { "content-type": "application/json" })
            .end(JSON.stringify("bulk".repeat(5000)));
        case "small":
          response.writeHead(200, { "content-type": "application/json", "content-length": 2 }).end("{}");
          return;
        case "telling":
          for (const name of [...tellingHeaders, "Content-Security-Policy", "X-Frame-Options", "X-Request-Id"]) {
            response.setHeader(name, "made-by-upstream");
          }
          return void response.end("x");
        case "cors":
          return void response.writeHead(200, { "access-control-allow-origin": "*" }).end("x");
        case "cached":
          return void response.writeHead(200, { "cache-control": "public, max-age=77" }).end("x");
        case "retry":
          return void response.writeHead(429, { "retry-after": "42" }).end("x");
        case "cookie":
          return void response.writeHead(200, { "set-cookie": "session=1; HttpOnly; Path=/" }).end("x");
        case "redirect":
          return void response.writeHead(302, { location: "/api/echo" }).end();
        case "hold":
          this.held.push(() => response.end("held\n"));
          return;
        default:
          return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(seen));
      }
    });
  }
}
