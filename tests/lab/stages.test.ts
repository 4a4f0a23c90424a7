import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labDifferences } from "../../lab/src/describe.js";
import { bytesOf, coresOf } from "../../lab/src/quantity.js";
import { type Report, reportSchema, table, writeReport } from "../../lab/src/report.js";
import { choose, loadStages } from "../../lab/src/stages.js";
import type { Stage } from "../../lab/stages/stage.js";

const stage = (id: number, deep = false): Stage => ({ id, title: `stage ${id}`, deep, run: () => Promise.resolve({}) });
const ids = (stages: readonly Stage[]) => stages.map(({ id }) => id);

describe("the lab's stages", () => {
  it("are the files of the folder, each with the number of its name and a title", async () => {
    const stages = await loadStages();
    assert.ok(ids(stages).includes(1));
    assert.equal(new Set(ids(stages)).size, stages.length);
    for (const { title } of stages) assert.ok(title.length > 10, title);
  });

  it("run without the deep ones, with them, or those asked for", () => {
    const all = [stage(1), stage(2, true), stage(3)];
    assert.deepEqual(ids(choose(all, [], false, true)), [1, 3]);
    assert.deepEqual(ids(choose(all, [], true, true)), [1, 2, 3]);
    assert.deepEqual(ids(choose(all, ["2"], false, true)), [2]);
  });

  it("run on a cluster of one's own without those that need the lab's node, which are refused by name", () => {
    const all = [stage(1), { ...stage(2), labOnly: true }, stage(3, true)];
    assert.deepEqual(ids(choose(all, [], true, true)), [1, 2, 3]);
    assert.deepEqual(ids(choose(all, [], true, false)), [1, 3]);
    assert.throws(
      () => choose(all, ["2"], false, false),
      /^Error: stage 2 needs the lab's own node; there are 1, 3 for the cluster of LAB_KUBECONFIG$/,
    );
  });

  it("say which there are when another is asked for", () => {
    assert.throws(() => choose([stage(1), stage(3)], ["2"], false, true), /^Error: no stage 2; there are 1, 3$/);
  });
});

describe("the lab's report", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-report-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const result = (id: number, ok = true) => ({
    ...{
      id,
      title: `stage ${id}`,
      ok,
      seconds: 1,
      at: "2026-01-01T00:00:00.000Z",
      figures: { pods: 3, list: ["a", "b"] },
    },
    ...(ok ? {} : { fault: "the pod died" }),
  });
  const report = (stages: Report["stages"]): Report => ({
    machine: { cores: 2, memoryGiB: 24, kernel: "6" },
    kubernetes: "v1.36.0",
    deployedBy: "kubectl apply",
    deploySeconds: 60,
    objects: 100,
    images: {},
    differences: [],
    stages,
  });
  const read = (file: string) => reportSchema.parse(JSON.parse(readFileSync(file, "utf8")));

  it("keeps what earlier runs found of stages that this one did not run", () => {
    const file = join(folder, "kept.json");
    writeReport(report([result(1), result(2, false)]), file);
    writeReport(report([result(2), result(3)]), file);
    assert.deepEqual(
      read(file).stages.map(({ id, ok }) => [id, ok]),
      [
        [1, true],
        [2, true],
        [3, true],
      ],
    );
  });

  it("starts anew where the file says nothing that this version understands", () => {
    const file = join(folder, "old.json");
    writeFileSync(file, '{"stages": 3');
    writeReport(report([result(1)]), file);
    assert.equal(read(file).stages.length, 1);
  });

  it("shows every figure and every fault, lists as their length", () => {
    const text = table([result(1), result(2, false)]);
    assert.match(text, /1 {2}ok .* stage 1\n +pods: 3\n +list: 2\n/);
    assert.match(text, /2 {2}FAILED .* stage 2\n +the pod died\n/);
  });

  it("says the differences that lab/README.md tells readers", () => {
    const readme = readFileSync("lab/README.md", "utf8").toLowerCase();
    const words = [
      "one node",
      "debian 13",
      "networkpolicies are accepted and not enforced",
      "no load balancer",
      "size limit",
    ];
    for (const word of words) {
      assert.ok(readme.includes(word), word);
      assert.ok(
        labDifferences.some(line => line.toLowerCase().includes(word)),
        word,
      );
    }
    assert.equal(labDifferences.length, words.length);
  });
});

describe("quantities", () => {
  it("are read as Kubernetes means them", () => {
    assert.deepEqual(["64Mi", "1Gi", "128974848", "1G"].map(bytesOf), [67_108_864, 1_073_741_824, 128_974_848, 1e9]);
    assert.deepEqual(["250m", "2", "1500000n"].map(coresOf), [0.25, 2, 0.0015]);
    assert.throws(() => bytesOf("64 MiB"), RangeError);
  });
});
