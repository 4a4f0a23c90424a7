import { securityHeaders, withoutHsts } from "../../components/edge/headers";
import type { Answer, EdgeClient } from "./client.js";

/** What the program declares for FlowMarine: the defaults of the edge. */
const declared = securityHeaders("headers");

/** Headers that are missing, doubled or other than declared in an answer. */
export function headerFaults(what: string, { headers }: Answer, expected = declared): string[] {
  const faults = Object.entries(expected)
    .filter(([name, value]) => headers[name.toLowerCase()] !== value)
    .map(([name]) => `${what}: ${name} is ${String(headers[name.toLowerCase()] ?? "missing")}`);
  if (!/^[\w.-]{16,128}$/.test(String(headers["x-request-id"] ?? ""))) faults.push(`${what}: no X-Request-Id`);
  if (/\d/.test(String(headers["server"] ?? ""))) faults.push(`${what}: tells its version`);
  for (const telling of ["x-powered-by", "via"])
    if (headers[telling] !== undefined) faults.push(`${what}: has ${telling}`);
  return faults;
}

export const plainHeaders = withoutHsts(declared);

/** A request, the status that it must get, and what else must hold of the answer. */
interface Case {
  status: number;
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  also?: (answer: Answer) => string | undefined;
}

const header = (name: string, wanted: RegExp) => (answer: Answer) => {
  const value = String(answer.headers[name] ?? "missing");
  return wanted.test(value) ? undefined : `${name} is ${value}`;
};
const all =
  (...checks: NonNullable<Case["also"]>[]) =>
  (answer: Answer) =>
    checks.map(check => check(answer)).find(fault => fault !== undefined);

const problem = all(header("content-type", /^application\/problem\+json/), header("cache-control", /no-store/));
const gzip = { "accept-encoding": "gzip" };
const json = { "content-type": "application/json" };

/** @param asset path of a file whose name holds a hash of its content; @param token of a user who may write */
export const cases = (asset: string, token: string): Readonly<Record<string, Case>> => ({
  page: { status: 200, path: "/", also: header("cache-control", /^no-cache$/) },
  "page, compressed": {
    ...{ status: 200, path: "/", headers: gzip },
    also: all(header("content-encoding", /^gzip$/), header("vary", /accept-encoding/i)),
  },
  "page of the application": { status: 200, path: "/fleet/9074729", also: header("cache-control", /^no-cache$/) },
  asset: { status: 200, path: asset, also: header("cache-control", /immutable/) },
  "asset, compressed": { status: 200, path: asset, headers: gzip, also: header("content-encoding", /^gzip$/) },
  "missing asset": { status: 404, path: "/assets/none.js", also: header("cache-control", /no-store/) },
  "API, an answer": { status: 200, path: "/api/health", also: header("cache-control", /no-store/) },
  "API, without a token": { status: 401, path: "/api/vessels", also: header("www-authenticate", /Bearer/) },
  "API, an invented token": { status: 401, path: "/api/vessels", headers: { authorization: "Bearer invented" } },
  "API, no such path": { status: 404, path: "/api/none" },
  "API, a wrong type": {
    ...{ status: 415, path: "/api/documents?name=a.txt", method: "POST", body: "text" },
    headers: { authorization: `Bearer ${token}`, "content-type": "text/plain" },
  },
  "sign-in, answered uncompressed": {
    ...{ status: 401, path: "/api/auth/refresh", method: "POST", headers: { ...gzip, ...json } },
    body: JSON.stringify({ refreshToken: "none" }),
    also: header("content-encoding", /^missing$/),
  },
  "a method that nobody needs": { status: 405, path: "/", method: "TRACE", also: all(problem, header("allow", /GET/)) },
  "a body above the limit": {
    status: 413,
    path: "/api/vessels",
    method: "POST",
    body: Buffer.alloc(1024 * 1024 + 1),
    also: problem,
  },
  "a document above the application's own limit": {
    ...{ status: 413, path: "/api/documents?name=a.pdf", method: "POST", body: Buffer.alloc(600 * 1024, "%PDF-") },
    headers: { authorization: `Bearer ${token}`, "content-type": "application/pdf" },
  },
  "a header above the limit": { status: 431, path: "/", headers: { "x-large": "x".repeat(12_000) } },
  "many headers above the limit": {
    ...{ status: 431, path: "/" },
    headers: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`x-large-${index}`, "x".repeat(700)])),
  },
  "an address above the limit": { status: 414, path: `/${"x".repeat(9000)}` },
  "a path that two programs could read differently": { status: 400, path: "/api/%2e%2e/metrics" },
  "hidden: .git": { status: 404, path: "/.git/config", also: problem },
  "hidden: .env": { status: 404, path: "/.env", also: problem },
  "hidden: below a folder": { status: 404, path: "/assets/.htpasswd", also: problem },
  "hidden: the API's metrics": { status: 200, path: "/metrics", also: header("content-type", /^text\/html/) },
  "a WebSocket of another page": {
    ...{ status: 403, path: "/ws" },
    headers: {
      ...{ connection: "Upgrade", upgrade: "websocket", origin: "https://evil.example" },
      ...{ "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
    },
  },
});

/** Asks them all, one after the other. @returns what is not as declared */
export async function answerFaults(client: EdgeClient, asked: Readonly<Record<string, Case>>): Promise<string[]> {
  const faults: string[] = [];
  for (const [what, { status, path, also, ...request }] of Object.entries(asked)) {
    const answer = await client.ask(path, request);
    if (answer.status !== status) faults.push(`${what}: answered ${answer.status}, must be ${status}`);
    const other = also?.(answer);
    if (other !== undefined) faults.push(`${what}: ${other}`);
    faults.push(...headerFaults(what, answer));
  }
  return faults;
}
