import type pg from "pg";

/** Prices in USD, by the first letter of the part: a supplier's answer in a sample without suppliers. */
const priceOf = (part: string) => 100 + (part.toLowerCase().charCodeAt(0) % 26) * 25;

/**
 * Takes one requisition that waits for a quote and gives it one. Two workers never take the same: what one has locked the other skips.
 *
 * @returns whether there was one
 */
export async function quoteOne(pool: pg.Pool): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<{ id: string; part: string; quantity: number }>(
      `select id, part, quantity from requisitions where stage = 'requested'
        order by stage_since limit 1 for update skip locked`,
    );
    const [job] = rows;
    if (job !== undefined) {
      await client.query(
        "update requisitions set stage = 'quoted', stage_since = now(), price_usd = $2 where id = $1",
        [job.id, priceOf(job.part) * job.quantity],
      );
    }
    await client.query("commit");
    client.release();
    return job !== undefined;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
