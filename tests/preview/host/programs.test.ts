import assert from "node:assert/strict";
import type { PreviewResult, ResourceRecord } from "../../../preview/result.js";
import { isSecret, UNKNOWN } from "../../../preview/value.js";
import { modes, preview, program, removeTemporary } from "./support.js";

function resource(result: PreviewResult, type: string, name: string): ResourceRecord {
  const found = result.resources.find(candidate => candidate.type === type && candidate.name === name);
  assert.ok(found, `${type} ${name} is not among ${result.resources.map(({ urn }) => urn).join(", ")}`);
  return found;
}

const k8s = `const pulumi = require("@pulumi/pulumi"), k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("cluster", { kubeconfig: "{}", namespace: "apps" });
const o = { provider };
`;

const transforms = `${k8s}
const seen = [];
const mark = (who, change) => async args => {
  if (args.type !== "kubernetes:core/v1:ConfigMap") return undefined;
  seen.push(who);
  return { props: { ...args.props, data: { ...args.props.data, [who]: Object.keys(args.props.data).join("") } }, opts: { ...args.opts, ...change } };
};
pulumi.runtime.registerResourceTransform(mark("stack", { protect: true }));
class Box extends pulumi.ComponentResource {
  constructor(name, opts) {
    super("test:index:Box", name, {}, opts);
    new k8s.core.v1.ConfigMap(name, { metadata: { name }, data: { a: "1" } }, { parent: this, transforms: [mark("own", {})] });
    this.registerOutputs({});
  }
}
new Box("box", { providers: [provider], transforms: [mark("parent", { retainOnDelete: true })] });
`;

const unknowns = `${k8s}
const service = new k8s.core.v1.Service("svc", { spec: { ports: [{ port: 80 }] } }, o);
const headless = new k8s.core.v1.Service("headless", { spec: { clusterIP: "None" } }, o);
exports.name = service.metadata.name;
exports.address = service.spec.clusterIP;
exports.uid = service.metadata.uid;
exports.url = pulumi.interpolate\`http://\${service.spec.clusterIP}:80\`;
exports.status = service.status.loadBalancer;
exports.port = service.spec.ports[0].port;
exports.headless = headless.spec.clusterIP;
exports.id = service.id;
`;

