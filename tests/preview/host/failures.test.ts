import assert from "node:assert/strict";
import { PreviewError } from "../../../preview/errors.js";
import type { PreviewOptions } from "../../../preview/options.js";
import { modes, pack, preview, program, removeTemporary } from "./support.js";

async function failureOf(programDir: string, options: Partial<PreviewOptions> = {}): Promise<PreviewError> {
  try {
    await preview(programDir, options);
  } catch (error) {
    assert.ok(error instanceof PreviewError, `expected a PreviewError, got ${String(error)}`);
    return error;
  }
  throw new Error("the preview succeeded");
}

const pulumi = `const pulumi = require("@pulumi/pulumi");\n`;
const component = `class Box extends pulumi.ComponentResource { constructor(name, opts) { super("test:index:Box", name, {}, opts); this.registerOutputs({}); } }\n`;

describe("a program that fails", function () {
  this.timeout(300_000);
  after(removeTemporary);

  for (const mode of modes) {
    it(`names message, file and line of what it throws, and no stack (${mode})`, async () => {
      const dir = program(`${pulumi}\nfunction deep() { throw new Error("no such thing"); }\ndeep();\n`);
      const error = await failureOf(dir, { mode });
      assert.equal(error.kind, "program");
      assert.equal(error.message, "no such thing");
      assert.deepEqual([error.source?.file, error.source?.line], ["index.js", 3]);
      assert.equal(error.trace, undefined);
    });

    it(`prints a RunError as it is (${mode})`, async () => {
      const dir = program(`${pulumi}throw new pulumi.RunError('Box "a": port must be above 1023, got 80');\n`);
      assert.equal((await failureOf(dir, { mode })).message, 'Box "a": port must be above 1023, got 80');
    });

    it(`is told of a resource that it registers twice, with both places (${mode})`, async () => {
      const dir = program(`${pulumi}${component}new Box("one");\n\nnew Box("one");\n`);
      const error = await failureOf(dir, { mode });
      assert.equal(error.kind, "program");
      assert.match(
        error.message,
        /test:index:Box "one" is registered twice, at index\.js:3:\d+ and at index\.js:5:\d+/,
      );
      assert.match(error.message, /urn:pulumi:dev::sample::test:index:Box::one/);
    });

    it(`is told what is not installed, and what to run (${mode})`, async () => {
      const error = await failureOf(program(`require("no-such-package-at-all");\n`), { mode });
      assert.equal(error.kind, "program");
      assert.match(error.message, /Cannot find module 'no-such-package-at-all'/);
      if (mode === "one-process") assert.match(error.hint ?? "", /npm ci/);
    });

    it(`is reported when it rejects a promise that nobody awaits (${mode})`, async () => {
      const dir = program(`${pulumi}Promise.reject(new Error("lost in the woods"));\n`);
      assert.match((await failureOf(dir, { mode })).message, /lost in the woods/);
    });
  }

  it("is placed in its own files, not in Node's", async () => {
    const error = await failureOf(program("", { "index.ts": `require("./not-there");\n` }, "index.ts"));
    assert.match(error.message, /Cannot find module '\.\/not-there'/);
    assert.deepEqual([error.source?.file, error.source?.line], ["index.ts", 1]);
  });

  it("carries its stack only when asked to", async () => {
    const error = await failureOf(program(`throw new Error("deep");\n`), { debug: true });
    assert.match(error.trace ?? "", /at .*index\.js:1/);
  });

  it("hears that two components which link to each other form a cycle", async () => {
    const dir = program(
      `${pulumi}${component}const a = new Box("a", { dependsOn: [b] });\nconst b = new Box("b", { dependsOn: [a] });\n`,
    );
    const error = await failureOf(dir);
    assert.match(error.message, /Cannot access 'b' before initialization/);
    assert.match(error.hint ?? "", /form a cycle/);
    assert.equal(error.source?.line, 3);
  });

  it("is named with the line where it is no JavaScript", async () => {
    const error = await failureOf(program(`const a = 1;\nconst = 2;\n`));
    assert.match(error.message, /SyntaxError/);
    assert.deepEqual([error.source?.file, error.source?.line], ["index.js", 2]);
  });

  it("is named with line and column where it is no TypeScript", async () => {
    const dir = program(`const a: number = 1;\nconst b: = 2;\n`, {}, "index.ts");
    assert.deepEqual((await failureOf(dir)).source, { file: "index.ts", line: 2, column: 10 });
  });

  it("is caught ending the process, with the line that does it", async () => {
    const error = await failureOf(program(`const a = 1;\nprocess.exit(0);\n`));
    assert.match(error.message, /process\.exit\(0\)/);
    assert.deepEqual([error.source?.file, error.source?.line], ["index.js", 2]);
  });

  it("is given up when it never ends", async () => {
    const error = await failureOf(program("while (true);\n"), { timeoutSeconds: 3 });
    assert.equal(error.kind, "program");
    assert.match(error.message, /did not finish within 3 seconds/);
  });

  it("is told when it waits for what never comes", async () => {
    const error = await failureOf(program(`module.exports = new Promise(() => {});\n`));
    assert.match(error.message, /never finished/);
  });

  it("is reported when it throws what is no error", async () => {
    assert.match((await failureOf(program(`throw "just text";\n`))).message, /threw "just text"/);
  });

  it("does not spill a secret into its message", async () => {
    const dir = program(
      `const { Config } = require("@pulumi/pulumi");\nthrow new Error("login failed for " + new Config().require("token"));\n`,
      {
        "Pulumi.yaml":
          "name: sample\nruntime: {name: nodejs, options: {typescript: false}}\nconfig: {token: {type: string, secret: true}}\n",
      },
    );
    const error = await failureOf(dir);
    assert.match(error.message, /bulkhead-placeholder-token/, "a placeholder is no secret");
  });

  it("names a yaml file that does not exist", async () => {
    const dir = program(`const k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("p", { kubeconfig: "{}" });
new k8s.yaml.v2.ConfigFile("missing", { file: "nowhere.yaml" }, { provider });
`);
    const error = await failureOf(dir);
    assert.equal(error.kind, "program");
    assert.match(error.message, /nowhere\.yaml does not exist/);
  });

  it("names a chart that does not exist, with the line that asks for it", async () => {
    const dir = program(`const k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("p", { kubeconfig: "{}" });
new k8s.helm.v4.Chart("missing", { chart: "./nowhere" }, { provider });
`);
    const error = await failureOf(dir);
    assert.match(error.message, /chart \.\/nowhere does not exist/);
    assert.equal(error.source?.line, 3);
  });
});

