import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireProgram } from "../support/programs.js";
import { firstPassword, MariaDbPod } from "./support/mariaDbPod.js";
import { Pod, requireNamespaces } from "./support/pod.js";
import { eventually } from "./support/run.js";

describe("MariaDB, standalone", function () {
  // A machine that does much else besides still has to pass.
  this.timeout(300_000);
  let mariadb: MariaDbPod;

  before(async function () {
    requireProgram(this, "mariadbd");
    await requireNamespaces(this);
    mariadb = await MariaDbPod.create();
    await mariadb.start();
  });
  after(() => Pod.removeAll());

  it("lets the application in over TLS 1.3, verified, and make its own tables", async () => {
    const { stdout, stderr } = await mariadb.sql(
      "SHOW STATUS LIKE 'Ssl_version'; USE flow_marine; CREATE TABLE ship (imo INT); INSERT INTO ship VALUES (9074729); SELECT * FROM ship",
    );
    assert.equal(stdout, "Ssl_version\tTLSv1.3\n9074729", stderr);
  });

  it("refuses a connection without TLS, whoever asks", async () => {
    await mariadb.maintenance("CREATE USER careless@'%' IDENTIFIED BY 'careless'");
    const careless = { user: "careless", password: "careless" };
    assert.equal((await mariadb.sql("SELECT 1", careless)).status, 0);
    const { stderr } = await mariadb.sql("SELECT 1", { ...careless, options: ["--skip-ssl"] });
    assert.match(stderr, /ERROR 1045|ERROR 3159/);
    await mariadb.maintenance("DROP USER careless@'%'");
    assert.match((await mariadb.sql("SELECT 1", { options: ["--skip-ssl"] })).stderr, /Access denied/);
  });

  it("refuses TLS 1.2 unless it is allowed", async () => {
    assert.match((await mariadb.sql("SELECT 1", { options: ["--tls-version=TLSv1.2"] })).stderr, /protocol version/);
  });

  it("refuses a wrong password", async () => {
    assert.match((await mariadb.sql("SELECT 1", { password: "guess" })).stderr, /ERROR 1045.*Access denied/);
  });

  it("has no account without a password, and no superuser that could come over the network", async () => {
    assert.equal(
      await mariadb.maintenance("SELECT user FROM mysql.user WHERE authentication_string = ''"),
      "mariadb.sys",
    );
    const locked = "SELECT JSON_VALUE(priv, '$.account_locked') FROM mysql.global_priv WHERE user = 'mariadb.sys'";
    assert.equal(await mariadb.maintenance(locked), "1");
    assert.equal(
      await mariadb.maintenance(
        "SELECT DISTINCT host FROM mysql.user WHERE Super_priv = 'Y' OR Grant_priv = 'Y' OR File_priv = 'Y'",
      ),
      "localhost",
    );
    for (const user of ["root", "mysql"])
      assert.match((await mariadb.sql("SELECT 1", { user })).stderr, /Access denied/);
  });

  it("gives the application no power over the server, other databases or files", async () => {
    for (const query of [
      "CREATE DATABASE intruder",
      "CREATE DATABASE flowXmarine",
      "CREATE USER intruder",
      "SELECT * FROM mysql.global_priv",
      "SET GLOBAL general_log = ON",
      "SELECT 1 INTO OUTFILE 'x'",
      "FLUSH LOGS",
      "SHOW BINARY LOGS",
    ]) {
      const { status, stderr } = await mariadb.sql(query);
      assert.notEqual(status, 0, `${query} was allowed`);
      assert.match(stderr, /ERROR (1044|1045|1095|1142|1227)/, query);
    }
    const { stderr } = await mariadb.sql("USE flow_marine; LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE ship", {
      options: ["--local-infile=1"],
    });
    assert.match(stderr, /ERROR 4166|ERROR 1148/);
  });

  it("runs with the memory it was tuned to, with a row-based binary log, durable at every commit", async () => {
    const settings = await mariadb.maintenance(
      "SELECT @@innodb_buffer_pool_size DIV 1048576, @@max_connections, @@log_bin, @@binlog_format, @@sync_binlog, @@innodb_flush_log_at_trx_commit, @@performance_schema",
    );
    assert.equal(settings, "75\t20\t1\tROW\t1\t1\t0");
  });

  it("keeps sessions for the exporter and for maintenance when the application has taken all it may", async () => {
    assert.equal(await mariadb.maintenance("SELECT @@max_connections - @@global.max_user_connections"), "4");
  });

  it("takes a new password within seconds, without a restart, and then refuses the old one", async () => {
    const uptime = Number((await mariadb.maintenance("SHOW STATUS LIKE 'Uptime'")).split("\t")[1]);
    mariadb.pod.project(mariadb.server.paths.secrets, { password: "second-password\n" });
    await eventually("the new password works", async () => {
      assert.equal((await mariadb.sql("SELECT 1", { password: "second-password" })).status, 0);
    });
    assert.match((await mariadb.sql("SELECT 1")).stderr, /Access denied/);
    mariadb.pod.project(mariadb.server.paths.secrets, { password: firstPassword });
    await eventually("the first password works again", async () =>
      assert.equal((await mariadb.sql("SELECT 1")).status, 0),
    );
    assert.ok(Number((await mariadb.maintenance("SHOW STATUS LIKE 'Uptime'")).split("\t")[1]) > uptime);
  });

  it("keeps the old password when the new one is empty", async () => {
    mariadb.pod.project(mariadb.server.paths.secrets, { password: "" });
    const steward = mariadb.startSteward();
    await eventually("the steward has said so", () =>
      assert.match(steward.log, /password file of user flowmarine is empty/),
    );
    await steward.kill();
    assert.equal((await mariadb.sql("SELECT 1")).status, 0);
    mariadb.pod.project(mariadb.server.paths.secrets, { password: firstPassword });
  });

  it("writes no password into the binary log or its error log", async () => {
    const binlogs = `grep -l first-password -r ${mariadb.server.paths.volume} ${mariadb.server.paths.scratch}`;
    assert.equal((await mariadb.pod.exec(["sh", "-c", binlogs])).stdout, "");
  });

  it("shows a renewed certificate to new connections within seconds, without a restart", async () => {
    assert.equal(await mariadb.servedSerial(), "03E9");
    mariadb.pod.project(mariadb.server.paths.tls, await mariadb.authority.issue(2002));
    await eventually("the new certificate is served", async () => assert.equal(await mariadb.servedSerial(), "07D2"));
    assert.equal((await mariadb.sql("SELECT 1")).status, 0);
  });

  it("answers its liveness and startup probes", async () => {
    assert.equal((await mariadb.probe("live")).status, 0);
    assert.equal((await mariadb.probe("started")).status, 0);
  });
});

