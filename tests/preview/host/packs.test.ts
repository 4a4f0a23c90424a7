import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { modes, pack, preview, program, removeTemporary } from "./support.js";

const source = `const pulumi = require("@pulumi/pulumi"), k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("cluster", { kubeconfig: "{}", namespace: "apps" });
class Box extends pulumi.ComponentResource {
  constructor(name) {
    super("test:index:Box", name, {}, { providers: [provider] });
    this.service = new k8s.core.v1.Service(name, { spec: { type: "LoadBalancer" } }, { parent: this });
    this.registerOutputs({});
  }
}

const box = new Box("box");
new k8s.core.v1.ConfigMap("map", { metadata: { name: "map" }, data: { ip: box.service.spec.clusterIP } }, { provider });
`;

const policies = `const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("sample-pack", { policies: [
  { name: "no-load-balancer", description: "Services stay inside", enforcementLevel: "mandatory", severity: "high", url: "https://example.org/lb",
    validateResource: (args, report) => { if (args.type === "kubernetes:core/v1:Service" && args.props.spec.type === args.getConfig().forbidden) report("type is " + args.props.spec.type); } },
  { name: "known-data", description: "Data is known", enforcementLevel: "mandatory",
    validateResource: (args, report) => { if (args.type === "kubernetes:core/v1:ConfigMap" && args.props.data.ip === "0.0.0.0") report("open"); } },
  { name: "labels", description: "Everything is labelled", enforcementLevel: "advisory",
    remediateResource: args => args.type === "kubernetes:core/v1:ConfigMap" ? { ...args.props, metadata: { ...args.props.metadata, labels: { by: "pack" } } } : undefined },
  { name: "few", description: "The stack is small", enforcementLevel: "advisory",
    validateStack: (args, report) => report("it has " + args.resources.length + " resources") },
  { name: "off", description: "Never asked", enforcementLevel: "disabled", validateResource: (_, report) => report("asked") },
] });
`;

const pure = {
  "package.json": JSON.stringify({
    name: "pure-pack",
    version: "1.0.0",
    main: "index.js",
    exports: { ".": "./index.js", "./findings": "./findings.js" },
  }),
  "findings.js": `exports.rules = [{ id: "inside", title: "Services stay inside", severity: "high", level: "mandatory", docs: "https://example.org" }];
exports.judge = (resources, config) => resources.filter(r => r.type === "kubernetes:core/v1:Service").map(r => ({
  rule: "inside", verdict: "violation", severity: "high", level: config.inside ?? "mandatory", urn: r.urn, type: r.type, path: "/spec/type",
  message: r.name + " in " + r.provider.properties.namespace + " has type " + r.properties.spec.type,
}));
`,
};

