import assert from "node:assert/strict";
import { MariaDbDatabase, type MariaDbDatabaseArgs } from "../../components/data/mariaDbDatabase";
import { images } from "../../components/images/catalogue";
import { containersOf, filesOf, itIsADataStore, plain, storePassword, storePlacement } from "../support/dataStore";
import { at, deploy, refusal } from "../support/deploy";

const minimal: MariaDbDatabaseArgs = { namespace: storePlacement, images: images(), password: storePassword };
const deployed = (args: Partial<MariaDbDatabaseArgs> = {}) =>
  deploy(opts => new MariaDbDatabase("store", { ...minimal, ...args }, opts));
const refused = (args: Partial<MariaDbDatabaseArgs>) =>
  refusal(opts => new MariaDbDatabase("store", { ...minimal, ...args }, opts));
const conf = async (args: Partial<MariaDbDatabaseArgs>) => filesOf(await deployed(args), "store")["my.cnf"] ?? "";

describe("MariaDbDatabase", () => {
  itIsADataStore((opts, more) => new MariaDbDatabase("store", { ...minimal, ...more }, opts), {
    port: 3306,
    metricsPort: 9104,
  });

  it("tells a linked component where it is and how to verify it, the password as a secret", async () => {
    let database: MariaDbDatabase | undefined;
    const password = "a/b?c@d:e#f %";
    const args = { ...minimal, database: "shop", user: "clerk", password };
    await deploy(opts => (database = new MariaDbDatabase("store", args, opts)));
    const { env, secretEnv, ports } = database!.link();
    assert.deepEqual(ports, [3306]);
    const { DATABASE_HOST: host, ...rest } = env;
    assert.equal(await plain(host as never), "store.flowmarine-data.svc");
    assert.deepEqual(rest, {
      DATABASE_PORT: "3306",
      DATABASE_NAME: "shop",
      DATABASE_USER: "clerk",
      DATABASE_CA_FILE: "/run/bulkhead/tls/ca.crt",
    });
    const url = new URL(await plain(secretEnv["DATABASE_URL"] as never));
    assert.equal(decodeURIComponent(url.password), password);
    assert.equal(`${url.protocol}${url.host}${url.pathname}`, "mysql:store.flowmarine-data.svc:3306/shop");
  });

  it("exports names, and no secret", async () => {
    let database: MariaDbDatabase | undefined;
    await deploy(opts => (database = new MariaDbDatabase("store", minimal, opts)));
    const { host, ...rest } = database!.outputs;
    assert.equal(await plain(host), "store.flowmarine-data.svc");
    assert.deepEqual(rest, {
      engine: "mariadb",
      port: 3306,
      name: "app",
      secretName: "store-password",
      caSecretName: "store-tls",
    });
  });

  it("gives the memory to the container and to the configuration", async () => {
    const { store } = containersOf(await deployed({ memoryMiB: 2048 }), "store");
    assert.equal(store!.resources.limits["memory"], "2048Mi");
    const pool = async (memoryMiB: number) =>
      Number(/^innodb_buffer_pool_size = (\d+)M$/m.exec(await conf({ memoryMiB }))?.[1]);
    assert.ok((await pool(2048)) > 900 && (await pool(2048)) < 1200);
    assert.ok((await pool(512)) < 250);
  });

  it("sizes redo and binary logs by the volume", async () => {
    assert.match(await conf({ storageGiB: 4 }), /^innodb_log_file_size = 204M$/m);
    assert.match(await conf({ storageGiB: 400 }), /^innodb_log_file_size = 1024M$/m);
    assert.match(await conf({ storageGiB: 4 }), /^max_binlog_size = 102M$/m);
    const claim = (await deployed({ storageGiB: 4, storageClass: "fast" })).get(
      "PersistentVolumeClaim",
      "store-data",
    ).inputs;
    assert.deepEqual(at(claim, "spec.resources.requests"), { storage: "4Gi" });
    assert.equal(at(claim, "spec.storageClassName"), "fast");
  });

  it("takes the rest of its arguments into the configuration", async () => {
    const text = await conf({ maxConnections: 31, tlsMinVersion: "1.2", binlogDays: 3 });
    assert.match(text, /^max_connections = 31$/m);
    assert.match(text, /^tls_version = TLSv1\.2,TLSv1\.3$/m);
    assert.match(text, /^binlog_expire_logs_seconds = 259200$/m);
    const start = async (allowUpgrade: boolean) => filesOf(await deployed({ allowUpgrade }), "store")["start.sh"] ?? "";
    assert.match(await start(true), /^ALLOW_UPGRADE='yes'$/m);
    assert.match(await start(false), /^ALLOW_UPGRADE='no'$/m);
  });

  for (const [args, message] of [
    [{ version: "11" }, 'MariaDbDatabase "store": version must be a release series such as 11.8, got "11"'],
    [{ memoryMiB: 128 }, 'MariaDbDatabase "store": memoryMiB must be a whole number of at least 192, got 128'],
    [{ binlogDays: 0 }, 'MariaDbDatabase "store": binlogDays must be a whole number in 1 to 99, got 0'],
    [{ user: "root" }, 'MariaDbDatabase "store": user must not be one of mysql, exporter, root, mariadb, got "root"'],
    [{ database: "a`b" }, /^MariaDbDatabase "store": database must be 1 to 63 lower-case letters.*got "a`b"$/],
    [
      { maxConnections: 5000 },
      /^MariaDbDatabase "store": maxConnections must be at most \d+ with 512 MiB of memory, got 5000$/,
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(args)}`, async () => {
      const got = await refused(args);
      if (typeof message === "string") assert.equal(got, message);
      else assert.match(got, message);
    });
  }
});
