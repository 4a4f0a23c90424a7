import type { Redis } from "ioredis";
import type pg from "pg";
import { positionMessages } from "./metrics.js";

export const positionsChannel = "positions";

export interface Position {
  imo: number;
  /** ISO 8601, with a zone. */
  at: string;
  latitude: number;
  longitude: number;
  speedKnots: number;
}

/**
 * Stores a position and tells every browser. A ship that was out of reach sends its backlog, some of it twice: the second is dropped.
 *
 * @param provider whom it came from
 * @returns whether there is such a vessel
 */
export async function storePosition(
  { pool, cache }: { pool: pg.Pool; cache: Redis },
  position: Position,
  provider: string,
): Promise<boolean> {
  const { imo, at, latitude, longitude, speedKnots } = position;
  const { rows } = await pool.query<{ known: boolean; stored: boolean }>(
    `with stored as (
       insert into positions (imo, at, latitude, longitude, speed_knots, provider)
       select imo, $2, $3, $4, $5, $6 from vessels where imo = $1
       on conflict do nothing returning imo)
     select exists (select from vessels where imo = $1) as known, exists (select from stored) as stored`,
    [imo, at, latitude, longitude, speedKnots, provider],
  );
  if (rows[0]?.known !== true) return false;
  positionMessages.inc({ provider });
  if (rows[0].stored) await cache.publish(positionsChannel, JSON.stringify(position));
  return true;
}
