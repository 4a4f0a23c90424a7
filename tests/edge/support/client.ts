import * as http from "node:http";
import * as http2 from "node:http2";
import * as https from "node:https";
import type { Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { Seen } from "./upstream.js";

export interface Asked {
  method?: string;
  path?: string;
  /** Name in the Host header and in SNI. */
  host?: string;
  /** Name in SNI, where it differs. */
  servername?: string;
  headers?: http.OutgoingHttpHeaders;
  body?: string | Buffer;
}

/** An answer, with each header's values in the order they came. */
export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** How often a header stands in the answer. */
  count: (name: string) => number;
  body: Buffer;
}

/** What the upstream saw, as it echoes it. */
export const echoed = (answer: Answer): Seen => JSON.parse(answer.body.toString()) as Seen;

function collect(response: http.IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.once("error", reject);
    response.once("end", () => {
      const names = response.rawHeaders.filter((_, index) => index % 2 === 0).map(name => name.toLowerCase());
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        count: name => names.filter(each => each === name.toLowerCase()).length,
        body: Buffer.concat(chunks),
      });
    });
  });
}

/** A browser's or a program's view of the edge. Every request is on a connection of its own, and is given up after ten seconds. */
export class Client {
  constructor(
    readonly httpsPort: number,
    readonly httpPort: number,
    readonly ca: string,
    readonly host: string,
  ) {}

  async get(path: string, headers: http.OutgoingHttpHeaders = {}, method = "GET"): Promise<Answer> {
    return this.ask({ path, headers, method });
  }

  /** Over TLS. */
  ask({ method = "GET", path = "/", host = this.host, servername = host, headers = {}, body }: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = https.request({
        ...{ host: "127.0.0.1", port: this.httpsPort, servername, ca: this.ca, agent: false, method, path },
        headers: { host, ...headers },
        timeout: 10_000,
      });
      request.once("timeout", () => request.destroy(new Error("no answer within ten seconds")));
      request.once("error", reject);
      request.once("response", response => void collect(response).then(resolve, reject));
      request.end(body);
    });
  }

  /** Over HTTP/2. */
  async http2(
    path: string,
    extra: http2.OutgoingHttpHeaders = {},
  ): Promise<{ headers: http2.IncomingHttpHeaders; body: string }> {
    const session = http2.connect(`https://127.0.0.1:${this.httpsPort}`, { ca: this.ca, servername: this.host });
    try {
      return await new Promise((resolve, reject) => {
        session.once("error", reject);
        const stream = session.request({ ":path": path, ":authority": this.host, ...extra });
        let headers: http2.IncomingHttpHeaders = {};
        let body = "";
        stream.setTimeout(10_000, () => stream.destroy(new Error("no answer within ten seconds")));
        stream.once("error", reject);
        stream.once("response", received => {
          headers = received;
        });
        stream.setEncoding("utf8");
        stream.on("data", (chunk: string) => {
          body += chunk;
        });
        stream.once("end", () => resolve({ headers, body }));
        stream.end();
      });
    } finally {
      session.close();
    }
  }

  /** Over plain HTTP. */
  plain({ method = "GET", path = "/", host = this.host, headers = {} }: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = http.request({
        ...{ host: "127.0.0.1", port: this.httpPort, agent: false, method, path, timeout: 10_000 },
        headers: { host, ...headers },
      });
      request.once("error", reject);
      request.once("response", response => void collect(response).then(resolve, reject));
      request.end();
    });
  }

  /** A WebSocket's handshake: the open socket, or the refusal. */
  upgrade({ path = "/ws", headers = {} }: Asked): Promise<Socket | Answer> {
    return new Promise((resolve, reject) => {
      const request = https.request({
        ...{ host: "127.0.0.1", port: this.httpsPort, servername: this.host, ca: this.ca, agent: false, path },
        headers: {
          ...{ host: this.host, connection: "Upgrade", upgrade: "websocket" },
          ...{ "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
          ...headers,
        },
        timeout: 10_000,
      });
      request.once("error", reject);
      request.once("upgrade", (_, socket) => {
        socket.setTimeout(0);
        resolve(socket);
      });
      request.once("response", response => void collect(response).then(resolve, reject));
      request.end();
    });
  }

  /** A TLS connection on which anything can be written. */
  async connect(servername = this.host, port = this.httpsPort): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, servername, ca: this.ca }, () => resolve(socket));
      socket.once("error", reject);
    });
  }

  /** Writes these bytes and gives all that comes back until the edge closes the connection, or nothing has come for a while. */
  async raw(bytes: string | Buffer, quietMillis = 1500): Promise<string> {
    const socket = await this.connect();
    return new Promise(resolve => {
      let text = "";
      socket.setTimeout(quietMillis, () => socket.destroy());
      socket.on("data", (data: Buffer) => {
        text += data.toString("latin1");
      });
      socket.on("error", () => undefined);
      socket.once("close", () => resolve(text));
      socket.write(bytes);
    });
  }
}
