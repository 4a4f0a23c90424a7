import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flowsOf, needed, otherThanOutput } from "../../lab/src/flows.js";
import { readIndex, readManifest } from "../../lab/src/manifests.js";

describe("FlowMarine's flows", function () {
  this.timeout(120_000);
  let folder: string;
  let objects: Record<string, unknown>[];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-flows-"));
    const manifests = join(folder, "manifests");
    const args = ["preview", "--stack", "local", "--quiet", "--allow-placeholders", "--manifests", manifests];
    execFileSync(process.execPath, ["preview/bin/bulkhead.js", ...args], { stdio: "pipe" });
    objects = readIndex(manifests).objects.map(object => readManifest(manifests, object));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are exactly those that it needs, for every pair of pods and every port", () => {
    const { faults, forbidden } = flowsOf(objects);
    assert.deepEqual(faults, []);
    assert.ok(forbidden.includes("flowmarine/web → flowmarine-data/database:5432"));
  });

  it("are all of the table: what it names is there", () => {
    const { open } = flowsOf(objects);
    const named = Object.entries(needed).flatMap(([from, targets]) => targets.map(target => `${from} → ${target}`));
    assert.deepEqual(open, named.sort());
  });

  it("are told apart when one policy is missing, or one too many is there", () => {
    const policy = (object: Record<string, unknown>) => object["metadata"] as { name: string };
    const fewer = objects.filter(
      object => object["kind"] !== "NetworkPolicy" || policy(object).name !== "api-to-database",
    );
    assert.deepEqual(
      flowsOf(fewer).faults.filter(fault => fault.startsWith("flowmarine/api →")),
      ["flowmarine/api → flowmarine-data/database:5432 is needed, and not open"],
    );
    const spec = { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] };
    const everything = { kind: "NetworkPolicy", metadata: { namespace: "flowmarine", name: "everything" }, spec };
    assert.ok(
      flowsOf([...objects, everything]).faults.includes("flowmarine/api → flowmarine/web:8443 is open, and not needed"),
    );
  });
});

describe("the stack output `network`", () => {
  const open = ["flowmarine/api → flowmarine-data/database:5432"];

  it("tells what the policies open, no more and no less", () => {
    assert.deepEqual(otherThanOutput(open, { api: ["database"] }), []);
    assert.deepEqual(otherThanOutput(open, { api: [] }), ["api reaches database, not told"]);
    assert.deepEqual(otherThanOutput(open, { api: ["database", "cache"] }), ["api does not reach cache"]);
  });
});
