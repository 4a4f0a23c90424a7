import { readFileSync } from "node:fs";
import * as http2 from "node:http2";
import * as https from "node:https";
import { connect, type TLSSocket } from "node:tls";
import type { Edge } from "./edge.js";

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  body: Buffer;
}

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** A program outside the pod network that speaks with the edge, from an address of its own where it has one. */
export class EdgeClient {
  private readonly ca: Buffer;

  constructor(
    private readonly edge: Edge,
    private readonly localAddress?: string,
  ) {
    this.ca = readFileSync(edge.caFile);
  }

  private target() {
    const { address: host, port, host: servername } = this.edge;
    const from = this.localAddress === undefined ? {} : { localAddress: this.localAddress };
    return { host, port, servername, ca: this.ca, ...from };
  }

  /** One request, on a connection of its own. */
  ask(path: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = https.request({
        ...{ ...this.target(), agent: false, method, path, timeout: 20_000 },
        headers: { host: this.edge.host, ...headers },
      });
      request.once("timeout", () => request.destroy(new Error(`${method} ${path}: no answer within 20 s`)));
      request.once("error", reject);
      request.once("response", response => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      request.end(body);
    });
  }

  /**
   * Requests as fast as they are answered, on one HTTP/2 connection, and so to one replica.
   *
   * @param atOnce how many are open at any moment
   * @returns the answers, in the order they came
   */
  async burst(
    count: number,
    atOnce: number,
    path: string,
    { method = "GET", headers = {}, body }: Asked = {},
  ): Promise<Answer[]> {
    const { host, port, ...tls } = this.target();
    const session = http2.connect(`https://${host}:${port}`, tls);
    const answers: Answer[] = [];
    const one = () =>
      new Promise<void>((resolve, reject) => {
        const stream = session.request({
          ...{ ":method": method, ":path": path, ":authority": this.edge.host },
          ...headers,
        });
        const chunks: Buffer[] = [];
        let received: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {};
        stream.setTimeout(20_000, () => stream.destroy(new Error(`${method} ${path}: no answer within 20 s`)));
        stream.once("response", given => (received = given));
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.once("error", reject);
        stream.once("end", () => {
          answers.push({ status: received[":status"] ?? 0, headers: received, body: Buffer.concat(chunks) });
          resolve();
        });
        stream.end(body);
      });
    let asked = 0;
    const client = async () => {
      while (asked++ < count) await one();
    };
    try {
      await Promise.race([
        Promise.all(Array.from({ length: atOnce }, client)),
        new Promise<never>((_, reject) => session.once("error", reject)),
      ]);
      return answers;
    } finally {
      session.destroy();
    }
  }

  /** A connection on which anything can be written. */
  connect(): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.target(), () => resolve(socket));
      socket.once("error", reject);
    });
  }
}
