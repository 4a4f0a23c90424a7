import assert from "node:assert/strict";
import { PostgresDatabase, type PostgresDatabaseArgs } from "../../components/data/postgresDatabase";
import { images } from "../../components/images/catalogue";
import { containersOf, filesOf, itIsADataStore, plain, storePassword, storePlacement } from "../support/dataStore";
import { at, deploy, refusal } from "../support/deploy";

const minimal: PostgresDatabaseArgs = { namespace: storePlacement, images: images(), password: storePassword };
const deployed = (args: Partial<PostgresDatabaseArgs> = {}) =>
  deploy(opts => new PostgresDatabase("store", { ...minimal, ...args }, opts));
const refused = (args: Partial<PostgresDatabaseArgs>) =>
  refusal(opts => new PostgresDatabase("store", { ...minimal, ...args }, opts));
const conf = async (args: Partial<PostgresDatabaseArgs>) =>
  filesOf(await deployed(args), "store")["postgresql.conf"] ?? "";

describe("PostgresDatabase", () => {
  itIsADataStore((opts, more) => new PostgresDatabase("store", { ...minimal, ...more }, opts), {
    port: 5432,
    metricsPort: 9187,
  });

  it("tells a linked component where it is and how to verify it, the password as a secret", async () => {
    let database: PostgresDatabase | undefined;
    await deploy(
      opts => (database = new PostgresDatabase("store", { ...minimal, database: "shop", user: "clerk" }, opts)),
    );
    const { env, secretEnv, ports } = database!.link();
    assert.deepEqual(ports, [5432]);
    const { DATABASE_HOST: host, ...rest } = env;
    assert.equal(await plain(host as never), "store.flowmarine-data.svc");
    assert.deepEqual(rest, {
      DATABASE_PORT: "5432",
      DATABASE_NAME: "shop",
      DATABASE_USER: "clerk",
      DATABASE_CA_FILE: "/run/bulkhead/tls/ca.crt",
    });
    const url = new URL(await plain(secretEnv["DATABASE_URL"] as never));
    assert.equal(url.password, storePassword);
    assert.equal(url.pathname, "/shop");
    assert.equal(url.searchParams.get("sslmode"), "verify-full");
  });

  it("exports names, and no secret", async () => {
    let database: PostgresDatabase | undefined;
    await deploy(opts => (database = new PostgresDatabase("store", minimal, opts)));
    const { host, ...rest } = database!.outputs;
    assert.equal(await plain(host), "store.flowmarine-data.svc");
    assert.deepEqual(rest, {
      engine: "postgresql",
      port: 5432,
      name: "app",
      secretName: "store-password",
      caSecretName: "store-tls",
    });
  });

  it("escapes a password in the URL", async () => {
    let database: PostgresDatabase | undefined;
    const password = "a/b?c@d:e#f %";
    await deploy(opts => (database = new PostgresDatabase("store", { ...minimal, password }, opts)));
    const url = new URL(await plain(database!.link().secretEnv["DATABASE_URL"] as never));
    assert.equal(decodeURIComponent(url.password), password);
    assert.equal(url.hostname, "store.flowmarine-data.svc");
  });

  it("gives the memory to the container and to the configuration", async () => {
    const { store } = containersOf(await deployed({ memoryMiB: 2048 }), "store");
    assert.equal(store!.resources.limits["memory"], "2048Mi");
    assert.match(await conf({ memoryMiB: 2048 }), /^shared_buffers = '512MB'$/m);
  });

  it("uses parallel workers only where there are cores for them", async () => {
    assert.match(await conf({ cpuMillis: 250 }), /^max_parallel_workers = 0$/m);
    assert.match(await conf({ cpuMillis: 1000, memoryMiB: 4096 }), /^max_parallel_workers = 4$/m);
  });

  it("sizes WAL and temporary files by the volume", async () => {
    assert.match(await conf({ storageGiB: 5 }), /^max_wal_size = '512MB'$/m);
    assert.match(await conf({ storageGiB: 500 }), /^max_wal_size = '4096MB'$/m);
    assert.match(await conf({ storageGiB: 5 }), /^temp_file_limit = '1024MB'$/m);
    const claim = (await deployed({ storageGiB: 5, storageClass: "fast" })).get(
      "PersistentVolumeClaim",
      "store-data",
    ).inputs;
    assert.deepEqual(at(claim, "spec.resources.requests"), { storage: "5Gi" });
    assert.equal(at(claim, "spec.storageClassName"), "fast");
  });

  it("takes the rest of its arguments into the configuration", async () => {
    const text = await conf({ maxConnections: 31, tlsMinVersion: "1.2", logSlowMillis: 250 });
    assert.match(text, /^max_connections = 31$/m);
    assert.match(text, /^ssl_min_protocol_version = 'TLSv1\.2'$/m);
    assert.match(text, /^log_min_duration_statement = 250$/m);
    assert.match(filesOf(await deployed({ extensions: ["uuid-ossp"] }), "store")["roles.sql"] ?? "", /"uuid-ossp"/);
  });

  it("mounts the volume where the version's image declares its own", async () => {
    const path = async (version: number) =>
      containersOf(await deployed({ version }), "store")["store"]!.volumeMounts.find(mount => mount.name === "data")!
        .mountPath;
    assert.equal(await path(17), "/var/lib/postgresql/data");
    assert.equal(await path(18), "/var/lib/postgresql");
  });

  it("forbids ALTER SYSTEM where the version can, so that the file stays the truth", async () => {
    assert.match(await conf({ version: 17 }), /^allow_alter_system = off$/m);
    assert.doesNotMatch(await conf({ version: 16 }), /allow_alter_system/);
  });

  for (const [args, message] of [
    [{ version: 14 }, 'PostgresDatabase "store": version must be a major version from 15 to 18, got 14'],
    [{ memoryMiB: 64 }, 'PostgresDatabase "store": memoryMiB must be a whole number of at least 128, got 64'],
    [{ storageGiB: 0 }, 'PostgresDatabase "store": storageGiB must be a whole number in 1 to 65536, got 0'],
    [
      { user: "postgres" },
      'PostgresDatabase "store": user must not be one of postgres, exporter, public, none, got "postgres"',
    ],
    [{ user: "pg_x" }, 'PostgresDatabase "store": user must not start with pg_, got "pg_x"'],
    [
      { database: 'x"; DROP' },
      /^PostgresDatabase "store": database must be 1 to 63 lower-case letters.*got "x\\"; DROP"$/,
    ],
    [
      { extensions: ["x; DROP"] },
      /^PostgresDatabase "store": extensions must hold names such as pg_trgm.*got "x; DROP"$/,
    ],
    [
      { maxConnections: 5000 },
      /^PostgresDatabase "store": maxConnections must be at most \d+ with 512 MiB of memory.*got 5000$/,
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(args)}`, async () => {
      const got = await refused(args);
      if (typeof message === "string") assert.equal(got, message);
      else assert.match(got, message);
    });
  }

  it("has its exporter tell how near the transaction ids are to their end, which it does not by itself", async () => {
    const spec = at((await deployed()).get("StatefulSet", "store").inputs, "spec.template.spec");
    const all = ["containers", "initContainers"].flatMap(list => (at(spec, list) ?? []) as { command?: string[] }[]);
    const exporter = all.find(({ command = [] }) => command[0] === "postgres_exporter");
    assert.ok(exporter?.command?.includes("--collector.database_wraparound"));
  });
});
