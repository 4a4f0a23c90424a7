import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "./podLogs.js";

/** A line of a container, at a minute of the case. */
export interface Said {
  by: Container;
  minute: number;
  text: string;
}

/** What makes an alert on logs fire, and what does not: an entity that is bad enough, and one that is just not. */
export interface LogCase {
  alert: string;
  lines: readonly Said[];
  /** Minute at which it fires for the first, which is so bad; what it is about, by label. */
  fires: { minute: number; labels: Readonly<Record<string, string>> };
  /** Minute from which it is quiet again. */
  quiet: number;
  /** Its description at that time. */
  says: string;
}

const of = (container: string, namespace = "flowmarine"): Container => ({
  namespace,
  pod: `${container}-0`,
  container,
});
const edge = of("edge");
const database = of("database", "flowmarine-data");
const spared = of("archive", "flowmarine-data");
const api = of("api");
const apiServer = of("kube-apiserver", "kube-system");

const repeat = (count: number, said: (index: number) => Said): Said[] =>
  Array.from({ length: count }, (_, i) => said(i));

/** A request in the edge's access log, as accessLog.ts writes it. */
const request = (client: string, status: number, minute: number, upstream = ""): Said => ({
  by: edge,
  minute,
  text: JSON.stringify({
    ...{
      time: "2026-11-22T10:00:00+00:00",
      requestId: "0f",
      client,
      peer: client,
      method: "GET",
      host: "x",
      path: "/",
    },
    ...{ protocol: "HTTP/2.0", tls: "TLSv1.3", limit: "PASSED", upstream, upstreamStatus: "", upstreamSeconds: "" },
    ...{ referrer: "", agent: "", status, seconds: 0.001, bytesIn: 1, bytesOut: 1 },
  }),
});

const refusedLogin = (by: Container, minute: number): Said => ({
  by,
  minute,
  text: 'ts=2026-11-22 10:00:00.000 UTC pid=71 user=app db=x host=10.0.0.9(5) app=[unknown] state=28P01 FATAL:  password authentication failed for user "app"',
});

/** An error whose numbers differ each time. */
const error = (what: string, minute: number, index = 0): Said => ({
  by: api,
  minute,
  text: JSON.stringify({ severity: "ERROR", message: `${what} of vessel ${1000 + index} failed after ${index} ms` }),
});

/** Real events of an API server, as its audit policy makes it write them. */
const events = readFileSync(join(__dirname, "../fixtures/audit.jsonl"), "utf8")
  .split("\n")
  .filter(Boolean)
  .map(
    line =>
      JSON.parse(line) as {
        verb: string;
        user: object;
        objectRef: { resource: string };
        stage: string;
        responseStatus: { code: number };
      },
  );

function event(user: string, minute: number, such: (found: (typeof events)[number]) => boolean): Said {
  const found = events.find(such);
  if (found === undefined) throw new Error("the recorded audit log has no such event");
  return { by: apiServer, minute, text: JSON.stringify({ ...found, user: { ...found.user, username: user } }) };
}
const read = (user: string, minute: number) =>
  event(user, minute, e => e.verb === "get" && e.objectRef.resource === "secrets");
const refused = (user: string, minute: number) => event(user, minute, e => e.responseStatus.code === 403);
const shells = (user: string, minute: number) =>
  ["ResponseStarted", "ResponseComplete"].map(stage =>
    event(user, minute, e => e.responseStatus.code === 101 && e.stage === stage),
  );

const attacker = "203.0.113.9";
const neighbour = "203.0.113.10";
const client = { client_address: attacker };
const perMinute = (minutes: number, count: number, said: (minute: number) => Said): Said[] =>
  Array.from({ length: minutes }, (_, minute) => repeat(count, () => said(minute))).flat();

