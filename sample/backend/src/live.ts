import type { Server } from "node:https";
import type { Redis } from "ioredis";
import { type WebSocket, WebSocketServer } from "ws";
import { liveConnections } from "./metrics.js";
import type { Users } from "./users.js";

export const positionsChannel = "positions";
const pingSeconds = 25;

/** Sends every position to every signed-in browser, whichever replica it is connected to: the cache's channel reaches them all. */
export class Live {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });
  private readonly timer: NodeJS.Timeout;

  constructor(server: Server, users: Users, subscriber: Redis) {
    server.on("upgrade", (request, socket, head) => {
      const url = new URL(request.url ?? "/", "https://localhost");
      // Browsers cannot set headers on a WebSocket: the token comes as a subprotocol, which no log keeps.
      const [, token] = (request.headers["sec-websocket-protocol"] ?? "").split(", ");
      void (async () => {
        const user = url.pathname === "/ws" ? await users.verify(`Bearer ${token ?? ""}`) : undefined;
        if (user === undefined) {
          socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
          return;
        }
        this.sockets.handleUpgrade(request, socket, head, connection => this.welcome(connection));
      })();
    });
    void subscriber.subscribe(positionsChannel);
    subscriber.on("message", (_channel: string, message: string) => {
      for (const connection of this.sockets.clients) connection.send(message);
    });
    this.timer = setInterval(() => {
      for (const connection of this.sockets.clients) connection.ping();
    }, pingSeconds * 1000);
  }

  private welcome(connection: WebSocket): void {
    liveConnections.inc();
    connection.on("close", () => liveConnections.dec());
    connection.on("error", () => connection.terminate());
  }

  /** Asks every browser to connect again: 1012 is "service restart". */
  close(): void {
    clearInterval(this.timer);
    for (const connection of this.sockets.clients) connection.close(1012);
    this.sockets.close();
  }
}
