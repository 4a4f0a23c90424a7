import { join } from "node:path";
import type { Context } from "mocha";
import { MariaDbPod } from "../../data/support/mariaDbPod.js";
import { Pod, requireNamespaces } from "../../data/support/pod.js";
import { PostgresPod } from "../../data/support/postgresPod.js";
import { RedisPod } from "../../data/support/redisPod.js";
import { eventually, run } from "../../data/support/run.js";
import { Edge } from "../../edge/support/edge.js";
import { findProgram, requireProgram } from "../../support/programs.js";

const linesOf = (output: string): string[] => output.split("\n").filter(line => line !== "");

async function until(what: string, done: () => boolean): Promise<void> {
  await eventually(what, () => {
    if (!done()) throw new Error("not yet");
  });
}

/** What the edge's nginx prints, with its configuration: a request that is answered, one without login, one for a hidden path, its own notices. */
export async function edgeLines(test: Context): Promise<string[]> {
  const edge = await new Edge(args => ({ ...args, errorLogLevel: "notice" })).start(test);
  try {
    const ids: string[] = [];
    for (const path of ["/api/echo", "/api/private/x", "/.git/config", "/gone"]) {
      const { headers } = await edge.client.get(path);
      ids.push(String(headers["x-request-id"]));
    }
    for (const id of ids) await edge.nginx.logged(id);
    return linesOf(edge.nginx.output());
  } finally {
    await edge.stop();
  }
}

/** What PostgreSQL prints: its start, a probe, a refused login, a statement that fails and sets a password, one over several lines. */
export async function postgresLines(test: Context, password: string): Promise<string[]> {
  await requireNamespaces(test);
  requireProgram(test, "postgres");
  const pod = await PostgresPod.create();
  try {
    const server = await pod.start();
    await pod.probe("ready");
    await pod.sql("SELECT 1", { PGPASSWORD: "wrong" });
    await pod.sql(`ALTER ROLE nobody_here PASSWORD '${password}'`);
    await pod.sql("SELECT\n  1\nFROM nowhere_at_all");
    await until("the last line", () => server.log.includes("FROM nowhere_at_all"));
    return linesOf(server.log);
  } finally {
    await Pod.removeAll();
  }
}

/** What MariaDB prints: its start and a refused login. */
export async function mariaDbLines(test: Context): Promise<string[]> {
  await requireNamespaces(test);
  requireProgram(test, "mariadbd");
  const pod = await MariaDbPod.create();
  try {
    const server = await pod.start();
    await run(findProgram("mariadb") ?? "mariadb", [
      ...["--no-defaults", "--protocol=tcp", "-h", "127.0.0.1", "-P", String(pod.server.port), "--ssl"],
      ...["-u", pod.server.user, "--password=wrong", "-e", "SELECT 1"],
    ]);
    await until("the refused login", () => server.log.includes("Access denied"));
    return linesOf(server.log);
  } finally {
    await Pod.removeAll();
  }
}

/** What Valkey or Redis prints when it starts and stops. */
export async function redisLines(test: Context): Promise<string[]> {
  await requireNamespaces(test);
  requireProgram(test, "valkey-server", "redis-server");
  const pod = await RedisPod.create();
  try {
    const server = await pod.start();
    server.signal("SIGTERM");
    await server.exit(20);
    return linesOf(server.log);
  } finally {
    await Pod.removeAll();
  }
}

/** As it stands: what is compiled of it belongs to the tests of the sample, which compile it while these run. */
const backend = join(__dirname, "../../../sample/backend/src");
const node = (...args: string[]) => run(process.execPath, ["--import", "tsx", ...args]);

/** What the sample backend prints: its logger on an error, its end when settings are missing; and a stack as Node itself prints it. */
export async function backendLines(password: string): Promise<string[]> {
  const script = [
    `import { log } from ${JSON.stringify(`${backend}/log.ts`)};`,
    `log.info({ requestId: "r-1", user: "anna" }, "serving");`,
    `log.warn({ authorization: "Bearer ${password}" }, "odd");`,
    `log.error({ err: new Error("the feed of vessel 42 is gone") }, "feed failed");`,
  ].join("\n");
  const logged = await node("--input-type=module", "-e", script);
  if (logged.status !== 0) throw new Error(logged.stderr);
  const crashed = await node(join(backend, "server.ts"));
  const uncaught = await run(process.execPath, ["-e", "throw new Error('nobody catches this')"]);
  return [...linesOf(logged.stdout), ...linesOf(crashed.stdout + crashed.stderr), ...linesOf(uncaught.stderr)];
}
