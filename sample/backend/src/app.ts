import { readFileSync, watchFile } from "node:fs";
import type { Server } from "node:https";
import { type FastifyError, type FastifyInstance, fastify } from "fastify";
import { Access } from "./access.js";
import { log } from "./log.js";
import { requestDuration } from "./metrics.js";
import { authRoutes } from "./routes/auth.js";
import { documentRoutes } from "./routes/documents.js";
import { operationRoutes } from "./routes/operations.js";
import { requisitionRoutes } from "./routes/requisitions.js";
import { vesselRoutes } from "./routes/vessels.js";
import type { Stores } from "./stores.js";
import { traceIdOf, traceRequests } from "./tracing.js";
import type { Users } from "./users.js";

export type App = FastifyInstance<Server>;

/** What routes work with. */
export interface Services extends Stores {
  users: Users;
  access: Access;
}

const largestBodyBytes = 64 * 1024;
/** Time for a client to send a whole request. The edge is stricter; this is for whoever is not behind it. */
const requestMillis = 30_000;

/** The HTTPS server with all its routes. It reads a renewed certificate by itself: a restart would drop every WebSocket. */
export function buildApp(
  stores: Stores,
  users: Users,
  { certFile, keyFile }: { certFile: string; keyFile: string },
): App {
  const certificate = () => ({
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
    minVersion: "TLSv1.3" as const,
  });
  const app = fastify({
    https: certificate(),
    loggerInstance: log,
    disableRequestLogging: true,
    bodyLimit: largestBodyBytes,
    requestTimeout: requestMillis,
    // The edge made it, or checked it.
    requestIdHeader: "x-request-id",
    // While it stops, what still comes on open connections is served: the edge has sent it in good faith.
    return503OnClosing: false,
  }) as unknown as App;
  watchFile(certFile, { interval: 10_000, persistent: false }, () => {
    try {
      app.server.setSecureContext(certificate());
    } catch (error) {
      log.error({ error: (error as Error).message }, "a renewed certificate was refused, the old one stays");
    }
  });

  const access = new Access(users);
  app.decorateRequest("user", null);
  traceRequests(app as never);
  logRequests(app);
  errors(app);
  const services: Services = { ...stores, users, access };
  for (const routes of [operationRoutes, authRoutes, vesselRoutes, requisitionRoutes, documentRoutes])
    routes(app, services);
  return app;
}

function logRequests(app: App): void {
  app.addHook("onResponse", async (request, reply) => {
    const { url: route = "none" } = request.routeOptions;
    requestDuration.observe(
      {
        http_request_method: request.method,
        http_route: route,
        http_response_status_code: String(reply.statusCode),
      },
      reply.elapsedTime / 1000,
    );
    // The route and not the path, and nothing that a client wrote.
    const line = {
      method: request.method,
      route,
      status: reply.statusCode,
      seconds: Math.round(reply.elapsedTime) / 1000,
      requestId: request.id,
      traceId: traceIdOf(request),
      user: request.user?.id,
    };
    if (reply.statusCode >= 500) log.error(line, "failed");
    else log.debug(line, "served");
  });
}

/** A client's fault is told to it; ours is told to the log, and the client gets an id to ask with. */
function errors(app: App): void {
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "no such path" }));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: error.message });
    log.error({ requestId: request.id, error: error.message, stack: error.stack }, "a request failed");
    return reply.code(500).send({ error: "internal error", requestId: request.id });
  });
}
