import type pg from "pg";

/** Any number: all workers of this database want the same lock. */
const lock = 4_120_254;

/** One worker of several leads: it holds a lock of the database for as long as its connection lives. */
export class Leader {
  private client: pg.PoolClient | undefined;

  constructor(private readonly pool: pg.Pool) {}

  readonly leads = (): boolean => this.client !== undefined;

  /** Takes the lead if nobody has it; keeps it while the connection stands. */
  async campaign(): Promise<boolean> {
    if (this.client !== undefined) {
      await this.client.query("select 1");
      return true;
    }
    const client = await this.pool.connect();
    client.on("error", () => this.step(client));
    const { rows } = await client.query<{ won: boolean }>("select pg_try_advisory_lock($1) as won", [lock]);
    if (rows[0]?.won === true) this.client = client;
    else client.release(true);
    return this.leads();
  }

  /** Lets another lead: the lock goes with the connection. */
  resign(): void {
    if (this.client !== undefined) this.step(this.client);
  }

  private step(client: pg.PoolClient): void {
    if (this.client !== client) return;
    this.client = undefined;
    client.release(true);
  }
}
