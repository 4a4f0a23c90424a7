import type { App, Services } from "../app.js";

const credentials = {
  body: {
    type: "object",
    required: ["name", "password"],
    additionalProperties: false,
    properties: {
      name: { type: "string", minLength: 1, maxLength: 100 },
      password: { type: "string", minLength: 1, maxLength: 200 },
    },
  },
} as const;

const refreshToken = {
  body: {
    type: "object",
    required: ["refreshToken"],
    additionalProperties: false,
    properties: { refreshToken: { type: "string", maxLength: 100 } },
  },
} as const;

export function authRoutes(app: App, { users, sessions, access }: Services): void {
  app.post<{ Body: { name: string; password: string } }>(
    "/api/auth/login",
    { schema: credentials },
    async ({ body }, reply) =>
      (await users.login(body.name, body.password)) ?? reply.code(401).send({ error: "wrong name or password" }),
  );

  app.post<{ Body: { refreshToken: string } }>(
    "/api/auth/refresh",
    { schema: refreshToken },
    async ({ body }, reply) => {
      return (await users.refresh(body.refreshToken)) ?? reply.code(401).send({ error: "not a valid refresh token" });
    },
  );

  app.post<{ Body: { refreshToken: string } }>(
    "/api/auth/logout",
    { schema: refreshToken },
    async ({ body }, reply) => {
      await sessions.close(body.refreshToken);
      return reply.code(204).send();
    },
  );

  /** What the edge asks before it lets a request through, to limit by user and tier. */
  app.get("/api/auth/verify", async (request, reply) => {
    const user = await access.userOf(request);
    if (user === undefined) return reply.code(401).send();
    return reply.header("x-auth-user", user.id).header("x-auth-tier", user.tier).code(204).send();
  });
}
