import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../data/support/run.js";
import { Folder } from "../observability/support/folder.js";
import { requireProgram } from "../support/programs.js";
import { LogStore } from "./support/logStore.js";

/** Retention is in whole days, so lines are of the past; Loki takes them up to a week old. */
const hourMillis = 3_600_000;
/** How far back the test looks. */
const hours = 144;

/** Ages in hours, by program. */
const written: Readonly<Record<string, readonly number[]>> = {
  usual: [1, 30, 72],
  audited: [1, 30, 72, 132],
  brief: [1, 36],
};
/** The same after 2 days for all, 5 for one, 1 for another. */
const kept: typeof written = { usual: [1, 30], audited: [1, 30, 72], brief: [1] };

const texts = (of: typeof written): string[] =>
  Object.entries(of)
    .flatMap(([name, ages]) => ages.map(age => `${name} ${age}`))
    .sort();

/**
 * The component's retention; the compactor looks every second and deletes a second later, instead of every ten minutes and two hours later.
 */
describe("Loki deletes", () => {
  let folder: Folder;
  let store: LogStore;

  before(async function () {
    folder = new Folder(requireProgram(this, "openssl"));
    const retention = { retentionDays: 2, retentionDaysOf: { audited: 5, brief: 1 } };
    store = await LogStore.create(this, folder, retention, config => {
      Object.assign(config["compactor"] ?? {}, {
        compaction_interval: "1s",
        apply_retention_interval: "1s",
        retention_delete_delay: "1s",
      });
      config["storage_config"] = { tsdb_shipper: { resync_interval: "1s" } };
    });
    await store.start();
  });
  after(async () => {
    await (store as LogStore | undefined)?.kill();
    (folder as Folder | undefined)?.remove();
  });

  const files = (of: string): string[] => {
    const inside = readdirSync(join(folder.path, "loki", of), { recursive: true, withFileTypes: true });
    return inside.filter(entry => entry.isFile()).map(({ name }) => name);
  };

  /** What it has beside what it has handed over: the same lines once more, which it would hand over again. */
  const forget = (...names: string[]): void => {
    for (const name of names) rmSync(join(folder.path, "loki", name), { recursive: true });
  };

  it("what is older than its retention, each program's after its own, and nothing else", async function () {
    this.timeout(180_000);
    const lines = Object.entries(written).flatMap(([service, ages]) => ages.map(age => ({ service, age })));
    // As time goes by: what is hours older is in a chunk of its own, written to a file before the next.
    for (const age of [...new Set(lines.map(line => line.age))].sort((a, b) => b - a)) {
      const now = lines.filter(line => line.age === age);
      await store.send(
        now.map(({ service }) => ({
          ...{ service, namespace: "x", text: `${service} ${age}`, attributes: {} },
          millis: Date.now() - age * hourMillis,
        })),
      );
      await store.flush();
    }
    const left = async () => (await store.lines(undefined, hours)).map(({ text }) => text).sort();
    await eventually("all of it is in files", async () => assert.deepEqual(await left(), texts(written)));
    assert.equal(files("chunks/fake").length, texts(written).length);
    // An index is handed over to the compactor every quarter of an hour, and when Loki ends.
    await store.stop();
    forget("wal");
    await store.start();
    await eventually("three days are marked", () => assert.equal(files("compactor/retention").length, 3));
    // It reads an index of its own for some more minutes, which tells of what was deleted meanwhile.
    await store.kill();
    forget("wal", "tsdb-shipper-active", "tsdb-shipper-cache");
    await store.start();
    await eventually("what is too old is gone", async () => assert.deepEqual(await left(), texts(kept)));
  });
});
