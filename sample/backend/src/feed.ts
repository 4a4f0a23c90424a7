import { feedConnected } from "./metrics.js";
import { storePosition } from "./positions.js";
import type { Stores } from "./stores.js";

/** The provider's name in metrics and in the database. */
export const provider = "simulated";

interface Sailing {
  imo: number;
  latitude: number | null;
  longitude: number | null;
}

/** Where a vessel without a position starts: off Rotterdam, each a little apart. */
const start = (imo: number) => ({ latitude: 51.5 + (imo % 97) / 100, longitude: 2.5 + (imo % 89) / 100 });

/** A knot for two seconds is about a hundred-thousandth of a degree; ten times that can be seen on a page. */
const degreesPerKnot = 1e-4;

/** Moves every vessel that is under way a little on its course, which follows from its number: no chance, so that tests know it. */
export async function simulateStep(stores: Stores, now = new Date()): Promise<number> {
  feedConnected.set({ provider }, 1);
  const { rows } = await stores.pool.query<Sailing>(
    `select v.imo, p.latitude, p.longitude from vessels v
       left join lateral (select latitude, longitude from positions where imo = v.imo order by at desc limit 1) p on true
      where v.state = 'under_way'`,
  );
  for (const { imo, latitude, longitude } of rows) {
    const speedKnots = 8 + (imo % 10);
    const course = ((imo % 360) * Math.PI) / 180;
    const from = latitude === null || longitude === null ? start(imo) : { latitude, longitude };
    const position = {
      imo,
      at: now.toISOString(),
      // Turned back before the pole and the date line, where a degree is no distance.
      latitude: Math.max(-70, Math.min(70, from.latitude + speedKnots * degreesPerKnot * Math.cos(course))),
      longitude: Math.max(-170, Math.min(170, from.longitude + speedKnots * degreesPerKnot * Math.sin(course))),
      speedKnots,
    };
    await storePosition(stores, position, provider);
  }
  // What providers of rates and weather, and the vessels' links, would tell.
  await stores.pool.query(
    `insert into imports (kind, source, at, content)
     values ('rates', 'USD', $1, '{"EUR": 0.92, "NOK": 10.4}'), ('weather', $2, $1, '{"seaState": 3}')
     on conflict (kind, source) do update set at = excluded.at, content = excluded.content`,
    [now, provider],
  );
  await stores.pool.query("insert into links (imo, up) select imo, true from vessels on conflict (imo) do nothing");
  return rows.length;
}
