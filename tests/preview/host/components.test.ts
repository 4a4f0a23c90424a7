import assert from "node:assert/strict";
import { argumentFor, argumentsAt } from "../../../preview/policy/callArguments.js";
import { pack, preview, program, removeTemporary } from "./support.js";

const source = `const pulumi = require("@pulumi/pulumi"), k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("cluster", { kubeconfig: "{}", namespace: "apps" });
class Box extends pulumi.ComponentResource {
  constructor(name, args, opts) {
    super("test:index:Box", name, {}, opts);
    new k8s.core.v1.Pod(name, { spec: { containers: [{ name: "c", image: args.image }, { name: "d", image: "side" }] } }, { parent: this });
  }
}
class Outer extends pulumi.ComponentResource {
  constructor(name, args, opts) {
    super("test:index:Outer", name, {}, opts);
    new Box(name + "-box", { image: args.image }, { parent: this });
  }
}
const shared = {
  image: "shared",
};
const opts = { providers: [provider] };
new Box("own", { replicas: 1, image: "own" }, opts);
new Box("spread", { ...shared }, opts);
new Outer("outer", { image: "outer" }, opts);
`;

/** Finds every image. */
const findings = `exports.rules = [{ id: "image", title: "Image", severity: "low", level: "advisory" }];
exports.judge = resources => resources.filter(r => r.type.endsWith(":Pod")).flatMap(r => r.properties.spec.containers.map(({ image }, i) => ({
  rule: "image", verdict: "violation", severity: "low", level: "advisory", urn: r.urn, type: r.type, path: "/spec/containers/" + i + "/image",
  message: "Pod " + r.name + " has image " + image })));
`;

describe("a finding inside of a component", function () {
  this.timeout(120_000);
  after(removeTemporary);

  it("names the component first, and its argument where the program's call gives it", async () => {
    const manifest = { name: "images", main: "index.js", exports: { "./findings": "./findings.js" } };
    const folder = pack("", { "package.json": JSON.stringify(manifest), "findings.js": findings });
    const result = await preview(program(source), { policyPacks: [folder] });
    assert.deepEqual(result.findings.map(({ message, argument }) => [message, argument]).sort(), [
      ['Box "outer-box": Pod outer-box has image outer', undefined],
      ['Box "outer-box": Pod outer-box has image side', undefined],
      ['Box "own", image: Pod own has image own', { name: "image", line: 19 }],
      ['Box "own": Pod own has image side', undefined],
      ['Box "spread", image: Pod spread has image shared', { name: "image", line: 16 }],
      ['Box "spread": Pod spread has image side', undefined],
    ]);
  });
});

describe("the arguments of a call", () => {
  const names = (text: string) => argumentsAt(text, 1, 1).map(({ name }) => name);

  it("are the names in its own object literals, not of what is inside them", () => {
    assert.deepEqual(
      names(
        'new X("a", { image: "i", env: { A: f({ b: 1 }) }, port, "quoted": 1, method() { return 1; } }, { parent })',
      ),
      ["image", "env", "port", "quoted", "method", "parent"],
    );
  });

  it("are not mistaken for what stands in strings, templates and comments", () => {
    assert.deepEqual(
      names("new X('a, { no: 1 }', { /* not: 1, */ a: `${'{'} no: ${f({ no: 1 })},`, // nor: 1,\n b: \"}, no: 1\" })"),
      ["a", "b"],
    );
  });

  it("end with a file that is broken or hostile", () => {
    for (const text of [
      "new X(",
      "new X({",
      "new X({ a: `${",
      "new X('",
      "x",
      "",
      `new X(${"{a:".repeat(5000)}`,
      `new X({${"...a,".repeat(2000)}})`,
    ])
      assert.ok(Array.isArray(argumentsAt(text, 1, 1)), text.slice(0, 20));
    assert.deepEqual(
      argumentsAt("const a = { ...a, b: 1 };\nnew X({ ...a })", 2, 1).map(({ name }) => name),
      ["b"],
    );
    assert.deepEqual(argumentsAt("new X({ a: 1 })", 99, 7), []);
  });

  it("belong to a place by its last key, with or without a unit", () => {
    const given = ["image", "memoryMiB", "replicas"].map((name, index) => ({ name, line: index + 1 }));
    const at = (path: string) => argumentFor(path, given)?.name;
    assert.equal(at("/spec/template/spec/containers/0/image"), "image");
    assert.equal(at("/spec/template/spec/containers/0/resources/limits/memory"), "memoryMiB");
    assert.equal(at("/spec/replicas"), "replicas");
    for (const path of [
      "",
      "/spec/template/spec/containers/1/image",
      "/spec/template/spec/initContainers/0/image",
      "/spec/replicasX",
    ])
      assert.equal(at(path), undefined, path);
  });
});
