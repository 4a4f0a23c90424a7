import { setTimeout as pause } from "node:timers/promises";
import { EdgeClient } from "./client.js";
import { until } from "./kubectl.js";
import type { Lab } from "./lab.js";
import { lastLine } from "./process.js";
import { readyPods, tokensOf } from "./users.js";

/** A vessel of the demonstration. */
const imo = 9_074_729;
/** Well below the limit of one user, 600 a minute. */
const pauseMillis = 200;

/** Writes one row after the other through the edge, as a ship's transponder would, and keeps a book of those that were acknowledged. */
export class Ledger {
  readonly acknowledged: string[] = [];
  refused = 0;
  /** Longest time between two acknowledged rows. */
  longestGapMillis = 0;
  private stopped = false;
  private last = Date.now();
  private readonly writing: Promise<void>;

  private constructor(client: EdgeClient, token: string) {
    this.writing = this.write(client, token);
  }

  static async open(lab: Lab): Promise<Ledger> {
    const { accessToken } = await tokensOf(lab, "officer");
    return new Ledger(new EdgeClient(lab.edge), accessToken);
  }

  private async write(client: EdgeClient, token: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    // Years ago, so that no position of the simulated feed is among them; a millisecond apart, so that each is a row.
    const start = Date.parse("2001-01-01T00:00:00Z") + Math.floor(Math.random() * 1e10);
    for (let row = 0; !this.stopped; row++) {
      const at = new Date(start + row).toISOString();
      const body = JSON.stringify({ imo, at, latitude: 1, longitude: 1, speedKnots: 1 });
      const status = await client.ask("/api/positions", { method: "POST", headers, body }).then(
        answer => answer.status,
        () => 0,
      );
      if (status === 202) {
        this.acknowledged.push(at);
        this.longestGapMillis = Math.max(this.longestGapMillis, Date.now() - this.last);
        this.last = Date.now();
      } else this.refused++;
      await pause(pauseMillis);
    }
  }

  /** Waits for a row that was written after now. */
  async nextRow(): Promise<void> {
    const before = this.acknowledged.length;
    await until("a row is acknowledged", 120, () => Promise.resolve(this.acknowledged.length > before));
  }

  async close(): Promise<void> {
    this.stopped = true;
    await this.writing;
  }

  /** Acknowledged rows that the database does not have. */
  async lost(lab: Lab): Promise<string[]> {
    const [pod] = await readyPods(lab, "api");
    if (pod === undefined) throw new Error("no pod of the API is ready");
    const at = { namespace: pod.metadata.namespace ?? "", pod: pod.metadata.name, container: "api" };
    const command = ["node", "--input-type=module", "--eval", rows];
    const outcome = await lab.kubectl.exec(at, command, { input: JSON.stringify(this.acknowledged) });
    if (outcome.code !== 0) throw new Error(`the ledger could not be read: ${lastLine(outcome)}`);
    const found = new Set(JSON.parse(outcome.stdout) as string[]);
    return this.acknowledged.filter(row => !found.has(row));
  }
}

const rows = `
import { readFileSync } from "node:fs";
import pg from "pg";
const { TLS_CA_FILE, DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_NAME: database, DATABASE_USER: user, DATABASE_PASSWORD: password } = process.env;
const client = new pg.Client({ host, port: Number(port), database, user, password, ssl: { ca: readFileSync(TLS_CA_FILE, "utf8") } });
await client.connect();
const asked = JSON.parse(readFileSync(0, "utf8"));
const found = await client.query("select at from positions where imo = ${imo} and at = any($1::timestamptz[])", [asked]);
console.log(JSON.stringify(found.rows.map(({ at }) => at.toISOString())));
await client.end();
`;