describe("a program sees the engine", function () {
  this.timeout(300_000);
  after(removeTemporary);

  for (const mode of modes) {
    it(`that runs transforms: its own, its parent's, the stack's, with the options they return (${mode})`, async () => {
      const result = await preview(program(transforms), { mode });
      const map = resource(result, "kubernetes:core/v1:ConfigMap", "box");
      assert.deepEqual(map.inputs["data"], { a: "1", own: "a", parent: "aown", stack: "aownparent" });
      assert.equal(map.protect, true);
      assert.equal(map.retainOnDelete, true);
    });

    it(`that does not know what only a live server can (${mode})`, async () => {
      const { outputs } = await preview(program(unknowns), { mode });
      assert.match(String(outputs["name"]), /^svc-[0-9a-f]{8}$/);
      for (const name of ["address", "uid", "url", "status", "id"]) assert.equal(outputs[name], UNKNOWN, name);
      assert.equal(outputs["port"], 80);
      assert.equal(outputs["headless"], "None");
    });
  }

  it("that gives the same name twice, and another one after a change", async () => {
    const map = (value: string) =>
      program(`${k8s}exports.name = new k8s.core.v1.ConfigMap("m", { data: { a: "${value}" } }, o).metadata.name;\n`);
    const [first, again, changed] = await Promise.all(
      [map("1"), map("1"), map("2")].map(async dir => (await preview(dir)).outputs["name"]),
    );
    assert.equal(first, again);
    assert.notEqual(first, changed);
  });

  it("that gives no namespace to what lives outside namespaces", async () => {
    const source = `${k8s}
new k8s.apiextensions.v1.CustomResourceDefinition("crd", { metadata: { name: "planets.test.io" }, spec: { group: "test.io", scope: "Cluster", names: { kind: "Planet", plural: "planets" }, versions: [] } }, o);
setTimeout(() => {
  new k8s.apiextensions.CustomResource("mars", { apiVersion: "test.io/v1", kind: "Planet", metadata: { name: "mars" } }, o);
  new k8s.apiextensions.CustomResource("moon", { apiVersion: "test.io/v1", kind: "Moon", metadata: { name: "moon" } }, o);
  new k8s.apiextensions.CustomResource("ca", { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", metadata: { name: "ca" } }, o);
}, 50);
`;
    const result = await preview(program(source));
    const namespace = (type: string, name: string) =>
      (resource(result, type, name).inputs["metadata"] as Record<string, unknown>)["namespace"];
    assert.equal(namespace("kubernetes:test.io/v1:Planet", "mars"), undefined);
    assert.equal(namespace("kubernetes:test.io/v1:Moon", "moon"), "apps");
    assert.equal(namespace("kubernetes:cert-manager.io/v1:ClusterIssuer", "ca"), undefined);
  });

  it("that puts objects into the kubeconfig's namespace, or into default", async () => {
    const source = `const k8s = require("@pulumi/kubernetes");
const kubeconfig = JSON.stringify({ contexts: [{ name: "c", context: { cluster: "c", namespace: "from-context" } }], "current-context": "c" });
const named = new k8s.Provider("named", { kubeconfig }), plain = new k8s.Provider("plain", { kubeconfig: "{}" });
exports.named = new k8s.core.v1.ConfigMap("a", {}, { provider: named }).metadata.namespace;
exports.plain = new k8s.core.v1.ConfigMap("b", {}, { provider: plain }).metadata.namespace;
`;
    assert.deepEqual((await preview(program(source))).outputs, { named: "from-context", plain: "default" });
  });

  it("that makes default providers, unless they are disabled", async () => {
    const source = `const k8s = require("@pulumi/kubernetes");\nnew k8s.core.v1.ConfigMap("m", {});\n`;
    const result = await preview(program(source));
    const { provider } = resource(result, "kubernetes:core/v1:ConfigMap", "m");
    assert.match(provider?.name ?? "", /^default_4_/);
    const dir = program(source, { "Pulumi.dev.yaml": "config: {pulumi:disable-default-providers: [kubernetes]}\n" });
    await assert.rejects(preview(dir), (error: Error & { source?: { line: number } }) => {
      assert.match(error.message, /Default provider for "kubernetes" is disabled: kubernetes:core\/v1:ConfigMap/);
      assert.equal(error.source?.line, 2);
      return true;
    });
  });

  it("that waits for what a program does later", async () => {
    const source = `${k8s}setTimeout(() => setTimeout(() => new k8s.core.v1.ConfigMap("late", {}, o), 20), 20);\n`;
    resource(await preview(program(source)), "kubernetes:core/v1:ConfigMap", "late");
  });

  it("that notes hooks and does not run them", async () => {
    const source = `${k8s}
const hook = new pulumi.ResourceHook("boom", () => { throw new Error("ran"); });
new k8s.core.v1.ConfigMap("m", {}, { provider, hooks: { beforeCreate: [hook] } });
`;
    const { coverage } = await preview(program(source));
    assert.ok(
      coverage.ignored.some(note => note.includes('"boom"')),
      coverage.ignored.join(),
    );
  });

  it("that keeps parents, dependencies, aliases and protection", async () => {
    const source = `${k8s}
const first = new k8s.core.v1.ConfigMap("first", { metadata: { name: "first" } }, { provider, protect: true, aliases: [{ name: "oldest" }] });
new k8s.core.v1.ConfigMap("second", { data: { name: first.metadata.name } }, { provider, retainOnDelete: true });
`;
    const result = await preview(program(source));
    const first = resource(result, "kubernetes:core/v1:ConfigMap", "first");
    const second = resource(result, "kubernetes:core/v1:ConfigMap", "second");
    assert.equal(first.protect, true);
    assert.deepEqual(first.aliases, ["urn:pulumi:dev::sample::kubernetes:core/v1:ConfigMap::oldest"]);
    assert.equal(first.parent, "urn:pulumi:dev::sample::pulumi:pulumi:Stack::sample-dev");
    assert.deepEqual(second.dependencies, [first.urn]);
    assert.deepEqual(second.propertyDependencies, { data: [first.urn] });
    assert.equal(second.retainOnDelete, true);
  });

  it("that knows what a program prints, though its host had no time to read it before the end", async () => {
    const busy = setInterval(() => {
      for (const until = Date.now() + 120; Date.now() < until; );
    }, 1);
    try {
      const { logs } = await preview(program(`console.log("printed");\n`));
      assert.deepEqual(
        logs.map(({ message }) => message),
        ["printed"],
      );
    } finally {
      clearInterval(busy);
    }
  });

  it("that knows what a program prints and logs", async () => {
    const { logs } = await preview(program(`console.log("printed");\nrequire("@pulumi/pulumi").log.warn("warned");\n`));
    assert.deepEqual(
      logs.map(({ severity, message }) => [severity, message]),
      [
        ["warning", "warned"],
        ["info", "printed"],
      ],
    );
  });
});

