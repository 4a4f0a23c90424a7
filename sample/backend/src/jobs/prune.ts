import { log } from "../log.js";
import { openDatabase } from "../stores.js";

/** Positions are kept for two years; deleted in steps, so that no run holds locks for long. May run twice. */
const step = 10_000;
const pool = openDatabase();
let deleted = 0;
for (;;) {
  const { rowCount } = await pool.query(
    `delete from positions where (imo, at) in
       (select imo, at from positions where at < now() - interval '2 years' limit $1)`,
    [step],
  );
  deleted += rowCount ?? 0;
  if ((rowCount ?? 0) < step) break;
}
log.info({ deleted }, "pruned positions");
await pool.end();
