import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { requireProgram } from "../support/programs.js";
import { type Container, Pod, requireNamespaces } from "./support/pod.js";
import { firstPassword, RedisPod } from "./support/redisPod.js";
import { eventually, run } from "./support/run.js";

describe("Valkey or Redis, standalone", function () {
  // A machine that does much else besides still has to pass.
  this.timeout(300_000);
  let redis: RedisPod;
  let server: Container;

  before(async function () {
    requireProgram(this, "valkey-server", "redis-server");
    await requireNamespaces(this);
    redis = await RedisPod.create({ extraCommands: ["client|list"] });
    server = await redis.start();
  });
  after(() => Pod.removeAll());

  it("lets the application in over verified TLS, to keys, lists, channels, scripts and transactions", async () => {
    const commands = [
      "SET a 1",
      "INCR a",
      "LPUSH l x",
      "BRPOP l 1",
      "PUBLISH c m",
      'EVAL \'return redis.call("GET","a")\' 0',
    ];
    assert.deepEqual((await redis.send(commands.join("\n"))).split("\n"), ["OK", "2", "1", "l", "x", "0", "2"]);
    assert.deepEqual((await redis.send("MULTI\nSET b 2\nEXEC")).split("\n"), ["OK", "QUEUED", "OK"]);
  });

  it("speaks no word without TLS", async () => {
    assert.match(await redis.send("PING", { tls: false }), /I\/O error|Connection reset|Server closed/);
    assert.deepEqual(server.listening(), [redis.server.port]);
  });

  it("refuses TLS 1.2 unless it is allowed", async () => {
    const target = ["-connect", `127.0.0.1:${redis.server.port}`, "-CAfile", redis.authority.file, "-brief"];
    assert.match((await run("openssl", ["s_client", "-tls1_2", ...target])).stderr, /alert protocol version/);
    assert.match((await run("openssl", ["s_client", "-tls1_3", ...target])).stderr, /TLSv1\.3/);
  });

  it("refuses who gives no name, and who gives a wrong password", async () => {
    assert.equal(await redis.send("GET a", { user: "" }), "NOAUTH Authentication required.");
    assert.match(await redis.send("GET a", { password: "guess" }), /WRONGPASS/);
    assert.match(await redis.send("GET a", { user: "default", password: "" }), /WRONGPASS|NOAUTH/);
  });

  it("refuses the application what would empty, list, change or show the server", async () => {
    for (const command of [
      "FLUSHALL",
      "FLUSHDB",
      "KEYS *",
      "CONFIG GET *",
      "CONFIG SET maxmemory 0",
      "ACL LIST",
      "ACL SETUSER flowmarine allcommands",
      "SHUTDOWN",
      "DEBUG SLEEP 1",
      "MONITOR",
      "MODULE LIST",
      "REPLICAOF localhost 1",
      "SAVE",
      "BGREWRITEAOF",
      "CLIENT KILL TYPE normal",
      "SWAPDB 0 1",
      "MIGRATE localhost 1 a 0 1",
      "EVAL 'return redis.call(\"FLUSHALL\")' 0",
    ]) {
      assert.match(
        await redis.send(command),
        /NOPERM|DEBUG command not allowed|user executing the script can.t run this command/,
        command,
      );
    }
    assert.equal(await redis.send("GET a"), "2");
  });

  it("allows what client libraries ask when they connect, and the extra commands that were asked for", async () => {
    assert.match(await redis.send("INFO server"), /loading|redis_version|valkey_version/);
    assert.equal(await redis.send("CLIENT SETNAME api"), "OK");
    assert.match(await redis.send("CLIENT LIST"), /user=flowmarine/);
  });

  it("takes a new password within seconds, without a restart, and then refuses the old one", async () => {
    redis.pod.project(redis.server.paths.secrets, { password: "second-password\n" });
    await eventually("the new password works", async () => {
      assert.equal(await redis.send("GET a", { password: "second-password" }), "2");
    });
    assert.match(await redis.send("GET a"), /WRONGPASS/);
    redis.pod.project(redis.server.paths.secrets, { password: firstPassword });
    await eventually("the first password works again", async () => assert.equal(await redis.send("GET a"), "2"));
  });

  it("keeps the old password when the new one is empty, and refuses to start with none", async () => {
    redis.pod.project(redis.server.paths.secrets, { password: "" });
    const steward = redis.startSteward();
    await eventually("the steward has said so", () =>
      assert.match(steward.log, /password file of user flowmarine is empty/),
    );
    await steward.kill();
    assert.equal(await redis.send("GET a"), "2");
    const second = redis.startServer();
    assert.equal(await second.exit(30), 78);
    redis.pod.project(redis.server.paths.secrets, { password: firstPassword });
  });

  it("shows a renewed certificate to new connections within seconds, without a restart", async () => {
    assert.equal(await redis.servedSerial(), "03E9");
    redis.pod.project(redis.server.paths.tls, await redis.authority.issue(2002));
    await eventually("the new certificate is served", async () => assert.equal(await redis.servedSerial(), "07D2"));
    assert.equal(await redis.send("GET a"), "2");
  });

  it("answers its probes", async () => {
    for (const kind of ["live", "started", "ready"]) assert.equal((await redis.probe(kind)).status, 0, kind);
  });
});

describe("Valkey or Redis, modes", function () {
  // A machine that does much else besides still has to pass.
  this.timeout(300_000);
  before(async function () {
    requireProgram(this, "valkey-server", "redis-server");
    await requireNamespaces(this);
  });
  afterEach(() => Pod.removeAll());

  /** Writes 48 values of 1 MiB: more than 64 MiB of limit leave room for. */
  const fill = (redis: RedisPod) =>
    redis.send(Array.from({ length: 48 }, (_, i) => `SETRANGE k${i} 1048575 x`).join("\n"));

  it("durable: keeps everything over a stop and a crash, and refuses writes when memory is full", async () => {
    const redis = await RedisPod.create({ mode: "durable" });
    const first = await redis.start();
    await redis.send("SET order paid");
    first.signal("SIGTERM");
    assert.equal(await first.exit(30), 0);
    const second = redis.startServer();
    await redis.ready();
    assert.equal(await redis.send("GET order"), "paid");
    await redis.send("SET second written");
    await eventually("the file is synced", async () =>
      assert.match(await redis.send("INFO persistence"), /aof_pending_bio_fsync:0/),
    );
    await second.kill();
    redis.startServer();
    await redis.ready();
    assert.equal(await redis.send("GET second"), "written");
    assert.match(await fill(redis), /OOM command not allowed/);
    assert.equal(await redis.send("GET order"), "paid");
  });

  it("cache: lets the least used go when memory is full, keeps below its limit, and leaves nothing on disk", async () => {
    const redis = await RedisPod.create({ mode: "cache" });
    const server = await redis.start();
    await redis.send("SET first 1");
    for (let round = 0; round < 2; round++) assert.doesNotMatch(await fill(redis), /OOM/);
    const memory = await redis.send("INFO memory");
    const [used, most] = ["used_memory", "maxmemory"].map(field =>
      Number(new RegExp(`^${field}:(\\d+)`, "m").exec(memory)?.[1]),
    );
    assert.ok(used! > 0 && used! <= most! * 1.05, `${used} of ${most}`);
    assert.match(await redis.send("INFO stats"), /evicted_keys:[1-9]/);
    server.signal("SIGTERM");
    assert.equal(await server.exit(30), 0);
    assert.deepEqual(readdirSync(redis.server.paths.volume), []);
  });
});