describe("the world outside a program", function () {
  this.timeout(300_000);
  after(removeTemporary);

  const asks = `const pulumi = require("@pulumi/pulumi"), k8s = require("@pulumi/kubernetes");
const other = new pulumi.StackReference("organization/infra/dev");
exports.image = other.getOutput("image");
exports.token = other.getOutput("token");
exports.zone = pulumi.runtime.invokeOutput("test:index/getZone:getZone", { name: "a" }).zone;
exports.other = pulumi.runtime.invokeOutput("test:index/getZone:getZone", { name: "b" }).zone;
exports.data = k8s.core.v1.ConfigMap.get("known", "apps/known", { provider: new k8s.Provider("p", { kubeconfig: "{}" }) }).data;
`;
  const answers = `stackReferences:
  organization/infra/dev: {outputs: {image: "web:1"}, secretOutputs: {token: "tok-1234"}}
invokes:
- {token: "test:index/getZone:getZone", args: {name: a}, result: {zone: eu-1}}
reads:
- {type: "kubernetes:core/v1:ConfigMap", id: apps/known, state: {data: {a: "1"}}}
`;

  for (const mode of modes) {
    it(`answers from the fixtures (${mode})`, async () => {
      const { outputs, coverage } = await preview(program(asks, { "Pulumi.dev.fixtures.yaml": answers }), { mode });
      assert.equal(outputs["image"], "web:1");
      assert.ok(isSecret(outputs["token"]) && outputs["token"].value === "tok-1234");
      assert.equal(outputs["zone"], "eu-1");
      assert.equal(outputs["other"], UNKNOWN);
      assert.deepEqual(outputs["data"], { a: "1" });
      assert.deepEqual(
        coverage.unhandledInvokes.map(({ token }) => token),
        ["test:index/getZone:getZone"],
      );
    });

    it(`is unknown, and listed, without fixtures (${mode})`, async () => {
      const { outputs, coverage } = await preview(program(asks), { mode });
      for (const name of ["image", "token", "zone", "data"]) assert.equal(outputs[name], UNKNOWN, name);
      assert.deepEqual(coverage.missingStackReferences, ["organization/infra/dev"]);
      assert.deepEqual(coverage.unhandledReads, ["kubernetes:core/v1:ConfigMap apps/known"]);
      assert.equal(coverage.unhandledInvokes.length, 2);
    });
  }

  it("cannot answer a call for a plain value without a fixture, and says what to add", async () => {
    const source = `const pulumi = require("@pulumi/pulumi");
module.exports = async () => ({ zone: (await pulumi.runtime.invoke("test:index/getZone:getZone", {})).zone });
`;
    await assert.rejects(preview(program(source)), (error: Error & { kind?: string; hint?: string }) => {
      assert.equal(error.kind, "usage");
      assert.match(error.message, /test:index\/getZone:getZone is called for its plain value/);
      assert.match(error.hint ?? "", /"invokes"/);
      return true;
    });
    const fixture = "invokes: [{token: 'test:index/getZone:getZone', result: {zone: eu-2}}]\n";
    assert.deepEqual((await preview(program(source, { "Pulumi.dev.fixtures.yaml": fixture }))).outputs, {
      zone: "eu-2",
    });
  });

  it("does not construct remote components, which are listed", async () => {
    const source = `const pulumi = require("@pulumi/pulumi"), k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("p", { kubeconfig: "{}" });
new k8s.helm.v4.Chart("chart", { chart: "oci://registry.example/chart" }, { provider });
new (class extends pulumi.ComponentResource { constructor() { super("other:index:Thing", "thing", {}, {}, true); } })();
`;
    const { coverage } = await preview(program(source));
    assert.deepEqual(coverage.unexpandedComponents.map(({ type }) => type).sort(), [
      "kubernetes:helm.sh/v4:Chart",
      "other:index:Thing",
    ]);
    assert.match(coverage.unexpandedComponents.find(({ type }) => type.endsWith("Chart"))?.reason ?? "", /network/);
  });
});
