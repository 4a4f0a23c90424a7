import { utimesSync, writeFileSync } from "node:fs";
import { log } from "./log.js";
import { openCache, openDatabase } from "./stores.js";

const pool = openDatabase();
const cache = openCache();
const heartbeat = process.env["HEARTBEAT_FILE"] ?? "/tmp/heartbeat";
const everySeconds = 10;
let running = true;

/** Positions older than what the fleet view shows are thinned to one an hour. */
async function thin(): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from positions p using (
       select imo, at, row_number() over (partition by imo, date_trunc('hour', at) order by at) as n
         from positions where at < now() - interval '7 days') old
      where p.imo = old.imo and p.at = old.at and old.n > 1`,
  );
  return rowCount ?? 0;
}

writeFileSync(heartbeat, "");
process.once("SIGTERM", () => (running = false));
while (running) {
  try {
    const thinned = await thin();
    await cache.set("worker:last-run", new Date().toISOString());
    // The probe looks at the file's age: a worker that hangs or only fails is restarted.
    const now = new Date();
    utimesSync(heartbeat, now, now);
    log.debug({ thinned }, "thinned positions");
  } catch (error) {
    log.error({ error: (error as Error).message }, "a run failed");
  }
  for (let waited = 0; waited < everySeconds && running; waited++)
    await new Promise(resolve => setTimeout(resolve, 1000));
}
await cache.quit();
await pool.end();
