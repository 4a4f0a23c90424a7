import { userOf } from "../access.js";
import type { App, Services } from "../app.js";

/** The first bytes of each type that is accepted. */
const signatures: Readonly<Record<string, Buffer>> = {
  "application/pdf": Buffer.from("%PDF-"),
  "image/jpeg": Buffer.from([0xff, 0xd8, 0xff]),
  "image/png": Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
};

/** As the database checks once more. */
const largestBytes = 512 * 1024;
/** Of one user. */
const mostDocuments = 50;

const named = {
  querystring: {
    type: "object",
    required: ["name"],
    additionalProperties: false,
    // A file's name: no folder, nothing that cannot be seen, not hidden.
    properties: { name: { type: "string", maxLength: 120, pattern: "^[^\\p{C}/\\\\.][^\\p{C}/\\\\]*$" } },
  },
} as const;

const one = { params: { type: "object", properties: { id: { type: "string", format: "uuid" } } } } as const;

/** A user's own documents, in the database: a pod may die at any time, and there is one thing to back up. */
export function documentRoutes(app: App, { pool, access }: Services): void {
  const everybody = access.only("viewer", "officer", "admin");
  for (const type of Object.keys(signatures)) {
    app.addContentTypeParser(type, { parseAs: "buffer", bodyLimit: largestBytes }, (_request, body, done) =>
      done(null, body),
    );
  }

  app.post<{ Querystring: { name: string }; Body: unknown }>(
    "/api/documents",
    { schema: named, bodyLimit: largestBytes, onRequest: access.only("officer", "admin") },
    async (request, reply) => {
      const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
      const signature = signatures[type];
      const { body } = request;
      if (signature === undefined || !Buffer.isBuffer(body)) {
        return reply.code(415).send({ error: `a document is one of ${Object.keys(signatures).join(", ")}` });
      }
      if (!body.subarray(0, signature.length).equals(signature)) {
        return reply.code(415).send({ error: `the content is not ${type}` });
      }
      const { rows } = await pool.query<{ id: string }>(
        `insert into documents (owner, name, type, content)
         select $1, $2, $3, $4 where (select count(*) from documents where owner = $1) < $5 returning id`,
        [userOf(request).id, request.query.name, type, body, mostDocuments],
      );
      return rows[0] === undefined
        ? reply.code(409).send({ error: `you have ${mostDocuments} documents already` })
        : reply.code(201).send(rows[0]);
    },
  );

  app.get("/api/documents", { onRequest: everybody }, async request => {
    const { rows } = await pool.query(
      `select id, name, type, octet_length(content) as bytes, at from documents where owner = $1 order by at desc`,
      [userOf(request).id],
    );
    return rows;
  });

  app.get<{ Params: { id: string } }>(
    "/api/documents/:id",
    { schema: one, onRequest: everybody },
    async (request, reply) => {
      const { rows } = await pool.query<{ name: string; type: string; content: Buffer }>(
        "select name, type, content from documents where id = $1 and owner = $2",
        [request.params.id, userOf(request).id],
      );
      const [document] = rows;
      if (document === undefined) return reply.code(404).send({ error: "no such document" });
      // Never shown in the page: what a user uploaded must not run as ours.
      return reply
        .header("content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(document.name)}`)
        .header("x-content-type-options", "nosniff")
        .type(document.type)
        .send(document.content);
    },
  );

  app.delete<{ Params: { id: string } }>(
    "/api/documents/:id",
    { schema: one, onRequest: everybody },
    async (request, reply) => {
      const { rowCount } = await pool.query("delete from documents where id = $1 and owner = $2", [
        request.params.id,
        userOf(request).id,
      ]);
      return rowCount === 0 ? reply.code(404).send({ error: "no such document" }) : reply.code(204).send();
    },
  );
}
