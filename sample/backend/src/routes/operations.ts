import type { App, Services } from "../app.js";
import { metrics, metricsType } from "../metrics.js";

/** Longer than the kubelet waits, an answer is of no use. */
const healthMillis = 2500;

/** What the platform asks. */
export function operationRoutes(app: App, { pool, cache }: Services): void {
  app.get("/api/health", async (_request, reply) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("no answer in time")), healthMillis);
    });
    try {
      await Promise.race([Promise.all([pool.query("select 1"), cache.ping()]), late]);
      return { status: "ok" };
    } catch {
      return reply.code(503).send({ status: "a store does not answer" });
    } finally {
      clearTimeout(timer);
    }
  });

  // Outside /api: the edge does not lead here.
  app.get("/metrics", async (_request, reply) => reply.type(metricsType).send(await metrics()));
}
