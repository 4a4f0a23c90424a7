import { WebSocket } from "ws";
import type { Api } from "./system.js";

interface Refusal {
  refused: number;
}

/** A browser's WebSocket, and what has come on it. */
export class Listener {
  readonly messages: Record<string, unknown>[] = [];
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    socket.on("message", data =>
      this.messages.push(JSON.parse((data as Buffer).toString()) as Record<string, unknown>),
    );
    this.closed = new Promise(resolve => socket.on("close", code => resolve(code)));
  }

  /** @returns the listener, or the status with which it was refused */
  static open(api: Api, protocols: string[], path = "/ws"): Promise<Listener | Refusal> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`wss://localhost:${api.port}${path}`, protocols, { ca: api.client.ca });
      const listener = new Listener(socket);
      socket.once("open", () => resolve(listener));
      socket.once("unexpected-response", (_request, response) => {
        resolve({ refused: response.statusCode ?? 0 });
        socket.terminate();
      });
      socket.on("error", reject);
    });
  }

  /** @throws Error when it is refused */
  static async of(api: Api, token: string): Promise<Listener> {
    const opened = await Listener.open(api, ["bearer", token]);
    if (opened instanceof Listener) return opened;
    throw new Error(`refused with ${opened.refused}`);
  }
}