/** From minute 0 on; nothing is there before but what a case puts there. */
export const logCases: readonly LogCase[] = [
  {
    alert: "AddressTriesLogins",
    lines: [...repeat(50, () => request(attacker, 401, 0)), ...repeat(49, () => request(neighbour, 401, 0))],
    fires: { minute: 1, labels: client },
    quiet: 6,
    says: "50 of its requests in five minutes were answered 401.",
  },
  {
    alert: "AddressForbidden",
    lines: [...repeat(30, () => request(attacker, 403, 0)), ...repeat(29, () => request(neighbour, 403, 0))],
    fires: { minute: 1, labels: client },
    quiet: 6,
    says: "30 of its requests in five minutes were answered 403.",
  },
  {
    alert: "AddressRateLimited",
    lines: [
      ...perMinute(20, 60, m => request(attacker, 429, m)),
      ...perMinute(20, 59, m => request(neighbour, 429, m)),
    ],
    fires: { minute: 15, labels: client },
    quiet: 21,
    says: "300 of its requests in five minutes were answered 429.",
  },
  {
    alert: "EdgeBlocksBurst",
    lines: [
      ...perMinute(12, 100, m => request(`198.51.100.${m}`, 444, m)),
      ...perMinute(12, 99, m => ({ ...request(`198.51.100.${m}`, 444, m), by: of("quiet-edge") })),
    ],
    fires: { minute: 10, labels: { service_name: "edge" } },
    quiet: 13,
    says: "500 requests in five minutes got no further than the edge.",
  },
  {
    alert: "DatabaseLoginsRefused",
    lines: [...repeat(5, () => refusedLogin(database, 0)), ...repeat(4, () => refusedLogin(spared, 0))],
    fires: { minute: 1, labels: { service_name: "database", service_namespace: "flowmarine-data" } },
    quiet: 6,
    says: "5 in five minutes: wrong password, role or address.",
  },
  {
    alert: "NewError",
    // The one that was there yesterday is not new; the same with other numbers is the same.
    lines: [
      error("the lookup", -1200, 1),
      ...repeat(3, i => error("the lookup", 0, i)),
      ...repeat(2, i => error("the feed", 0, i)),
    ],
    fires: { minute: 1, labels: { service_name: "api", error_message: "the feed of vessel # failed after # ms" } },
    quiet: 16,
    says: "2 times in a quarter of an hour: the feed of vessel # failed after # ms",
  },
  {
    alert: "ErrorsRepeat",
    lines: [...repeat(100, i => error("the export", 0, i)), ...repeat(99, i => error("the import", 0, i))],
    fires: { minute: 1, labels: { service_name: "api", error_message: "the export of vessel # failed after # ms" } },
    quiet: 16,
    says: "100 times in a quarter of an hour: the export of vessel # failed after # ms",
  },
  {
    alert: "AuditShellOpened",
    lines: [...shells("mallory@flowmarine.example", 0), read("bob@flowmarine.example", 0)],
    fires: {
      minute: 1,
      labels: { k8s_audit_user: "mallory@flowmarine.example", k8s_audit_namespace: "default", k8s_audit_name: "api-0" },
    },
    quiet: 11,
    says: "1 times in ten minutes.",
  },
  {
    alert: "AuditSecretsRead",
    lines: [
      ...repeat(5, () => read("mallory@flowmarine.example", 0)),
      ...repeat(4, () => read("bob@flowmarine.example", 0)),
      ...repeat(9, () => read("system:serviceaccount:kube-system:x", 0)),
      ...repeat(9, () => refused("eve@flowmarine.example", 0)),
    ],
    fires: { minute: 1, labels: { k8s_audit_user: "mallory@flowmarine.example" } },
    quiet: 11,
    says: "5 in ten minutes.",
  },
  {
    alert: "AuditAccessRefused",
    lines: [
      ...repeat(10, () => refused("mallory@flowmarine.example", 0)),
      ...repeat(9, () => refused("bob@flowmarine.example", 0)),
    ],
    fires: { minute: 1, labels: { k8s_audit_user: "mallory@flowmarine.example" } },
    quiet: 11,
    says: "10 requests in ten minutes.",
  },
  {
    alert: "AuditEventsMissing",
    lines: [
      read("bob@flowmarine.example", 0),
      { by: apiServer, minute: 20, text: "I1122 10:00:00.000000 1 x.go:1] no event" },
      read("bob@flowmarine.example", 30),
    ],
    fires: { minute: 16, labels: { service_name: "kube-apiserver" } },
    quiet: 31,
    says: "No event arrived: whoever does something in the cluster now is not seen.",
  },
  {
    alert: "LogSourceSilent",
    lines: [request(attacker, 200, 0), request(attacker, 200, 40)],
    fires: { minute: 31, labels: { service_name: "edge" } },
    quiet: 41,
    says: "No line of it has arrived for as long as it never was silent.",
  },
];
