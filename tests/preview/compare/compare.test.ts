import assert from "node:assert/strict";
import { compareResults } from "../../../preview/compare/compare.js";
import { differences } from "../../../preview/compare/difference.js";
import type { PreviewResult, ResourceRecord } from "../../../preview/result.js";
import { secret, UNKNOWN } from "../../../preview/value.js";
import { child, component } from "../support/results.js";

const ref = { base: "main", baseCommit: "abc" };

function compare(
  base: ResourceRecord[],
  head: ResourceRecord[],
  outputs: Partial<Record<"base" | "head", PreviewResult["outputs"]>> = {},
) {
  return compareResults(
    { resources: base, outputs: outputs.base ?? {} },
    { resources: head, outputs: outputs.head ?? {} },
    ref,
  );
}

const object = (
  kind: string,
  name: string,
  more: Record<string, unknown> = {},
  edits: Partial<ResourceRecord> = {},
) => {
  const made = child(name, kind);
  return { ...made, inputs: { ...made.inputs, ...more }, ...edits };
};
const deployment = (name: string, replicas: number, edits: Partial<ResourceRecord> = {}) =>
  object(
    "apps/v1:Deployment",
    name,
    {
      spec: {
        replicas,
        template: { spec: { containers: [{ name, image: "x:1", env: [{ name: "A", value: "1" }] }] } },
      },
    },
    edits,
  );
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