describe("policy packs", function () {
  this.timeout(300_000);
  after(removeTemporary);

  function configured(folder: string, config: unknown): Record<string, string> {
    const file = join(folder, "config.json");
    writeFileSync(file, JSON.stringify(config));
    return { [folder]: file };
  }

  for (const mode of modes) {
    it(`are asked about each resource and the stack, with their configuration (${mode})`, async () => {
      const folder = pack(policies);
      const policyConfigFiles = configured(folder, { "no-load-balancer": { forbidden: "LoadBalancer" } });
      const { findings, rules } = await preview(program(source), { mode, policyPacks: [folder], policyConfigFiles });
      const service = "urn:pulumi:dev::sample::test:index:Box$kubernetes:core/v1:Service::box";
      assert.deepEqual(findings, [
        {
          rule: "known-data",
          verdict: "undetermined",
          severity: "medium",
          level: "mandatory",
          message: findings[0]?.message,
          urn: "urn:pulumi:dev::sample::kubernetes:core/v1:ConfigMap::map",
          type: "kubernetes:core/v1:ConfigMap",
          path: "",
          source: { file: "index.js", line: 12, column: 1 },
        },
        {
          rule: "few",
          verdict: "violation",
          severity: "medium",
          level: "advisory",
          message: "it has 5 resources",
          urn: "urn:pulumi:dev::sample::pulumi:pulumi:Stack::sample-dev",
          type: "pulumi:pulumi:Stack",
          path: "",
        },
        {
          rule: "no-load-balancer",
          verdict: "violation",
          severity: "high",
          level: "mandatory",
          message: `Box "box": type is LoadBalancer`,
          urn: service,
          type: "kubernetes:core/v1:Service",
          path: "",
          component: `Box "box"`,
          source: { file: "index.js", line: 11, column: 13 },
        },
      ]);
      assert.match(findings[0]?.message ?? "", /can't run policy 'known-data'/);
      assert.deepEqual(
        rules.find(({ id }) => id === "no-load-balancer"),
        {
          id: "no-load-balancer",
          pack: "sample-pack",
          title: "Services stay inside",
          severity: "high",
          level: "mandatory",
          docs: "https://example.org/lb",
        },
      );
    });

    it(`change resources where they are to remediate (${mode})`, async () => {
      const folder = pack(policies);
      const policyConfigFiles = configured(folder, { labels: "remediate", few: "disabled", "known-data": "advisory" });
      const result = await preview(program(source), { mode, policyPacks: [folder], policyConfigFiles });
      const map = result.resources.find(({ name }) => name === "map");
      assert.deepEqual((map?.inputs["metadata"] as Record<string, unknown>)["labels"], { by: "pack" });
      assert.deepEqual(result.remediated, [{ urn: map?.urn, rule: "labels" }]);
      assert.deepEqual(
        result.logs.filter(({ urn }) => urn === map?.urn).map(({ severity, message }) => [severity, message]),
        [["warning", 'labels repaired kubernetes:core/v1:ConfigMap "map": changed metadata.labels']],
      );
      assert.deepEqual(
        result.findings.map(({ rule, level, verdict }) => [rule, level, verdict]),
        [["known-data", "advisory", "undetermined"]],
      );
    });
  }

  it("may be several in one process, each of its own", async () => {
    const other = pack(policies.replace('"sample-pack"', '"other-pack"'));
    const { rules, mode } = await preview(program(source), { policyPacks: [pack(policies), other] });
    assert.equal(mode, "one-process");
    assert.deepEqual([...new Set(rules.map(({ pack: name }) => name))], ["sample-pack", "other-pack"]);
  });

  it("with the findings entry are judged by it, without their main module", async () => {
    const folder = pack(`throw new Error("the main module must stay asleep");\n`, pure);
    const { findings, rules, mode } = await preview(program(source), { policyPacks: [folder] });
    assert.equal(mode, "one-process");
    assert.deepEqual(findings, [
      {
        rule: "inside",
        verdict: "violation",
        severity: "high",
        level: "mandatory",
        message: `Box "box": box in apps has type LoadBalancer`,
        urn: "urn:pulumi:dev::sample::test:index:Box$kubernetes:core/v1:Service::box",
        type: "kubernetes:core/v1:Service",
        path: "/spec/type",
        component: `Box "box"`,
        source: { file: "index.js", line: 11, column: 13 },
      },
    ]);
    assert.deepEqual(rules, [
      {
        id: "inside",
        pack: "pure-pack",
        title: "Services stay inside",
        severity: "high",
        level: "mandatory",
        docs: "https://example.org",
      },
    ]);
  });

  it("with the findings entry may repair what a program declares, and judge what is left", async () => {
    const folder = pack("", {
      ...pure,
      "findings.js": `exports.rules = [{ id: "inside", title: "Inside", severity: "high", level: "remediate" }];
exports.remediated = (r, config) => r.type !== "kubernetes:core/v1:Service" ? r : { ...r, properties: { ...r.properties, spec: { type: config.inside.to } } };
exports.judge = resources => resources.filter(r => r.properties.spec?.type === "LoadBalancer");
`,
    });
    const policyConfigFiles = configured(folder, { inside: { enforcementLevel: "remediate", to: "ClusterIP" } });
    const result = await preview(program(source), { policyPacks: [folder], policyConfigFiles });
    const service = result.resources.find(({ type }) => type === "kubernetes:core/v1:Service");
    assert.deepEqual(service?.inputs["spec"], { type: "ClusterIP" });
    assert.deepEqual(result.remediated, [{ urn: service.urn, rule: "pure-pack" }]);
    assert.match(
      result.logs[0]?.message ?? "",
      /^pure-pack repaired kubernetes:core\/v1:Service "box": changed spec\.type/,
    );
    assert.deepEqual(result.findings, []);
  });

  it("that mark a secret tell where, and never what it is", async () => {
    const mark = `{ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hidden-value" }`;
    const folder = pack("", {
      ...pure,
      "findings.js": `exports.rules = [{ id: "inside", title: "Inside", severity: "high", level: "remediate" }];
exports.remediated = r => r.type !== "kubernetes:core/v1:ConfigMap" ? r : { ...r, properties: { ...r.properties, data: { a: ${mark} } } };
exports.judge = () => [];
`,
    });
    const map = `${source}new k8s.core.v1.ConfigMap("plain", { metadata: { name: "plain" }, data: { a: "hidden-value" } });\n`;
    const policyConfigFiles = configured(folder, { inside: "remediate" });
    const { logs } = await preview(program(map), { policyPacks: [folder], policyConfigFiles });
    const told = logs.find(({ urn }) => urn?.endsWith("::plain") === true)?.message;
    assert.equal(told, 'pure-pack repaired kubernetes:core/v1:ConfigMap "plain": marked data.a as a secret');
  });

  it("that return what is no finding are refused", async () => {
    const folder = pack("", {
      ...pure,
      "findings.js": `exports.rules = []; exports.judge = () => [{ rule: "x", verdict: "maybe" }];\n`,
    });
    await assert.rejects(
      preview(program(source), { policyPacks: [folder] }),
      /pure-pack returned what is no finding: verdict/,
    );
  });

  it("with a level that does not exist are refused", async () => {
    const folder = pack(policies);
    const options = { policyPacks: [folder], policyConfigFiles: configured(folder, { few: "severe" }) };
    await assert.rejects(
      preview(program(source), options),
      /level of few must be one of advisory, mandatory, disabled, remediate, got "severe"/,
    );
  });
});
