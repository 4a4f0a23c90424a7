import { readdirSync, readFileSync } from "node:fs";
import { log } from "./log.js";
import { openDatabase } from "./stores.js";

/** Any number: all migrations of this database take the same lock. */
const lock = 4_120_253;

/** Applies, in order and each in a transaction of its own, the migrations that the database has not seen. Two at once wait for each other. */
async function migrate(): Promise<void> {
  const folder = new URL("../migrations/", import.meta.url);
  const files = readdirSync(folder)
    .filter(file => file.endsWith(".sql"))
    .sort();
  const pool = openDatabase();
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [lock]);
    await client.query(
      "create table if not exists migrations (file text primary key, at timestamptz not null default now())",
    );
    const { rows } = await client.query<{ file: string }>("select file from migrations");
    const done = new Set(rows.map(({ file }) => file));
    for (const file of files.filter(name => !done.has(name))) {
      // A schema change that waits for a long transaction would block everybody behind it: give up instead.
      await client.query("begin; set local lock_timeout = '5s'");
      await client.query(readFileSync(new URL(file, folder), "utf8"));
      await client.query("insert into migrations (file) values ($1)", [file]);
      await client.query("commit");
      log.info({ file }, "migrated");
    }
  } finally {
    client.release(true);
    await pool.end();
  }
}

await migrate();