describe("comparing two evaluations", () => {
  it("finds nothing between a program and itself, unknowns and secrets included", () => {
    const same = [component("api"), object("core/v1:Secret", "s", { data: secret({ a: "b" }), id: UNKNOWN })];
    const { added, removed, changed, renamed, unprotected, replaced, contract, addedOutputs } = compare(
      same,
      structuredClone(same),
      {
        base: { a: UNKNOWN },
        head: { a: UNKNOWN },
      },
    );
    assert.deepEqual([added, removed, changed, renamed, unprotected, replaced, contract, addedOutputs].flat(), []);
  });

  it("finds what is added, removed, and which paths change", () => {
    const found = compare(
      [deployment("a", 1), object("core/v1:Service", "gone")],
      [deployment("a", 3), object("core/v1:ConfigMap", "new", { data: { a: "b" } })],
    );
    assert.deepEqual([names(found.added), names(found.removed)], [["new"], ["gone"]]);
    assert.deepEqual(
      found.changed.map(({ name, paths }) => [name, paths]),
      [["a", ["/spec/replicas"]]],
    );
  });

  it("tells the path of a changed secret and never its value", () => {
    const found = compare(
      [object("core/v1:Secret", "s", { data: secret({ p: "planted-old" }) })],
      [object("core/v1:Secret", "s", { data: secret({ p: "planted-new" }) })],
    );
    assert.equal(found.changed.length, 1);
    assert.doesNotMatch(JSON.stringify(found), /planted/);
  });

  it("takes a resource under another name for a rename that deletes, unless it has an alias", () => {
    const [old, now] = [deployment("backend", 2), deployment("api", 2)];
    const found = compare([old], [now]);
    assert.deepEqual(
      found.renamed.map(({ from, to }) => `${from.name} → ${to.name}`),
      ["backend → api"],
    );
    assert.deepEqual([found.added, found.removed], [[], []]);
    const aliased = compare([old], [{ ...now, aliases: [old.urn] }]);
    assert.deepEqual([aliased.renamed, aliased.added, aliased.removed], [[], [], []]);
  });

  it("does not take two resources that have little in common for a rename", () => {
    const found = compare(
      [object("core/v1:ConfigMap", "a", { data: { x: "1", y: "2", z: "3" } })],
      [object("core/v1:ConfigMap", "b", { data: { p: "7", q: "8", r: "9" } })],
    );
    assert.deepEqual([names(found.added), names(found.removed), found.renamed], [["b"], ["a"], []]);
  });

  it("finds lost protection", () => {
    const claim = (protect: boolean, retainOnDelete: boolean) =>
      object("core/v1:PersistentVolumeClaim", "data", {}, { protect, retainOnDelete });
    assert.deepEqual(compare([claim(true, true)], [claim(false, false)]).unprotected[0]?.lost, [
      "protect",
      "retainOnDelete",
    ]);
    assert.deepEqual(compare([claim(false, false)], [claim(true, true)]).unprotected, []);
  });

  const spec = (value: unknown) => ({ spec: value });
  for (const [kind, before, after, path] of [
    ["apps/v1:StatefulSet", { serviceName: "a" }, { serviceName: "b" }, "/spec/serviceName"],
    [
      "apps/v1:StatefulSet",
      { volumeClaimTemplates: [{ spec: { size: 1 } }] },
      { volumeClaimTemplates: [{ spec: { size: 2 } }] },
      "/spec/volumeClaimTemplates/0/spec/size",
    ],
    [
      "apps/v1:Deployment",
      { selector: { matchLabels: { a: "b" } } },
      { selector: { matchLabels: { a: "c" } } },
      "/spec/selector/matchLabels/a",
    ],
    ["core/v1:Service", { clusterIP: "None" }, {}, "/spec/clusterIP"],
    ["core/v1:PersistentVolumeClaim", { storageClassName: "a" }, { storageClassName: "b" }, "/spec/storageClassName"],
  ] as const) {
    it(`finds that ${path} of a ${kind} replaces it`, () => {
      const found = compare([object(kind, "x", spec(before))], [object(kind, "x", spec(after))]);
      assert.deepEqual(
        found.replaced.map(({ paths }) => paths),
        [[path]],
      );
    });
  }

  it("finds that a fixed name or a namespace that changes replaces the object", () => {
    const at = (name: string, namespace: string) => object("core/v1:Service", "x", { metadata: { name, namespace } });
    assert.deepEqual(compare([at("a", "n")], [at("b", "m")]).replaced[0]?.paths, [
      "/metadata/name",
      "/metadata/namespace",
    ]);
  });

  it("does not count what is replaced by design: a volume that grows, a generated name, a ConfigMap", () => {
    const claim = (storage: string) =>
      object("core/v1:PersistentVolumeClaim", "x", spec({ resources: { requests: { storage } } }));
    assert.deepEqual(compare([claim("1Gi")], [claim("2Gi")]).replaced, []);
    const generated = (name: string, text: string) =>
      object("core/v1:ConfigMap", "x", {
        metadata: { name, annotations: { "pulumi.com/autonamed": "true" } },
        data: { text },
      });
    const found = compare([generated("x-1", "a")], [generated("x-2", "b")]);
    assert.deepEqual([found.replaced, found.changed[0]?.paths], [[], ["/data/text"]]);
  });

  it("does not count default providers, which come and go with every version", () => {
    const provider = (name: string) => ({
      ...child(name),
      urn: `urn:p::s::pulumi:providers:kubernetes::${name}`,
      type: "pulumi:providers:kubernetes",
    });
    const found = compare([provider("default_4_1_0")], [provider("default_4_2_0")]);
    assert.deepEqual([found.added, found.removed, found.renamed], [[], [], []]);
  });

  it("finds outputs that are gone or of another type, once at the highest place", () => {
    const base = { url: "x", ports: [1], services: { api: { host: "a", port: 80 } }, old: { a: 1, b: 2 }, later: "x" };
    const head = { url: "y", ports: "1", services: { api: { host: "a", port: "80" } }, later: UNKNOWN, fresh: 1 };
    const { contract, addedOutputs } = compare([], [], { base, head });
    assert.deepEqual(contract, [
      { path: "ports", change: "retyped", from: "list", to: "string" },
      { path: "services.api.port", change: "retyped", from: "number", to: "string" },
      { path: "old", change: "removed", from: "object" },
    ]);
    assert.deepEqual(addedOutputs, ["fresh"]);
  });

  it("finds an output that has become a secret, or is none any more", () => {
    const { contract } = compare([], [], { base: { a: "x", b: secret("y") }, head: { a: secret("x"), b: "y" } });
    assert.deepEqual(
      contract.map(({ path, from, to }) => `${path}: ${from} → ${to ?? ""}`),
      ["a: string → secret string", "b: secret string → string"],
    );
  });
});

describe("the difference of two values", () => {
  it("is a JSON pointer to each place, escaped", () => {
    assert.deepEqual(differences({ "a/b~": [1, { c: 2 }], d: 1 }, { "a/b~": [1, { c: 3 }, 4], e: null }), [
      "/a~1b~0/1/c",
      "/a~1b~0/2",
      "/d",
      "/e",
    ]);
  });

  it("is not fooled by inherited names", () => {
    assert.deepEqual(differences({}, { toString: "x" }), ["/toString"]);
  });
});
