import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../data/support/run.js";
import { Folder } from "../observability/support/folder.js";
import { requireProgram } from "../support/programs.js";
import { getJson } from "./support/api.js";
import { BucketServer } from "./support/bucket.js";
import { LogStore } from "./support/logStore.js";
import { Pipeline } from "./support/pipeline.js";
import type { Container } from "./support/podLogs.js";

const hourMillis = 3_600_000;
/** How far back the tests look: Loki takes lines up to a week old. */
const hours = 144;

const container = (name: string): Container => ({ namespace: "flowmarine", pod: `${name}-0`, container: name });
const selector = (name: string) => `{service_name="${name}"}`;
const numbered = (count: number, what = "line") => Array.from({ length: count }, (_, index) => `${what} ${index}`);
/** `YYYY-MM-DD`, so many days ago. */
const day = (ago: number) => new Date(Date.now() - ago * 24 * hourMillis).toISOString().slice(0, 10);

describe("Loki with a bucket", () => {
  let server: BucketServer;
  let folder: Folder;
  let pipeline: Pipeline | undefined;
  let store: LogStore | undefined;

  beforeEach(async function () {
    server = await BucketServer.create(this);
    folder = new Folder(requireProgram(this, "openssl"));
    await server.start();
  });
  afterEach(async () => {
    await pipeline?.remove();
    await store?.kill();
    pipeline = store = undefined;
    await (server as BucketServer | undefined)?.remove();
    (folder as Folder | undefined)?.remove();
  });

  /** All that Loki has of a program, once it is this. */
  const has = (from: LogStore, name: string, written: readonly string[]) =>
    eventually(`${written.length} lines of ${name}`, async () => {
      const lines = await from.lines(selector(name), hours);
      assert.deepEqual(
        lines.map(({ text }) => text),
        written,
      );
    });
  const send = (to: LogStore, ...lines: (readonly [name: string, text: string, hoursAgo: number])[]) =>
    to.send(
      lines.map(([service, text, ago]) => ({
        ...{ service, namespace: "x", text, attributes: {} },
        millis: Date.now() - ago * hourMillis,
      })),
    );
  const forget = (of: Folder, ...names: string[]) => {
    for (const name of names) rmSync(join(of.path, "loki", name), { recursive: true, force: true });
  };
  const chunksIn = (of: Folder) => {
    const inside = readdirSync(join(of.path, "loki/chunks/fake"), { recursive: true, withFileTypes: true });
    return inside.filter(entry => entry.isFile()).length;
  };

  it("keeps lines and index there, and reads them when its volume is gone", async function () {
    this.timeout(180_000);
    const { env, change } = await server.part("2024-04-02");
    const running = (pipeline = await Pipeline.start(this, { loki: change, lokiEnv: env }));
    const written = numbered(500);
    running.logs.write(container("api"), written);
    await running.arrived(written.length, selector("api"));
    await running.store.stop();
    const objects = server.objects();
    assert.deepEqual(
      ["fake/", "index/index_"].map(prefix => objects.filter(object => object.startsWith(prefix)).length),
      [1, 1],
      objects.join(),
    );
    forget(running.folder, "");
    await running.store.start();
    await has(running.store, "api", written);
    assert.ok(!`${running.store.output}${running.agent.output}`.includes(server.secret));
  });

  it("leaves in its volume what is older than the day from which the bucket is used, and reads both", async function () {
    this.timeout(180_000);
    store = await LogStore.create(this, folder);
    await store.start();
    await send(store, ["api", "before", 73]);
    await store.stop();
    assert.equal(chunksIn(folder), 1);

    const { env, change } = await server.part(day(1));
    store = await LogStore.create(this, folder, {}, change, env);
    await store.start();
    await send(store, ["api", "late", 72], ["api", "after", 0]);
    await store.stop();
    assert.equal(chunksIn(folder), 2);
    assert.equal(server.objects().filter(object => object.startsWith("fake/")).length, 1);
    forget(folder, "wal", "tsdb-shipper-active", "tsdb-shipper-cache");
    await store.start();
    await has(store, "api", ["before", "late", "after"]);
  });

  it("deletes there what is older than its retention", async function () {
    this.timeout(180_000);
    const { env, change } = await server.part("2024-04-02");
    const retention = { retentionDays: 2, retentionDaysOf: { audited: 5 } };
    const faster = (config: Parameters<typeof change>[0]) => {
      change(config);
      // As in the test of retention: seconds, instead of minutes and hours.
      const compactor = { compaction_interval: "1s", apply_retention_interval: "1s", retention_delete_delay: "1s" };
      Object.assign(config["compactor"] ?? {}, compactor);
      Object.assign(config["storage_config"] ?? {}, { tsdb_shipper: { resync_interval: "1s" } });
    };
    store = await LogStore.create(this, folder, retention, faster, env);
    await store.start();
    for (const age of [72, 1]) {
      await send(store, ["usual", `usual ${age}`, age], ["audited", `audited ${age}`, age]);
      await store.flush();
    }
    const chunks = () => server.objects().filter(object => object.startsWith("fake/")).length;
    await eventually("all of it is in the bucket", () => assert.equal(chunks(), 4));
    // It hands over its index when it ends; what it has beside that, it would hand over again.
    await store.stop();
    forget(folder, "wal");
    await store.start();
    await eventually("one is gone", () => assert.equal(chunks(), 3));
    await store.kill();
    forget(folder, "wal", "tsdb-shipper-active", "tsdb-shipper-cache");
    await store.start();
    await has(store, "usual", ["usual 1"]);
    await has(store, "audited", ["audited 72", "audited 1"]);
  });

  it("loses nothing while the bucket is away, although it is killed meanwhile", async function () {
    this.timeout(240_000);
    const { env, change } = await server.part("2024-04-02");
    const running = (pipeline = await Pipeline.start(this, { loki: change, lokiEnv: env }));
    running.logs.write(container("api"), numbered(100, "before"));
    await running.arrived(100, selector("api"));
    await server.kill();
    running.logs.write(container("api"), numbered(100, "away"));
    await eventually("it cannot write", async () => {
      await running.store.flush();
      assert.match(running.store.output, /connection refused/);
    });
    await running.store.kill();
    await running.store.start();
    running.logs.write(container("api"), numbered(100, "later"));
    await server.start();
    const written = ["before", "away", "later"].flatMap(what => numbered(100, what));
    await has(running.store, "api", written);
    await running.store.stop();
    forget(running.folder, "");
    await running.store.start();
    await has(running.store, "api", written);
  });

  it("says that its key is refused, but not the key, and keeps the lines until it has another", async function () {
    this.timeout(240_000);
    const { env, change } = await server.part("2024-04-02");
    store = await LogStore.create(this, folder, {}, change, env);
    await store.start();
    await store.stop();
    const wrong = "wrong/planted+key";
    await server.part("2024-04-02", { accessKeyId: server.id, secretAccessKey: wrong });
    await store.start();
    await send(store, ["api", "kept", 0]);
    const running = store;
    await eventually("it is refused", async () => {
      await running.flush();
      assert.match(running.output, /SignatureDoesNotMatch/);
    });
    const { body } = await getJson(store, "/metrics", "text");
    const failures = /^loki_ingester_chunks_flush_failures_total (\d+)$/m.exec(String(body))?.[1];
    assert.ok(Number(failures) > 0, "the alert LogsNotStored has nothing to see");
    await store.kill();
    assert.ok(!store.output.includes(wrong) && !store.output.includes(server.secret));
    assert.ok(!server.objects().some(object => object.startsWith("fake/")));
    await server.part("2024-04-02");
    await store.start();
    await has(store, "api", ["kept"]);
    await store.stop();
    assert.equal(server.objects().filter(object => object.startsWith("fake/")).length, 1);
  });
});
