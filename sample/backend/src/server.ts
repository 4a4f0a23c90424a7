import { readFileSync, watchFile } from "node:fs";
import type { Server } from "node:https";
import { type FastifyInstance, fastify } from "fastify";
import { Live, positionsChannel } from "./live.js";
import { log } from "./log.js";
import { metrics, metricsType, positionsReceived, requestDuration } from "./metrics.js";
import * as settings from "./settings.js";
import { openCache, openDatabase } from "./stores.js";
import { type User, Users } from "./users.js";

const { certFile, keyFile } = settings.tls();
const certificate = () => ({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
const { port, jwtSecret } = settings.service();
const pool = openDatabase();
const cache = openCache();
const subscriber = openCache();
const users = new Users(pool, cache, jwtSecret);

const app: FastifyInstance<Server> = fastify({
  https: { ...certificate(), minVersion: "TLSv1.3" },
  loggerInstance: log,
  disableRequestLogging: true,
  bodyLimit: 64 * 1024,
  requestIdHeader: "x-request-id",
}) as never;

// cert-manager renews the file; a pod that must be restarted for that would drop every WebSocket.
watchFile(certFile, { interval: 10_000 }, () =>
  app.server.setSecureContext({ ...certificate(), minVersion: "TLSv1.3" }),
);

app.addHook("onResponse", async (request, reply) => {
  const seconds = reply.elapsedTime / 1000;
  requestDuration.observe(
    {
      http_request_method: request.method,
      http_route: request.routeOptions.url ?? "none",
      http_response_status_code: String(reply.statusCode),
    },
    seconds,
  );
});

/** Answers 401 or 403 unless the bearer may do this; `roles` are those that may. */
async function allow(authorization: string | undefined, roles: readonly User["role"][]): Promise<User | 401 | 403> {
  const user = await users.verify(authorization);
  if (user === undefined) return 401;
  return roles.includes(user.role) ? user : 403;
}

app.get("/api/health", async (_request, reply) => {
  try {
    await Promise.all([pool.query("select 1"), cache.ping()]);
    return { status: "ok" };
  } catch {
    return reply.code(503).send({ status: "a store does not answer" });
  }
});

app.get("/metrics", async (_request, reply) => reply.type(metricsType).send(await metrics()));

const credentials = {
  body: {
    type: "object",
    required: ["name", "password"],
    additionalProperties: false,
    properties: { name: { type: "string", maxLength: 100 }, password: { type: "string", maxLength: 200 } },
  },
} as const;
app.post<{ Body: { name: string; password: string } }>(
  "/api/auth/login",
  { schema: credentials },
  async (request, reply) => {
    const tokens = await users.login(request.body.name, request.body.password);
    return tokens ?? reply.code(401).send({ error: "wrong name or password" });
  },
);

const refreshToken = {
  body: {
    type: "object",
    required: ["refreshToken"],
    additionalProperties: false,
    properties: { refreshToken: { type: "string", maxLength: 100 } },
  },
} as const;
app.post<{ Body: { refreshToken: string } }>("/api/auth/refresh", { schema: refreshToken }, async (request, reply) => {
  const tokens = await users.refresh(request.body.refreshToken);
  return tokens ?? reply.code(401).send({ error: "not a valid refresh token" });
});
app.post<{ Body: { refreshToken: string } }>("/api/auth/logout", { schema: refreshToken }, async (request, reply) => {
  await users.logout(request.body.refreshToken);
  return reply.code(204).send();
});

/** What the edge asks before it lets a request through, to limit by user and tier. */
app.get("/api/auth/verify", async (request, reply) => {
  const user = await users.verify(request.headers.authorization);
  if (user === undefined) return reply.code(401).send();
  return reply.header("x-auth-user", user.id).header("x-auth-tier", user.tier).code(204).send();
});

app.get("/api/vessels", async (request, reply) => {
  const user = await allow(request.headers.authorization, ["viewer", "officer", "admin"]);
  if (typeof user === "number") return reply.code(user).send();
  const { rows } = await pool.query(
    `select v.imo, v.name, v.class, p.at, p.latitude, p.longitude, p.speed_knots
       from vessels v
       left join lateral (select * from positions where imo = v.imo order by at desc limit 1) p on true
      order by v.name`,
  );
  return rows;
});

interface Position {
  imo: number;
  at: string;
  latitude: number;
  longitude: number;
  speedKnots: number;
}
const position = {
  body: {
    type: "object",
    required: ["imo", "at", "latitude", "longitude", "speedKnots"],
    additionalProperties: false,
    properties: {
      imo: { type: "integer", minimum: 1_000_000, maximum: 9_999_999 },
      at: { type: "string", format: "date-time" },
      latitude: { type: "number", minimum: -90, maximum: 90 },
      longitude: { type: "number", minimum: -180, maximum: 180 },
      speedKnots: { type: "number", minimum: 0, maximum: 100 },
    },
  },
} as const;
app.post<{ Body: Position }>("/api/positions", { schema: position }, async (request, reply) => {
  const user = await allow(request.headers.authorization, ["officer", "admin"]);
  if (typeof user === "number") return reply.code(user).send();
  const { imo, at, latitude, longitude, speedKnots } = request.body;
  // A ship that was out of reach sends its backlog, some of it twice.
  const { rows } = await pool.query<{ class: string }>(
    `with stored as (
       insert into positions (imo, at, latitude, longitude, speed_knots)
       select imo, $2, $3, $4, $5 from vessels where imo = $1
       on conflict do nothing returning imo)
     select class from vessels where imo = $1`,
    [imo, at, latitude, longitude, speedKnots],
  );
  const [vessel] = rows;
  if (vessel === undefined) return reply.code(404).send({ error: `no vessel ${imo}` });
  positionsReceived.inc({ class: vessel.class });
  await cache.publish(positionsChannel, JSON.stringify(request.body));
  return reply.code(202).send();
});

const live = new Live(app.server, users, subscriber);

/** Finishes what is open, then goes: the platform has already stopped sending new requests. */
async function stop(): Promise<void> {
  live.close();
  await app.close();
  subscriber.disconnect();
  await cache.quit();
  await pool.end();
}
process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());

await app.listen({ port, host: "::" });
log.info({ port }, "serving");
