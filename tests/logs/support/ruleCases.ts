import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "./podLogs.js";

/** A line of a container, at a minute of the case. */
export interface Said {
  by: Container;
  minute: number;
  text: string;
  /** An app's own record, which has these attributes and says nothing of what it is. @default a line, read by the agent */
  attributes?: Readonly<Record<string, string>>;
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

type Attributes = Readonly<Record<string, string>>;

/** Records of an app that look like what an alert counts, and are none of them. */
const foreign = (count: number, attributes: Attributes): Said[] =>
  repeat(count, i => ({ by: of("stranger"), minute: 0, text: `record ${i}`, attributes }));
/** Two that an alert counts, with the same attributes, which makes one series of them. */
const alike = (attributes: Attributes, by = of("stranger"), minute = 0): Said[] =>
  repeat(2, i => ({ by, minute, text: `record ${i}`, attributes }));
const access = (client: string, status: string, outcome = "allowed"): Attributes => ({
  ...{ "event.name": "http.access", "event.outcome": outcome },
  ...{ "http.response.status_code": status, "client.address": client },
});
const told = (of: Container, count: number): Said[] =>
  repeat(count, i => ({ by: of, minute: 0, text: JSON.stringify({ severity: "INFO", message: `all is well ${i}` }) }));

/** An error whose numbers differ each time. */
const error = (what: string, minute: number, index = 0, by = api): Said => ({
  by,
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

interface Change {
  verb?: string;
  code?: number;
  stage?: string;
  objectRef?: Readonly<Record<string, string>>;
}

function event(
  user: string,
  minute: number,
  such: (found: (typeof events)[number]) => boolean,
  { verb, code, stage, objectRef = {} }: Change = {},
): Said {
  const found = events.find(such);
  if (found === undefined) throw new Error("the recorded audit log has no such event");
  const changed = {
    ...found,
    verb: verb ?? found.verb,
    stage: stage ?? found.stage,
    user: { ...found.user, username: user },
    objectRef: { ...found.objectRef, ...objectRef },
    responseStatus: { ...found.responseStatus, code: code ?? found.responseStatus.code },
  };
  return { by: apiServer, minute, text: JSON.stringify(changed) };
}
const read = (user: string, minute: number, change: Change = {}) =>
  event(user, minute, e => e.verb === "get" && e.objectRef.resource === "secrets", change);
const refused = (user: string, minute: number, change: Change = {}) =>
  event(user, minute, e => e.responseStatus.code === 403, change);
const opened = (user: string, change: Change = {}) =>
  event(user, 0, e => e.responseStatus.code === 101 && e.stage === "ResponseStarted", change);
const ended = (user: string) => event(user, 0, e => e.responseStatus.code === 101 && e.stage === "ResponseComplete");
const mallory = "mallory@flowmarine.example";
const bob = "bob@flowmarine.example";
const carol = "carol@flowmarine.example";
const inPod = { k8s_audit_user: mallory, k8s_audit_namespace: "default", k8s_audit_name: "api-0" };

const attacker = "203.0.113.9";
const neighbour = "203.0.113.10";
const guest = "203.0.113.11";
const answered = (status: string) => ({ "http.response.status_code": status, "client.address": "203.0.113.12" });
/** One less than so many in any five minutes. */
const just = (perMinute: number) => (minute: number) => (minute % 5 === 0 ? perMinute - 1 : perMinute);
const client = { client_address: attacker };
const perMinute = (
  minutes: number,
  count: number | ((minute: number) => number),
  said: (minute: number) => Said,
): Said[] =>
  Array.from({ length: minutes }, (_, minute) =>
    repeat(typeof count === "number" ? count : count(minute), () => said(minute)),
  ).flat();

/** From minute 0 on; nothing is there before but what a case puts there. */
export const logCases: readonly LogCase[] = [
  {
    alert: "AddressTriesLogins",
    lines: [
      ...repeat(48, () => request(attacker, 401, 0)),
      ...alike(access(attacker, "401")),
      ...repeat(49, () => request(neighbour, 401, 0)),
      ...repeat(50, () => request(guest, 200, 0)),
      ...foreign(50, answered("401")),
    ],
    fires: { minute: 1, labels: client },
    quiet: 6,
    says: "50 of its requests in five minutes were answered 401.",
  },
  {
    alert: "AddressForbidden",
    lines: [
      ...repeat(28, () => request(attacker, 403, 0)),
      ...alike(access(attacker, "403")),
      ...repeat(29, () => request(neighbour, 403, 0)),
      ...repeat(30, () => request(guest, 200, 0)),
      ...foreign(30, answered("403")),
    ],
    fires: { minute: 1, labels: client },
    quiet: 6,
    says: "30 of its requests in five minutes were answered 403.",
  },
  {
    alert: "AddressRateLimited",
    lines: [
      ...perMinute(20, 58, m => request(attacker, 429, m)),
      ...Array.from({ length: 20 }, (_, m) => alike(access(attacker, "429"), of("stranger"), m)).flat(),
      ...perMinute(20, just(60), m => request(neighbour, 429, m)),
      ...perMinute(20, 60, m => request(guest, 200, m)),
      ...Array.from({ length: 20 }, (_, minute) =>
        foreign(60, answered("429")).map(said => ({ ...said, minute })),
      ).flat(),
    ],
    fires: { minute: 15, labels: client },
    quiet: 21,
    says: "300 of its requests in five minutes were answered 429.",
  },
  {
    alert: "EdgeBlocksBurst",
    lines: [
      ...perMinute(12, 98, m => request(`198.51.100.${m}`, 444, m)),
      ...Array.from({ length: 12 }, (_, m) => alike(access("198.51.100.99", "444", "blocked"), edge, m)).flat(),
      ...perMinute(12, just(100), m => ({ ...request(`198.51.100.${m}`, 444, m), by: of("quiet-edge") })),
      ...perMinute(12, 100, m => ({ ...request(`198.51.100.${m}`, 200, m, "10.0.0.1:8443"), by: of("busy-edge") })),
      ...Array.from({ length: 12 }, (_, minute) =>
        foreign(100, { "event.outcome": "blocked" }).map(said => ({ ...said, minute })),
      ).flat(),
    ],
    fires: { minute: 10, labels: { service_name: "edge" } },
    quiet: 13,
    says: "500 requests in five minutes got no further than the edge.",
  },
  {
    alert: "DatabaseLoginsRefused",
    lines: [
      ...repeat(3, () => refusedLogin(database, 0)),
      ...alike({ "event.name": "db.auth_failed" }, database),
      ...repeat(4, () => refusedLogin(spared, 0)),
      ...told(of("busy", "flowmarine-data"), 5),
    ],
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
      error("the pump", -20),
      error("the pump", 0),
      // Another program has had it, and this one the day before.
      error("the feed", -1500),
      error("the feed", -1200, 1, of("worker")),
      error("the feed", 0),
      ...told(api, 1),
    ],
    fires: { minute: 1, labels: { service_name: "api", error_message: "the feed of vessel # failed after # ms" } },
    quiet: 16,
    says: "1 times in a quarter of an hour: the feed of vessel # failed after # ms",
  },
  {
    alert: "NewError",
    lines: repeat(2, i => error("the crane", 0, i)),
    fires: { minute: 1, labels: { service_name: "api", error_message: "the crane of vessel # failed after # ms" } },
    quiet: 16,
    says: "2 times in a quarter of an hour: the crane of vessel # failed after # ms",
  },
  {
    alert: "ErrorsRepeat",
    lines: [
      ...repeat(100, i => error("the export", 0, i)),
      ...repeat(99, i => error("the import", 0, i)),
      ...told(api, 100),
    ],
    fires: { minute: 1, labels: { service_name: "api", error_message: "the export of vessel # failed after # ms" } },
    quiet: 16,
    says: "100 times in a quarter of an hour: the export of vessel # failed after # ms",
  },
  {
    alert: "AuditShellOpened",
    // Two sessions, one of which goes on; what else is answered bit by bit is none.
    lines: [
      opened(mallory),
      ended(mallory),
      opened(mallory),
      read(bob, 0),
      opened(bob, { objectRef: { subresource: "log" } }),
      ...foreign(1, { "k8s.audit.subresource": "exec", "k8s.audit.stage": "ResponseStarted", "k8s.audit.user": bob }),
    ],
    fires: { minute: 1, labels: inPod },
    quiet: 11,
    says: "2 times in ten minutes.",
  },
  ...["attach", "portforward"].map(subresource => ({
    alert: "AuditShellOpened",
    lines: [opened(mallory, { objectRef: { subresource } })],
    fires: { minute: 1, labels: inPod },
    quiet: 11,
    says: "1 times in ten minutes.",
  })),
  {
    // It has no beginning and end: one event.
    alert: "AuditShellOpened",
    lines: [opened(mallory, { stage: "ResponseComplete", objectRef: { subresource: "ephemeralcontainers" } })],
    fires: { minute: 1, labels: inPod },
    quiet: 11,
    says: "1 times in ten minutes.",
  },
  {
    alert: "AuditSecretsRead",
    lines: [
      ...["get", "get", "list", "list", "watch"].map(verb => read(mallory, 0, { verb })),
      ...repeat(4, () => read(bob, 0)),
      ...repeat(5, () => read(carol, 0, { verb: "create", code: 201 })),
      ...repeat(5, () => read("dave@flowmarine.example", 0, { objectRef: { resource: "configmaps" } })),
      ...foreign(5, {
        ...{ "k8s.audit.user": "nobody", "k8s.audit.resource": "secrets", "k8s.audit.verb": "get" },
        "k8s.audit.code": "200",
      }),
      ...repeat(9, () => read("system:serviceaccount:kube-system:x", 0)),
      ...repeat(9, () => refused("eve@flowmarine.example", 0)),
    ],
    fires: { minute: 1, labels: { k8s_audit_user: mallory } },
    quiet: 11,
    says: "5 in ten minutes.",
  },
  {
    alert: "AuditAccessRefused",
    lines: [
      ...repeat(9, () => refused(mallory, 0)),
      refused(mallory, 0, { code: 401 }),
      ...repeat(9, () => refused(bob, 0)),
      ...repeat(10, () => read(carol, 0)),
      ...foreign(10, { "k8s.audit.user": "nobody", "k8s.audit.code": "403" }),
    ],
    fires: { minute: 1, labels: { k8s_audit_user: mallory } },
    quiet: 11,
    says: "10 requests in ten minutes.",
  },
  {
    alert: "AuditEventsMissing",
    lines: [
      read(bob, 0),
      { by: apiServer, minute: 20, text: "I1122 10:00:00.000000 1 x.go:1] no event" },
      read(bob, 30),
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
