import type { App, Services } from "../app.js";
import { type Position, storePosition } from "../positions.js";

const imo = { type: "integer", minimum: 1_000_000, maximum: 9_999_999 } as const;

const position = {
  body: {
    type: "object",
    required: ["imo", "at", "latitude", "longitude", "speedKnots"],
    additionalProperties: false,
    properties: {
      imo,
      at: { type: "string", format: "date-time" },
      latitude: { type: "number", minimum: -90, maximum: 90 },
      longitude: { type: "number", minimum: -180, maximum: 180 },
      speedKnots: { type: "number", minimum: 0, maximum: 100 },
    },
  },
} as const;

const link = {
  params: { type: "object", properties: { imo: { type: "string", pattern: "^[1-9]\\d{6}$" } } },
  body: {
    type: "object",
    required: ["up"],
    additionalProperties: false,
    properties: { up: { type: "boolean" }, backlogOldest: { type: "string", format: "date-time" } },
  },
} as const;

/** A ship's clock that is ahead would hide all later positions behind one. */
const mostAheadMillis = 60_000;

export function vesselRoutes(app: App, services: Services): void {
  const { pool, access } = services;

  app.get("/api/vessels", { onRequest: access.only("viewer", "officer", "admin") }, async () => {
    const { rows } = await pool.query(
      `select v.imo, v.name, v.class, v.state, p.at, p.latitude, p.longitude, p.speed_knots
         from vessels v
         left join lateral (select * from positions where imo = v.imo order by at desc limit 1) p on true
        order by v.name`,
    );
    return rows;
  });

  app.post<{ Body: Position }>(
    "/api/positions",
    { schema: position, onRequest: access.only("officer", "admin") },
    async ({ body }, reply) => {
      if (Date.parse(body.at) > Date.now() + mostAheadMillis) {
        return reply.code(400).send({ error: `at must not be in the future, got ${body.at}` });
      }
      const known = await storePosition(services, body, "direct");
      return known ? reply.code(202).send() : reply.code(404).send({ error: `no vessel ${body.imo}` });
    },
  );

  app.put<{ Params: { imo: string }; Body: { up: boolean; backlogOldest?: string } }>(
    "/api/vessels/:imo/link",
    { schema: link, onRequest: access.only("officer", "admin") },
    async ({ params, body }, reply) => {
      const { rowCount } = await pool.query(
        `insert into links (imo, up, backlog_oldest) select imo, $2, $3 from vessels where imo = $1
         on conflict (imo) do update set up = excluded.up, backlog_oldest = excluded.backlog_oldest`,
        [params.imo, body.up, body.backlogOldest],
      );
      return rowCount === 0 ? reply.code(404).send({ error: `no vessel ${params.imo}` }) : reply.code(204).send();
    },
  );
}
