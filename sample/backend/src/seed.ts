import { log } from "./log.js";
import { hashPassword } from "./passwords.js";
import * as settings from "./settings.js";
import { openDatabase } from "./stores.js";

/** One user of each role, and one of each tier. */
const users = [
  { name: "viewer", role: "viewer", tier: "standard" },
  { name: "officer", role: "officer", tier: "standard" },
  { name: "admin", role: "admin", tier: "premium" },
] as const;

const vessels = [
  { imo: 9074729, name: "Aurora", kind: "cargo", state: "under_way" },
  { imo: 9166778, name: "Borealis", kind: "tanker", state: "under_way" },
  { imo: 9319466, name: "Calypso", kind: "passenger", state: "under_way" },
  { imo: 9506291, name: "Dorado", kind: "tug", state: "moored" },
] as const;

const leastPasswordCharacters = 12;

/**
 * Makes the users and vessels of a demonstration: `SEED_PASSWORD=… node dist/seed.js`. May run twice; the second sets the password anew.
 * Never in production, where a user whose name everybody knows would be an open door.
 */
async function seed(): Promise<void> {
  if (settings.isProduction()) throw new Error("refused: ENVIRONMENT is neither local nor staging");
  const password = process.env["SEED_PASSWORD"] ?? "";
  if (password.length < leastPasswordCharacters) {
    throw new Error(`SEED_PASSWORD must have at least ${leastPasswordCharacters} characters`);
  }
  const pool = openDatabase();
  try {
    for (const { name, role, tier } of users) {
      await pool.query(
        `insert into users (name, password_hash, role, tier) values ($1, $2, $3, $4)
         on conflict (name) do update set password_hash = excluded.password_hash, role = excluded.role, tier = excluded.tier`,
        [name, await hashPassword(password), role, tier],
      );
    }
    for (const { imo, name, kind, state } of vessels) {
      await pool.query(
        "insert into vessels (imo, name, class, state) values ($1, $2, $3, $4) on conflict (imo) do nothing",
        [imo, name, kind, state],
      );
    }
    log.info({ users: users.map(({ name }) => name), vessels: vessels.length }, "seeded");
  } finally {
    await pool.end();
  }
}

await seed().catch((error: unknown) => {
  log.error({ error: (error as Error).message }, "not seeded");
  process.exitCode = 1;
});
