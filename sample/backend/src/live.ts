import type { IncomingMessage } from "node:http";
import type { Server } from "node:https";
import type { Duplex } from "node:stream";
import type { Redis } from "ioredis";
import { WebSocket, WebSocketServer } from "ws";
import { log } from "./log.js";
import { liveConnections } from "./metrics.js";
import { positionsChannel } from "./positions.js";
import type { Users, Verified } from "./users.js";

/** Shorter than what any proxy in between allows a silent connection. */
const pingMillis = 25_000;
/** A browser that does not read is cut off before its backlog fills the memory. */
const mostBufferedBytes = 256 * 1024;
/** How long browsers have to answer a closing frame. */
const closeMillis = 2000;

/** Codes of our own are from 4000 on (RFC 6455, 7.4.2). */
const tokenExpired = 4001;
const serviceRestart = 1012;

/** Sends every position to every signed-in browser, whichever replica it is connected to: the cache's channel reaches them all. */
export class Live {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });
  private readonly heard = new WeakSet<WebSocket>();
  private readonly timer: NodeJS.Timeout;
  private stopping = false;

  constructor(
    server: Server,
    private readonly users: Users,
    subscriber: Redis,
  ) {
    server.on("upgrade", (request, socket, head) => {
      // Until `ws` takes over, nobody else hears that the client is gone, and an error that nobody hears ends the process.
      const ignore = () => undefined;
      socket.on("error", ignore);
      this.upgrade(request, socket, head, ignore).catch((error: unknown) => {
        log.error({ error: String(error) }, "an upgrade failed");
        socket.destroy();
      });
    });
    // Fails while the cache is away; ioredis subscribes again when it is back.
    subscriber
      .subscribe(positionsChannel)
      .catch((error: unknown) => log.warn({ error: String(error) }, "not subscribed yet"));
    subscriber.on("message", (_channel: string, message: string) => this.send(message));
    this.timer = setInterval(() => this.ping(), pingMillis);
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, ignore: () => void): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0];
    // Browsers cannot set headers on a WebSocket: the token comes as a subprotocol, which no log keeps.
    const [scheme, token] = (request.headers["sec-websocket-protocol"] ?? "").split(",").map(part => part.trim());
    const user = path === "/ws" && scheme === "bearer" ? await this.users.verify(token ?? "") : undefined;
    if (user === undefined || this.stopping) {
      const status = user === undefined ? "401 Unauthorized" : "503 Service Unavailable";
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    socket.off("error", ignore);
    this.sockets.handleUpgrade(request, socket, head, connection => this.welcome(connection, user));
  }

  private welcome(connection: WebSocket, { expires }: Verified): void {
    liveConnections.inc();
    this.heard.add(connection);
    const expiry = setTimeout(() => connection.close(tokenExpired), Math.max(0, expires * 1000 - Date.now()));
    connection.on("pong", () => this.heard.add(connection));
    connection.on("error", () => connection.terminate());
    connection.on("close", () => {
      clearTimeout(expiry);
      liveConnections.dec();
    });
  }

  private send(message: string): void {
    for (const connection of this.sockets.clients) {
      if (connection.readyState !== WebSocket.OPEN) continue;
      if (connection.bufferedAmount > mostBufferedBytes) connection.terminate();
      else connection.send(message);
    }
  }

  /** Who has not answered the last one is gone. */
  private ping(): void {
    for (const connection of this.sockets.clients) {
      if (!this.heard.delete(connection)) connection.terminate();
      else connection.ping();
    }
  }

  /** Asks every browser to connect again, to another replica; cuts off those that do not answer. */
  async close(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    const closed = [...this.sockets.clients].map(
      connection =>
        new Promise<void>(resolve => {
          connection.once("close", () => resolve());
          connection.close(serviceRestart);
        }),
    );
    let late: NodeJS.Timeout | undefined;
    await Promise.race([Promise.all(closed), new Promise(resolve => (late = setTimeout(resolve, closeMillis)))]);
    clearTimeout(late);
    for (const connection of this.sockets.clients) connection.terminate();
  }
}
