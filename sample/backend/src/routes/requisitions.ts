import { userOf } from "../access.js";
import type { App, Services } from "../app.js";

interface Requisition {
  reference: string;
  imo: number;
  part: string;
  quantity: number;
  neededBy?: string;
}

const text = { type: "string", minLength: 1, maxLength: 100, pattern: "^[^\\p{Cc}]+$" } as const;

const requisition = {
  body: {
    type: "object",
    required: ["reference", "imo", "part", "quantity"],
    additionalProperties: false,
    properties: {
      reference: text,
      imo: { type: "integer", minimum: 1_000_000, maximum: 9_999_999 },
      part: text,
      quantity: { type: "integer", minimum: 1, maximum: 10_000 },
      neededBy: { type: "string", format: "date-time" },
    },
  },
} as const;

/** A whole number in a path or query. Not `integer`: its limits let 1e400, which is Infinity, pass. */
const whole = { type: "string", pattern: "^\\d{1,15}$" } as const;

const page = {
  querystring: {
    type: "object",
    additionalProperties: false,
    properties: {
      after: whole,
      limit: { type: "string", pattern: "^([1-9]\\d{0,2}|1000)$" },
    },
  },
} as const;

const stages = ["quoted", "ordered", "delivered"] as const;

const step = {
  params: { type: "object", properties: { id: whole } },
  body: {
    type: "object",
    required: ["stage"],
    additionalProperties: false,
    properties: { stage: { enum: stages.slice(1) } },
  },
} as const;

/** Orders of parts. What is answered with 201 or 200 is committed: it survives the death of every process. */
export function requisitionRoutes(app: App, { pool, access }: Services): void {
  app.post<{ Body: Requisition }>(
    "/api/requisitions",
    { schema: requisition, onRequest: access.only("officer", "admin") },
    async (request, reply) => {
      const { reference, imo, part, quantity, neededBy } = request.body;
      const user = userOf(request);
      const { rows } = await pool.query<{ id: string }>(
        `insert into requisitions (reference, requested_by, imo, part, quantity, needed_by)
         select $1, $2, imo, $4, $5, $6 from vessels where imo = $3
         on conflict (requested_by, reference) do nothing returning id`,
        [reference, user.id, imo, part, quantity, neededBy],
      );
      if (rows[0] !== undefined) return reply.code(201).send({ id: Number(rows[0].id) });
      // Asked for before: the answer was lost on its way.
      const earlier = await pool.query<{ id: string; same: boolean }>(
        `select id, (imo, part, quantity) = ($3, $4, $5) as same from requisitions where requested_by = $1 and reference = $2`,
        [user.id, reference, imo, part, quantity],
      );
      const [known] = earlier.rows;
      if (known === undefined) return reply.code(404).send({ error: `no vessel ${imo}` });
      if (!known.same) return reply.code(409).send({ error: "this reference is taken by another requisition" });
      return { id: Number(known.id) };
    },
  );

  app.get<{ Querystring: { after?: string; limit?: string } }>(
    "/api/requisitions",
    { schema: page, onRequest: access.only("viewer", "officer", "admin") },
    async ({ query: { after = "0", limit = "100" } }) => {
      const { rows } = await pool.query(
        `select id::int, reference, imo, part, quantity, stage, price_usd::float8 as "priceUsd", needed_by as "neededBy"
           from requisitions where id > $1 order by id limit $2`,
        [after, limit],
      );
      return rows;
    },
  );

  // Only forwards, one stage at a time: of two who come at once, one finds it done.
  app.put<{ Params: { id: string }; Body: { stage: "ordered" | "delivered" } }>(
    "/api/requisitions/:id/stage",
    { schema: step, onRequest: access.only("admin") },
    async ({ params, body }, reply) => {
      const before = stages[stages.indexOf(body.stage) - 1];
      const { rowCount } = await pool.query(
        "update requisitions set stage = $2, stage_since = now() where id = $1 and stage = $3",
        [params.id, body.stage, before],
      );
      return rowCount === 0
        ? reply.code(409).send({ error: `requisition ${params.id} is not ${before}` })
        : reply.code(204).send();
    },
  );
}
