import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import type { ExporterCommand } from "../../components/data/exporter.js";
import { mariaDbExporter } from "../../components/data/mariadb/exporter.js";
import { postgresExporter } from "../../components/data/postgres/exporter.js";
import { redisExporter } from "../../components/data/redis/exporter.js";
import { requireProgram } from "../support/programs.js";
import type { Authority } from "./support/certificates.js";
import { MariaDbPod } from "./support/mariaDbPod.js";
import { type Container, Pod, requireNamespaces } from "./support/pod.js";
import { PostgresPod } from "./support/postgresPod.js";
import { RedisPod } from "./support/redisPod.js";
import { eventually, freePort } from "./support/run.js";

/** The metrics page, over verified TLS. */
function scrape(port: number, authority: Authority): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "localhost",
      port,
      path: "/metrics",
      ca: readFileSync(authority.file),
      agent: false,
      timeout: 10_000,
    };
    const asked = request({ ...options, minVersion: "TLSv1.3" }, answer => {
      let page = "";
      answer.on("data", chunk => (page += String(chunk)));
      answer.on("end", () => resolve(page));
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer within 10 s")));
    asked.on("error", reject);
    asked.end();
  });
}

interface Exported {
  pod: Pod;
  authority: Authority;
  exporter: Container;
  port: number;
}

async function exported(
  { pod, authority }: { pod: Pod; authority: Authority },
  command: (listen: string) => ExporterCommand,
): Promise<Exported> {
  const port = await freePort();
  const { command: argv, env } = command(`127.0.0.1:${port}`);
  return { pod, authority, port, exporter: pod.start(argv, { env }) };
}

/** Waits until the exporter has reached its server, and returns the page. */
const up = ({ port, authority, exporter }: Exported, metric: string): Promise<string> =>
  eventually(`${metric} 1`, async () => {
    const page = await scrape(port, authority);
    assert.match(page, new RegExp(`^${metric} 1$`, "m"), exporter.log);
    return page;
  });

describe("exporters, beside their servers", function () {
  // A machine that does much else besides still has to pass.
  this.timeout(300_000);
  before(async function () {
    await requireNamespaces(this);
  });
  afterEach(() => Pod.removeAll());

  it("postgres_exporter reaches its server and sees every database's size", async function () {
    const program = requireProgram(this, "postgres_exporter", "prometheus-postgres-exporter");
    requireProgram(this, "postgres");
    const postgres = await PostgresPod.create();
    await postgres.start();
    const page = await up(
      await exported(postgres, listen => postgresExporter(postgres.server, program, listen)),
      "pg_up",
    );
    assert.match(page, /^pg_database_size_bytes\{datname="flowmarine"/m);
    assert.match(page, /^pg_settings_max_connections\{.*\} 20$/m);
    assert.match(page, /^pg_exporter_last_scrape_error 0$/m);

    const password = readFileSync(join(postgres.server.paths.credentials, "exporter/password"), "utf8");
    await postgres.sql("CREATE TABLE cargo (secret text)");
    const asExporter = { PGUSER: "exporter", PGDATABASE: "postgres", PGPASSWORD: password };
    assert.equal((await postgres.sql("SELECT 1", asExporter)).stdout, "1");
    assert.match(
      (await postgres.sql("SELECT 1", { ...asExporter, PGDATABASE: "flowmarine" })).stderr,
      /pg_hba\.conf rejects/,
    );
    assert.match((await postgres.sql("CREATE TABLE public.x (a int)", asExporter)).stderr, /permission denied/);
    assert.match((await postgres.sql("SELECT pg_read_file('PG_VERSION')", asExporter)).stderr, /permission denied/);
  });

  it("mysqld_exporter reaches its server, and its user sees counters but no data", async function () {
    const program = requireProgram(this, "mysqld_exporter", "prometheus-mysqld-exporter");
    requireProgram(this, "mariadbd");
    const mariadb = await MariaDbPod.create();
    await mariadb.start();
    const page = await up(
      await exported(mariadb, listen => mariaDbExporter(mariadb.server, program, listen)),
      "mysql_up",
    );
    assert.match(page, /^mysql_global_variables_max_connections 20$/m);
    assert.doesNotMatch(page, /^mysql_exporter_collector_success\{.*\} 0$/m);

    const password = readFileSync(join(mariadb.server.paths.credentials, "exporter/password"), "utf8");
    await mariadb.sql("CREATE TABLE flow_marine.cargo (secret TEXT)");
    const asExporter = { user: "exporter", password };
    assert.equal((await mariadb.sql("SELECT 1", asExporter)).stdout, "1");
    for (const query of ["SELECT * FROM flow_marine.cargo", "SELECT * FROM mysql.global_priv", "CREATE DATABASE x"]) {
      assert.match((await mariadb.sql(query, asExporter)).stderr, /ERROR (1044|1142)/, query);
    }
  });

  it("redis_exporter reaches its server, and its user sees counters but no key", async function () {
    const program = requireProgram(this, "redis_exporter", "prometheus-redis-exporter");
    requireProgram(this, "valkey-server", "redis-server");
    const redis = await RedisPod.create();
    await redis.start();
    await redis.send("SET cargo secret");
    const page = await up(await exported(redis, listen => redisExporter(redis.server, program, listen)), "redis_up");
    assert.match(page, /^redis_memory_max_bytes [1-9]/m);
    assert.match(page, /^redis_db_keys\{db="db0"\} 1$/m);

    const password = readFileSync(join(redis.server.paths.credentials, "exporter/password"), "utf8");
    assert.match(await redis.send("INFO server", { user: "exporter", password }), /_version:/);
    for (const command of ["GET cargo", "SCAN 0", "CONFIG GET *", "ACL LIST", "SET a 1", "PUBLISH c m"]) {
      assert.match(await redis.send(command, { user: "exporter", password }), /NOPERM/, command);
    }
  });

  it("serves a renewed certificate to the next scrape, without a restart", async function () {
    const program = requireProgram(this, "redis_exporter", "prometheus-redis-exporter");
    requireProgram(this, "valkey-server", "redis-server");
    const redis = await RedisPod.create();
    await redis.start();
    const exporting = await exported(redis, listen => redisExporter(redis.server, program, listen));
    await up(exporting, "redis_up");
    redis.pod.project(redis.server.paths.tls, await redis.authority.issue(2002));
    const { connect } = await import("node:tls");
    const serial = () =>
      new Promise<string>((resolve, reject) => {
        const options = { host: "localhost", port: exporting.port, ca: readFileSync(redis.authority.file) };
        const socket = connect(options, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.end();
        });
        socket.on("error", reject);
      });
    await eventually("the new certificate is served", async () => assert.equal(await serial(), "07D2"));
  });
});
