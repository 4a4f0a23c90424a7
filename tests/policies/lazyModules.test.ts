import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const policies = join(__dirname, "../../policies");
const sdk = createRequire(join(policies, "package.json"));

/** What a process that loads the pack's part and then Pulumi's prints. */
function loading(more: string): unknown {
  const source = `
    require("tsx/cjs");
    require(${JSON.stringify(join(policies, "lazyModules.ts"))});
    const normalize = require("module").createRequire(${JSON.stringify(sdk.resolve("@pulumi/pulumi"))})("normalize-package-data");
    const pulumi = require(${JSON.stringify(sdk.resolve("@pulumi/pulumi"))});
    const loaded = name => Object.keys(require.cache).some(file => file.includes("/node_modules/" + name + "/"));
    (async () => console.log(JSON.stringify(await (${more}))))();`;
  return JSON.parse(execFileSync(process.execPath, ["-e", source], { cwd: policies, encoding: "utf8" }));
}

describe("what the SDK loads for programs that serialise functions", () => {
  it("is not loaded by a pack", () => {
    const names = ["typescript", "@npmcli/arborist", "normalize-package-data"];
    assert.deepEqual(loading(`${JSON.stringify(names)}.filter(loaded)`), []);
  });

  it("is there, and works, when it is asked for", () => {
    const code = loading(
      "pulumi.runtime.serializeFunction(() => 6 * 7).then(({ text }) => [text.includes('6 * 7'), loaded('typescript')])",
    );
    assert.deepEqual(code, [true, true]);
    // A module that is a function, as the SDK's compiled code imports one.
    const normalized = loading("(() => { const it = { name: ' x ' }; normalize.default(it); return it.name; })()");
    assert.equal(normalized, "x");
  });
});
