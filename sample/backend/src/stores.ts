import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import pg from "pg";
import { Sessions } from "./sessions.js";
import * as settings from "./settings.js";

/** Connections that verify the server's certificate by the cluster's own authority. */
export function openDatabase(): pg.Pool {
  const { caFile } = settings.tls();
  const pool = new pg.Pool({
    ...settings.database(),
    connectionTimeoutMillis: 5000,
    // Soon: a pod that is leaving has nothing to ask any more, and its successor needs them.
    idleTimeoutMillis: 5000,
    // A query that takes longer is a fault, and holds a connection that others wait for.
    statement_timeout: 10_000,
    ssl: { ca: readFileSync(caFile, "utf8"), minVersion: "TLSv1.3" },
  });
  // An idle connection that the server closed (a restart, a failover) is no reason to die: the pool makes another.
  pool.on("error", () => undefined);
  return pool;
}

export function openCache(): Redis {
  const { caFile } = settings.tls();
  const redis = new Redis({
    ...settings.cache(),
    tls: { ca: readFileSync(caFile, "utf8"), minVersion: "TLSv1.3" },
    maxRetriesPerRequest: 2,
    connectTimeout: 5000,
    // Half a second at most between attempts: a cache that is back should be noticed.
    retryStrategy: attempt => Math.min(attempt * 50, 500),
  });
  redis.on("error", () => undefined);
  return redis;
}

/** What all parts work with. */
export interface Stores {
  pool: pg.Pool;
  cache: Redis;
  sessions: Sessions;
}

export function openStores(): Stores {
  const cache = openCache();
  return { pool: openDatabase(), cache, sessions: new Sessions(cache) };
}
