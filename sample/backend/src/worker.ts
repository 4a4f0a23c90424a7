import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { simulateStep } from "./feed.js";
import { registerFleetMetrics } from "./fleetMetrics.js";
import { Leader } from "./leader.js";
import { log } from "./log.js";
import { metrics, metricsType } from "./metrics.js";
import { quoteOne } from "./quotes.js";
import * as settings from "./settings.js";
import { openStores } from "./stores.js";
import { startTracing, traced } from "./tracing.js";

const stepMillis = 2000;
/** Of requisitions in one step: the heartbeat must not wait for a long queue. */
const mostQuotes = 100;

const simulates = settings.simulatesFeed();
const { metricsPort, heartbeatFile } = settings.worker();
const { certFile, keyFile } = settings.tls();
const stopTracing = startTracing("worker");
const stores = openStores();
const { pool } = stores;
const leader = new Leader(pool);
registerFleetMetrics(pool, leader.leads);

const readCertificate = () => ({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
const server = createServer({ ...readCertificate(), minVersion: "TLSv1.3" }, (request, response) => {
  if (request.url !== "/metrics") return void response.writeHead(404).end();
  metrics().then(
    text => response.writeHead(200, { "content-type": metricsType }).end(text),
    () => response.writeHead(500).end(),
  );
}).listen(metricsPort, "::");

/** Positions older than what the fleet view shows are thinned to one an hour. */
async function thin(): Promise<void> {
  await pool.query(
    `delete from positions p using (
       select imo, at, row_number() over (partition by imo, date_trunc('hour', at) order by at) as n
         from positions where at < now() - interval '7 days') old
      where p.imo = old.imo and p.at = old.at and old.n > 1`,
  );
}

/** @param count of steps so far */
async function step(count: number): Promise<void> {
  let quoted = 0;
  while (quoted < mostQuotes && (await quoteOne(pool))) quoted++;
  if (quoted > 0) log.info({ quoted }, "quoted");
  if (!(await leader.campaign())) return;
  if (simulates) await simulateStep(stores);
  // Every ten minutes.
  if (count % 300 === 0) await traced("thin positions", thin);
}

let running = true;
const wake = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    running = false;
    wake.abort();
  });
}
writeFileSync(heartbeatFile, "");
log.info({ simulates }, "working");
for (let count = 0; running; count++) {
  try {
    await step(count);
    // The probe looks at the file's age: a worker that hangs or only fails is restarted.
    const now = new Date();
    utimesSync(heartbeatFile, now, now);
    // A renewed certificate is read by the next who connects.
    server.setSecureContext({ ...readCertificate(), minVersion: "TLSv1.3" });
  } catch (error) {
    log.error({ error: (error as Error).message }, "a step failed");
  }
  await pause(stepMillis, undefined, { signal: wake.signal }).catch(() => undefined);
}
log.info("stopping");
leader.resign();
server.close();
server.closeAllConnections();
stores.cache.disconnect();
await pool.end();
await stopTracing();
