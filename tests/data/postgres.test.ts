import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireProgram } from "../support/programs.js";
import { Pod, requireNamespaces } from "./support/pod.js";
import { firstPassword, PostgresPod } from "./support/postgresPod.js";
import { eventually } from "./support/run.js";

describe("PostgreSQL, standalone", function () {
  // A machine that does much else besides still has to pass.
  this.timeout(300_000);
  let postgres: PostgresPod;

  before(async function () {
    requireProgram(this, "postgres");
    await requireNamespaces(this);
    postgres = await PostgresPod.create();
    await postgres.start();
  });
  after(() => Pod.removeAll());

  it("lets the application in over TLS 1.3, verified, into its own database", async () => {
    const { stdout } = await postgres.sql(
      "SELECT current_database(), version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    assert.equal(stdout, "flowmarine|TLSv1.3");
  });

  it("lets the application make its own tables", async () => {
    const { status, stdout } = await postgres.sql(
      "CREATE TABLE ship (imo int); INSERT INTO ship VALUES (9074729); SELECT * FROM ship",
    );
    assert.deepEqual([status, stdout], [0, "9074729"]);
  });

  it("refuses a connection without TLS", async () => {
    const { status, stderr } = await postgres.sql("SELECT 1", { PGSSLMODE: "disable" });
    assert.notEqual(status, 0);
    assert.match(stderr, /pg_hba\.conf rejects connection .* no encryption/);
  });

  it("refuses TLS 1.2 unless it is allowed", async () => {
    const { status, stderr } = await postgres.sql("SELECT 1", { PGSSLMAXPROTOCOLVERSION: "TLSv1.2" });
    assert.notEqual(status, 0);
    assert.match(stderr, /protocol version/);
  });

  it("refuses a wrong password", async () => {
    const { stderr } = await postgres.sql("SELECT 1", { PGPASSWORD: "guess" });
    assert.match(stderr, /password authentication failed/);
  });

  it("keeps passwords as scram verifiers only, and knows no other way in over the network", async () => {
    assert.equal(
      await postgres.maintenance("SELECT count(*) FROM pg_authid WHERE rolpassword !~ '^SCRAM-SHA-256'"),
      "0",
    );
    const methods = await postgres.maintenance(
      "SELECT DISTINCT type, auth_method FROM pg_hba_file_rules ORDER BY 1, 2",
    );
    assert.deepEqual(methods.split("\n"), ["host|reject", "hostssl|scram-sha-256", "local|peer", "local|reject"]);
  });

  it("refuses the superuser over the network", async () => {
    const { stderr } = await postgres.sql("SELECT 1", { PGUSER: "postgres", PGDATABASE: "postgres" });
    assert.match(stderr, /pg_hba\.conf rejects connection .* user "postgres"/);
  });

  it("refuses the application a database that is not its own", async () => {
    const { stderr } = await postgres.sql("SELECT 1", { PGDATABASE: "postgres" });
    assert.match(stderr, /pg_hba\.conf rejects connection .* database "postgres"/);
  });

  it("gives the application no power over the server", async () => {
    for (const query of [
      "CREATE ROLE intruder",
      "CREATE DATABASE intruder",
      "COPY (SELECT 1) TO PROGRAM 'id'",
      "SELECT pg_read_file('/etc/passwd')",
      "ALTER SYSTEM SET log_statement = 'all'",
      "CREATE EXTENSION adminpack",
      "SELECT pg_reload_conf()",
    ]) {
      const { status, stderr } = await postgres.sql(query);
      assert.notEqual(status, 0, `${query} was allowed`);
      assert.match(stderr, /permission denied|must be/, query);
    }
  });

  it("makes the extensions that were asked for", async () => {
    assert.equal((await postgres.sql("SELECT extname FROM pg_extension WHERE extname = 'pg_trgm'")).stdout, "pg_trgm");
  });

  it("runs with checksums, without huge pages, with the memory it was tuned to", async () => {
    const settings = await postgres.maintenance(
      "SELECT current_setting('data_checksums'), current_setting('huge_pages'), current_setting('shared_buffers'), current_setting('max_connections')",
    );
    assert.equal(settings, "on|off|64MB|20");
  });

  it("accepts every line of its configuration", async () => {
    assert.equal(await postgres.maintenance("SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL"), "");
    assert.equal(
      await postgres.maintenance("SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL"),
      "",
    );
  });

  it("keeps sessions for the exporter and for maintenance when the application has taken all it may", async () => {
    const limit = await postgres.maintenance("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'flowmarine'");
    const total = await postgres.maintenance(
      "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int",
    );
    assert.equal(Number(total) - Number(limit), 3);
  });

  it("takes a new password within seconds, without a restart, and then refuses the old one", async () => {
    const started = await postgres.maintenance("SELECT pg_postmaster_start_time()");
    postgres.pod.project(postgres.server.paths.secrets, { password: "second-password\n" });
    await eventually("the new password works", async () => {
      assert.equal((await postgres.sql("SELECT 1", { PGPASSWORD: "second-password" })).status, 0);
    });
    assert.match((await postgres.sql("SELECT 1")).stderr, /password authentication failed/);
    postgres.pod.project(postgres.server.paths.secrets, { password: firstPassword });
    await eventually("the first password works again", async () => {
      assert.equal((await postgres.sql("SELECT 1")).status, 0);
    });
    assert.equal(await postgres.maintenance("SELECT pg_postmaster_start_time()"), started);
  });

  it("keeps the old password when the new one is empty", async () => {
    postgres.pod.project(postgres.server.paths.secrets, { password: "" });
    const steward = postgres.pod.start(postgres.script("steward.sh"), {
      passwd: join(postgres.server.paths.config, "passwd"),
    });
    await eventually("the steward has said so", () =>
      assert.match(steward.log, /password file of role flowmarine is empty/),
    );
    await steward.kill();
    assert.equal((await postgres.sql("SELECT 1")).status, 0);
    postgres.pod.project(postgres.server.paths.secrets, { password: firstPassword });
  });

  it("shows a renewed certificate to new connections within seconds, without a restart", async () => {
    const started = await postgres.maintenance("SELECT pg_postmaster_start_time()");
    assert.equal(await postgres.servedSerial(), "03E9");
    postgres.pod.project(postgres.server.paths.tls, await postgres.authority.issue(2002));
    await eventually("the new certificate is served", async () => assert.equal(await postgres.servedSerial(), "07D2"));
    assert.equal((await postgres.sql("SELECT 1")).status, 0);
    assert.equal(await postgres.maintenance("SELECT pg_postmaster_start_time()"), started);
  });

  it("answers its liveness and startup probes", async () => {
    assert.equal((await postgres.probe("live")).status, 0);
    assert.equal((await postgres.probe("started")).status, 0);
  });

  it("writes nowhere but to its volume, its socket and its scratch folders", async () => {
    const { status, stdout } = await postgres.pod.exec([
      "touch",
      "/etc/x",
      "/var/lib/x",
      join(postgres.server.paths.config, "x"),
    ]);
    assert.notEqual(status, 0);
    assert.equal(stdout.match(/Read-only file system|Permission denied/g)?.length, 3);
  });
});

describe("PostgreSQL, starting and stopping", function () {
  // A machine that does much else besides still has to pass.
  this.timeout(300_000);
  let postgres: PostgresPod;

  before(async function () {
    requireProgram(this, "postgres");
    await requireNamespaces(this);
    postgres = await PostgresPod.create();
  });
  // The volume stays from test to test, as it does from pod to pod.
  afterEach(() => postgres.pod.killAll());
  after(() => Pod.removeAll());

  it("survives being killed at any moment of its first start", async () => {
    const staging = join(postgres.server.paths.volume, "pgdata.init");
    for (const milestone of ["PG_VERSION", "global/pg_control", "base/1/PG_VERSION"]) {
      const first = postgres.startServer();
      await eventually(milestone, () => assert.ok(existsSync(join(staging, milestone)), first.log));
      await first.kill();
      assert.ok(!existsSync(join(postgres.server.paths.volume, "pgdata")));
    }
    await postgres.start();
    assert.equal((await postgres.sql("SELECT 1")).status, 0);
  });

  it("finds its data, and needs no initialisation, when it starts again after a crash", async () => {
    const first = await postgres.start();
    await postgres.sql("CREATE TABLE kept AS SELECT 42 AS answer");
    await first.kill();
    const second = postgres.startServer();
    await postgres.ready();
    assert.equal((await postgres.sql("SELECT answer FROM kept")).stdout, "42");
    assert.doesNotMatch(second.log, /initialising/);
  });

  it("stops within seconds although a client holds a transaction open, and loses nothing that was committed", async () => {
    const server = await postgres.start();
    await postgres.sql("CREATE TABLE paid AS SELECT 42 AS answer");
    const client = spawn("psql", ["-XAtq"], {
      env: {
        PATH: process.env["PATH"],
        PGHOST: "localhost",
        PGPORT: String(postgres.server.port),
        PGUSER: "flowmarine",
        PGDATABASE: "flowmarine",
        PGPASSWORD: firstPassword,
        PGSSLMODE: "require",
      },
    });
    client.stdin.write("BEGIN; INSERT INTO paid VALUES (1); SELECT 'open';\n");
    const [answer] = (await once(client.stdout, "data")) as [Buffer];
    assert.equal(answer.toString(), "open\n");
    server.signal("SIGTERM");
    assert.equal(await server.exit(30), 0);
    assert.match(server.log, /received fast shutdown request/);
    assert.match(server.log, /database system is shut down/);
    client.kill("SIGKILL");
    const second = postgres.startServer();
    await postgres.ready();
    assert.doesNotMatch(second.log, /automatic recovery/);
    assert.equal((await postgres.sql("SELECT answer FROM paid")).stdout, "42");
  });

  it("never logs a password or a bind parameter", async () => {
    const server = await postgres.start();
    const slow = join(postgres.pod.folder, "slow.sql");
    writeFileSync(slow, "\\set card 4929123412341234\nSELECT pg_sleep(1.1), :card;\n");
    const bound = await postgres.client("pgbench", ["-n", "-t", "1", "-M", "extended", "-f", slow]);
    assert.equal(bound.status, 0, bound.stderr);
    await postgres.sql("SELECT 1", { PGPASSWORD: "guess" });
    await postgres.sql("ALTER ROLE flowmarine PASSWORD 'changed-by-the-application'");
    await eventually("the slow statement is logged", () =>
      assert.match(server.log, /duration: .* pg_sleep\(1\.1\), \$1/),
    );
    assert.doesNotMatch(server.log, /4929123412341234|first-password|changed-by-the-application|guess/);
  });

  it("refuses data of another major version, and leaves it as it is", async () => {
    const version = join(postgres.server.paths.volume, "pgdata/PG_VERSION");
    const held = readFileSync(version, "utf8");
    writeFileSync(version, "12\n");
    const refused = postgres.startServer();
    assert.equal(await refused.exit(30), 78);
    assert.match(
      refused.log,
      /the volume holds data of PostgreSQL 12, the image is \d+: dump and restore, or pg_upgrade/,
    );
    writeFileSync(version, held);
    postgres.startServer();
    await postgres.ready();
  });

  it("refuses a volume whose cluster lies at its root, where another set-up left it", async () => {
    const misplaced = join(postgres.server.paths.volume, "PG_VERSION");
    writeFileSync(misplaced, "15\n");
    const server = postgres.startServer();
    assert.equal(await server.exit(30), 78);
    assert.match(server.log, /the volume has a cluster at its root/);
    rmSync(misplaced);
  });

  it("refuses an image of another version than it was set to", async () => {
    const other = await PostgresPod.create({ version: postgres.server.version === 18 ? 17 : 18 });
    const server = other.startServer();
    assert.equal(await server.exit(30), 78);
    assert.match(server.log, /the component is set to version \d+, the image holds PostgreSQL \d+/);
  });
});
