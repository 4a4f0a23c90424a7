import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mariaDbFiles } from "../../components/data/mariadb/files.js";
import { defaultMariaDbPaths } from "../../components/data/mariadb/server.js";
import { postgresFiles } from "../../components/data/postgres/files.js";
import { defaultPostgresPaths, type PostgresServer } from "../../components/data/postgres/server.js";
import { redisFiles } from "../../components/data/redis/files.js";
import { defaultRedisPaths } from "../../components/data/redis/server.js";
import { refusedStatus, script } from "../../components/data/shell.js";
import { findProgram, requireProgram } from "../support/programs.js";
import { MariaDbPod } from "./support/mariaDbPod.js";
import { Pod, requireNamespaces } from "./support/pod.js";
import { PostgresPod } from "./support/postgresPod.js";
import { RedisPod } from "./support/redisPod.js";
import { output, run } from "./support/run.js";

const common = { memoryMiB: 512, cpuMillis: 1000, storageGiB: 20, tlsMinVersion: "1.3", pollSeconds: 10 } as const;
const account = { uid: 10_001, gid: 10_001, user: "app", database: "app" };

const postgres = (version: number): PostgresServer => ({
  ...common,
  ...account,
  version,
  port: 5432,
  listenAddresses: "*",
  preloadLibraries: ["pg_stat_statements"],
  extensions: [],
  logSlowMillis: 1000,
  paths: defaultPostgresPaths(version),
});

/** Every variant whose scripts differ, by name. */
const variants: Record<string, () => Record<string, string>> = {
  "PostgreSQL 15": () => postgresFiles(postgres(15)),
  "PostgreSQL 16": () => postgresFiles(postgres(16)),
  "PostgreSQL 18": () => postgresFiles(postgres(18)),
  MariaDB: () =>
    mariaDbFiles({
      ...common,
      ...account,
      version: "11.8",
      port: 3306,
      listenAddress: "*",
      binlogDays: 7,
      allowUpgrade: true,
      paths: defaultMariaDbPaths,
    }),
  Valkey: () =>
    redisFiles({
      ...common,
      serverProgram: "valkey-server",
      clientProgram: "valkey-cli",
      mode: "durable",
      user: "app",
      extraCommands: ["client|list"],
      port: 6379,
      bind: "*",
      paths: defaultRedisPaths,
    }),
};

const scriptsOf = (files: Record<string, string>) => Object.entries(files).filter(([name]) => name.endsWith(".sh"));

describe("scripts of the data stores", () => {
  for (const [name, files] of Object.entries(variants)) {
    it(`${name}: shellcheck finds nothing in POSIX sh`, async function () {
      const shellcheck = requireProgram(this, "shellcheck");
      for (const [file, text] of scriptsOf(files())) {
        const { status, stdout } = await run(
          shellcheck,
          ["--shell=sh", "--enable=avoid-nullary-conditions,check-unassigned-uppercase", "-"],
          {},
          text,
        );
        assert.equal(status, 0, `${file}: ${stdout}`);
      }
    });
  }

  it("carry any setting unharmed into the shell", async () => {
    const hostile = `a'b"c$HOME \`id\` \\ $(id)\n* ;`;
    const text = script("test", { VALUE: hostile }, 'printf %s "$VALUE"');
    assert.equal((await run("sh", ["-c", text])).stdout, hostile);
  });

  it("end with a status of their own when they refuse", async () => {
    const { status, stderr } = await run("sh", ["-c", script("test", {}, 'refuse "no: $((1 + 1))"')]);
    assert.equal(status, refusedStatus);
    assert.match(stderr, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ test: no: 2$/);
  });
});

describe("scripts of the data stores, with busybox for a shell and tools, as in an Alpine image", function () {
  // A machine that does much else besides still has to pass.
  this.timeout(300_000);
  const tools = mkdtempSync(join(tmpdir(), "bulkhead-busybox-"));

  before(async function () {
    const busybox = requireProgram(this, "busybox");
    await requireNamespaces(this);
    chmodSync(tools, 0o755);
    for (const applet of (await output(busybox, ["--list"])).split("\n")) symlinkSync(busybox, join(tools, applet));
  });
  afterEach(() => Pod.removeAll());
  after(() => rmSync(tools, { recursive: true, force: true }));

  /** An image that has busybox, and these programs and no others. */
  function image(pod: Pod, programs: readonly string[]): Pod["image"] {
    const folder = pod.path("bin");
    mkdirSync(folder);
    for (const name of programs) {
      const program = findProgram(name);
      assert.ok(program !== undefined, name);
      writeFileSync(join(folder, name), `#!/bin/sh\nexec ${program} "$@"\n`, { mode: 0o755 });
    }
    return { shell: join(tools, "sh"), path: `${folder}:${tools}` };
  }

  it("PostgreSQL starts and becomes ready", async function () {
    requireProgram(this, "postgres");
    const postgres = await PostgresPod.create();
    postgres.pod.image = image(postgres.pod, ["psql", "pg_isready"]);
    await postgres.start();
    assert.equal((await postgres.sql("SELECT 1")).stdout, "1");
  });

  it("MariaDB starts and becomes ready", async function () {
    requireProgram(this, "mariadbd");
    const mariadb = await MariaDbPod.create();
    const programs = ["mariadbd", "mariadb", "mariadb-admin", "mariadb-install-db", "my_print_defaults"];
    mariadb.pod.image = image(mariadb.pod, programs);
    await mariadb.start();
    assert.equal((await mariadb.sql("SELECT 1")).stdout, "1");
  });

  it("Valkey or Redis starts and becomes ready", async function () {
    requireProgram(this, "valkey-server", "redis-server");
    const redis = await RedisPod.create();
    const { serverProgram, clientProgram } = redis.server;
    redis.pod.image = image(redis.pod, [serverProgram, clientProgram]);
    await redis.start();
    assert.equal(await redis.send("SET a 1"), "OK");
  });
});