describe("MariaDB, starting and stopping", function () {
  // A machine that does much else besides still has to pass.
  this.timeout(300_000);
  let mariadb: MariaDbPod;

  before(async function () {
    requireProgram(this, "mariadbd");
    await requireNamespaces(this);
    mariadb = await MariaDbPod.create();
  });
  // The volume stays from test to test, as it does from pod to pod.
  afterEach(() => mariadb.pod.killAll());
  after(() => Pod.removeAll());

  it("survives being killed at any moment of its first start", async () => {
    const staging = join(mariadb.server.paths.volume, "data.init");
    for (const milestone of ["mysql", "mysql/global_priv.MAD", "ib_logfile0"]) {
      const first = mariadb.startServer();
      await eventually(milestone, () => assert.ok(existsSync(join(staging, milestone)), first.log));
      await first.kill();
      assert.ok(!existsSync(join(mariadb.server.paths.volume, "data")));
    }
    await mariadb.start();
    assert.equal((await mariadb.sql("SELECT 1")).status, 0);
  });

  it("finds its data, and needs no initialisation, when it starts again after a crash", async () => {
    const first = await mariadb.start();
    await mariadb.sql("CREATE TABLE flow_marine.kept AS SELECT 42 AS answer");
    await first.kill();
    const second = mariadb.startServer();
    await mariadb.ready();
    assert.equal((await mariadb.sql("SELECT answer FROM flow_marine.kept")).stdout, "42");
    assert.doesNotMatch(second.log, /initialising/);
  });

  it("stops within seconds although a client holds a transaction open, and loses nothing that was committed", async () => {
    const server = await mariadb.start();
    await mariadb.sql("CREATE TABLE flow_marine.paid AS SELECT 42 AS answer");
    const address = ["--host=localhost", "--protocol=tcp", `--port=${mariadb.server.port}`, "--ssl"];
    const client = spawn(
      "mariadb",
      ["--no-defaults", ...address, "--user=flowmarine", "-BN", "--unbuffered", "flow_marine"],
      {
        env: { PATH: process.env["PATH"], MYSQL_PWD: firstPassword },
      },
    );
    client.stdin.write("START TRANSACTION; INSERT INTO paid VALUES (1); SELECT 'open';\n");
    const [answer] = (await once(client.stdout, "data")) as [Buffer];
    assert.equal(answer.toString(), "open\n");
    server.signal("SIGTERM");
    assert.equal(await server.exit(30), 0);
    assert.match(server.log, /Shutdown complete/);
    client.kill("SIGKILL");
    const second = mariadb.startServer();
    await mariadb.ready();
    assert.doesNotMatch(second.log, /crash recovery/);
    assert.equal((await mariadb.sql("SELECT answer FROM flow_marine.paid")).stdout, "42");
  });

  it("refuses data of a newer series, which an older server would damage", async () => {
    await assertRefused(
      "12.3",
      /the volume holds data of MariaDB 12\.3, the image is .*: an older server would damage it/,
    );
  });

  it("refuses to upgrade data that was not said to be backed up", async () => {
    await assertRefused(
      "10.6",
      /the volume holds data of MariaDB 10\.6, the image is .*: take a backup, then set allowUpgrade/,
    );
  });

  it("upgrades data of an older series where that is allowed, once", async () => {
    mariadb.configure({ ...mariadb.server, allowUpgrade: true });
    const first = await mariadb.start();
    assert.match(first.log, /upgrading the data from MariaDB 10\.6/);
    await first.kill();
    const second = mariadb.startServer();
    await mariadb.ready();
    assert.doesNotMatch(second.log, /upgrading/);
    assert.equal((await mariadb.sql("SELECT answer FROM flow_marine.kept")).stdout, "42");
  });

  it("refuses a volume whose data lie at its root, where another set-up left them", async () => {
    const misplaced = join(mariadb.server.paths.volume, "mysql");
    mkdirSync(misplaced);
    const server = mariadb.startServer();
    assert.equal(await server.exit(30), 78);
    assert.match(server.log, /the volume has a data directory at its root/);
    rmdirSync(misplaced);
  });

  async function assertRefused(series: string, message: RegExp): Promise<void> {
    writeFileSync(join(mariadb.server.paths.volume, "data/bulkhead_series"), `${series}\n`);
    const server = mariadb.startServer();
    assert.equal(await server.exit(30), 78);
    assert.match(server.log, message);
  }
});
