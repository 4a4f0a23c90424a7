import { type App, buildApp } from "./app.js";
import { Live } from "./live.js";
import { log } from "./log.js";
import * as settings from "./settings.js";
import { openCache, openStores } from "./stores.js";
import { startTracing } from "./tracing.js";
import { Users } from "./users.js";

/** Longest wait for the edge to let go of its connections; it keeps an idle one for four seconds. */
const lingerMillis = 8000;

const { port, jwtSecret } = settings.service();
const stopTracing = startTracing("api");
const stores = openStores();
const subscriber = openCache();
const users = new Users(stores.pool, stores.sessions, jwtSecret);
const app = buildApp(stores, users, settings.tls());
const live = new Live(app.server, users, subscriber);

let stopping = false;
app.addHook("onSend", async (_request, reply) => {
  // The edge sends nothing more on a connection whose last answer said so.
  if (stopping) reply.header("connection", "close");
});

/** Waits until nobody is connected. Closing at once would cut off a request that is on its way on an idle connection. */
async function connectionsGone({ server }: App): Promise<void> {
  const deadline = Date.now() + lingerMillis;
  const count = () => new Promise<number>(resolve => server.getConnections((_, open) => resolve(open)));
  while (Date.now() < deadline && (await count()) > 0) await new Promise(resolve => setTimeout(resolve, 50));
}

/** Finishes what is open, then goes: the platform has already stopped sending new requests. */
async function stop(signal: NodeJS.Signals): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ signal }, "stopping");
  await live.close();
  await connectionsGone(app);
  await app.close();
  subscriber.disconnect();
  stores.cache.disconnect();
  await stores.pool.end();
  await stopTracing();
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, name => void stop(name));

await app.listen({ port, host: "::" });
log.info({ port }, "serving");
