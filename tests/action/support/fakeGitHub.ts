import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeComment {
  id: number;
  body: string;
  user: { login: string } | null;
  html_url: string;
}

export interface Call {
  method: string;
  path: string;
  authorization: string | undefined;
}

/** What the server does instead of answering: an answer of its own, or none at all. */
export interface Fault {
  status?: number;
  headers?: Record<string, string>;
  message?: string;
  /** The connection breaks, before or after the server did what it was asked. */
  drop?: "before" | "after";
}

/** The longest comment that GitHub takes, in characters. */
export const longestComment = 65_536;

/**
 * GitHub's API as far as a comment needs it: pages with Link headers, 401 without a known token, 403 without permission, 404, 422 for what is
 * too long, and the faults that a test asks for.
 */
export class FakeGitHub {
  readonly comments: FakeComment[] = [];
  readonly calls: Call[] = [];
  /** Account by token. */
  readonly accounts = new Map([["workflow-token", "github-actions[bot]"]]);
  readonly readOnly = new Set<string>();
  /** Of one page, whatever is asked for. */
  pageSize = 100;
  limit = longestComment;
  /** Asked for each call; the first that answers is used up. */
  readonly faults: ((call: Call) => Fault | undefined)[] = [];
  /** Where the next page is said to be; by default here. */
  nextOrigin: string | undefined;

  #server: Server | undefined;
  #lastId = 100;
  url = "";

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      void this.#answer(request, response);
    });
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise(resolve => this.#server?.close(resolve));
  }

  /** A comment that is already there. */
  add(body: string, login: string | null): FakeComment {
    const id = ++this.#lastId;
    const comment = { id, body, user: login === null ? null : { login }, html_url: `${this.url}/pull/7#c${id}` };
    this.comments.push(comment);
    return comment;
  }

  /** Breaks the next call of this method. */
  failOnce(method: string, fault: Fault): void {
    this.faults.push(call => (call.method === method && !call.path.endsWith("/graphql") ? fault : undefined));
  }

  count(method: string): number {
    return this.calls.filter(call => call.method === method && !call.path.endsWith("/graphql")).length;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const part of request.setEncoding("utf8")) text += part as string;
    const { method = "", url = "" } = request;
    const call = { method, path: url, authorization: request.headers.authorization };
    this.calls.push(call);
    const index = this.faults.findIndex(fault => fault(call) !== undefined);
    const [taken] = index < 0 ? [] : this.faults.splice(index, 1);
    const fault = taken?.(call);
    if (fault?.drop === "before") {
      request.socket.destroy();
      return;
    }
    if (fault && fault.drop === undefined) {
      send(response, fault.status ?? 500, { message: fault.message ?? "fault" }, fault.headers);
      return;
    }
    const content = text === "" ? {} : (JSON.parse(text) as { body?: string });
    const answered = this.#route(call, content);
    if (fault?.drop === "after") request.socket.destroy();
    else send(response, ...answered);
  }

  #route({ method, path, authorization }: Call, { body = "" }: { body?: string }): Answer {
    const token = authorization?.replace(/^Bearer /, "") ?? "";
    const login = this.accounts.get(token);
    if (login === undefined) return [401, { message: "Bad credentials" }];
    if (path === "/graphql") return [200, { data: { viewer: { login } } }];
    const { pathname, searchParams } = new URL(path, this.url);
    const list = /^\/repos\/acme\/shop\/issues\/7\/comments$/.test(pathname);
    const id = Number(/^\/repos\/acme\/shop\/issues\/comments\/(\d+)$/.exec(pathname)?.[1]);
    if (list && method === "GET") return this.#page(Number(searchParams.get("page") ?? 1));
    const known = this.comments.find(comment => comment.id === id);
    if (!(list && method === "POST") && !known) return [404, { message: "Not Found" }];
    if (this.readOnly.has(token)) return [403, { message: "Resource not accessible by integration" }];
    if (method === "DELETE" && known) {
      this.comments.splice(this.comments.indexOf(known), 1);
      return [204, undefined];
    }
    if (body.length > this.limit) {
      return [422, { message: `Validation Failed: body is too long (maximum is ${this.limit} characters)` }];
    }
    if (known) {
      known.body = body;
      return [200, known];
    }
    return [201, this.add(body, login)];
  }

  #page(page: number): Answer {
    const start = (page - 1) * this.pageSize;
    const more = this.comments.length > start + this.pageSize;
    const next = `${this.nextOrigin ?? this.url}/repos/acme/shop/issues/7/comments?per_page=100&page=${page + 1}`;
    const link = more ? { link: `<${this.url}/first>; rel="first", <${next}>; rel="next"` } : undefined;
    return [200, this.comments.slice(start, start + this.pageSize), link];
  }
}

type Answer = [status: number, body: unknown, headers?: Record<string, string> | undefined];

function send(response: ServerResponse, ...[status, body, headers = {}]: Answer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
}