describe("a policy pack that fails", function () {
  this.timeout(300_000);
  after(removeTemporary);

  const empty = `${pulumi}${component}new Box("one");\n`;
  const policies = (validate: string) => `const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("sample-pack", { policies: [{ name: "rule", description: "A rule", enforcementLevel: "mandatory", validateResource: ${validate} }] });
`;

  for (const mode of modes) {
    it(`while it loads is named with its reason (${mode})`, async () => {
      const error = await failureOf(program(empty), { mode, policyPacks: [pack(`throw new Error("broken pack");\n`)] });
      assert.equal(error.kind, "internal");
      assert.match(error.message, /policy pack sample-pack cannot be loaded: .*broken pack/);
    });

    it(`in a rule is named with rule and reason (${mode})`, async () => {
      const folder = pack(policies(`() => { throw new Error("rule went wrong"); }`));
      const error = await failureOf(program(empty), { mode, policyPacks: [folder] });
      assert.equal(error.kind, "internal");
      assert.match(error.message, /policy pack sample-pack failed on .*rule.*/);
    });
  }

  it("because it was not built says what to run", async () => {
    const folder = pack("", {
      "package.json": JSON.stringify({ name: "sample-pack", version: "0.0.1", main: "dist/index.js" }),
    });
    const error = await failureOf(program(empty), { policyPacks: [folder] });
    assert.equal(error.kind, "usage");
    assert.match(error.message, /sample-pack is not built: dist\/index\.js is missing/);
    assert.match(error.hint ?? "", /--ignore-scripts.*npm run prepare/);
  });

  it("because it starts no policy pack is named", async () => {
    const error = await failureOf(program(empty), { policyPacks: [pack(`process.exit(1);\n`)] });
    assert.equal(error.kind, "internal");
    assert.match(error.message, /cannot be loaded: it ended the process/);
  });

  it("because the folder is wrong is named", async () => {
    const error = await failureOf(program(empty), { policyPacks: ["/nowhere/at/all"] });
    assert.equal(error.kind, "usage");
    assert.match(error.message, /policy pack \/nowhere\/at\/all does not exist/);
  });

  it("in judge() is named with its reason", async () => {
    const folder = pack("", {
      "package.json": JSON.stringify({
        name: "pure-pack",
        version: "1.0.0",
        exports: { "./findings": "./findings.js" },
      }),
      "findings.js": `exports.rules = []; exports.judge = () => { throw new Error("cannot judge"); };\n`,
    });
    const error = await failureOf(program(empty), { policyPacks: [folder] });
    assert.equal(error.kind, "internal");
    assert.equal(error.message, "policy pack pure-pack: cannot judge");
  });
});
