import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { EdgeClient } from "./client.js";
import { until } from "./kubectl.js";
import type { Lab } from "./lab.js";
import { tokensOf } from "./users.js";

/** A vessel of the demonstration. */
const imo = 9_074_729;
/** Well below the limit of one user, 600 a minute. */
const pauseMillis = 200;
/** The API's own limit of a page. */
const pageLength = 1000;

const acknowledgement = z.object({ id: z.int() });
const page = z.array(z.object({ id: z.int(), reference: z.string() }));

/** Orders one part after the other through the edge, numbered, and keeps a book of the orders that were acknowledged. */
export class Ledger {
  readonly acknowledged: string[] = [];
  refused = 0;
  /** Longest time between two acknowledged orders. */
  longestGapMillis = 0;
  private readonly run = randomUUID();
  private readonly client: EdgeClient;
  private firstId = Number.POSITIVE_INFINITY;
  private stopped = false;
  private last = Date.now();
  private readonly writing: Promise<void>;

  private constructor(
    lab: Lab,
    private readonly headers: Readonly<Record<string, string>>,
  ) {
    this.client = new EdgeClient(lab.edge);
    this.writing = this.write();
  }

  static async open(lab: Lab): Promise<Ledger> {
    const { accessToken } = await tokensOf(lab, "officer");
    return new Ledger(lab, { authorization: `Bearer ${accessToken}`, "content-type": "application/json" });
  }

  private async write(): Promise<void> {
    for (let row = 0; !this.stopped; row++) {
      const reference = `${this.run} ${row}`;
      const body = JSON.stringify({ reference, imo, part: "gasket", quantity: 1 });
      const answer = await this.client
        .ask("/api/requisitions", { method: "POST", headers: this.headers, body })
        .catch(() => undefined);
      if (answer?.status === 201) {
        this.firstId = Math.min(this.firstId, acknowledgement.parse(JSON.parse(answer.body.toString())).id);
        this.acknowledged.push(reference);
        this.longestGapMillis = Math.max(this.longestGapMillis, Date.now() - this.last);
        this.last = Date.now();
      } else this.refused++;
      await pause(pauseMillis);
    }
  }

  /** Waits for an order that was written after now. */
  async nextRow(): Promise<void> {
    const before = this.acknowledged.length;
    await until("an order is acknowledged", 120, () => Promise.resolve(this.acknowledged.length > before));
  }

  async close(): Promise<void> {
    this.stopped = true;
    await this.writing;
  }

  /** Acknowledged orders that the API does not have. */
  async lost(): Promise<string[]> {
    const found = new Set<string>();
    for (let after = this.firstId - 1, full = true; full; ) {
      const { status, body } = await this.client.ask(`/api/requisitions?after=${after}&limit=${pageLength}`, {
        headers: this.headers,
      });
      if (status !== 200) throw new Error(`the ledger could not be read: ${status}`);
      const rows = page.parse(JSON.parse(body.toString()));
      for (const { id, reference } of rows) {
        found.add(reference);
        after = Math.max(after, id);
      }
      full = rows.length === pageLength;
    }
    return this.acknowledged.filter(reference => !found.has(reference));
  }
}
