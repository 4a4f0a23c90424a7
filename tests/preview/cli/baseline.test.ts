import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildPreview, folderWith, pack, program, removeTemporary } from "../host/support.js";
import { bulkhead } from "./support.js";

const packFiles = (version: string) => ({
  "PulumiPolicy.yaml": "runtime: {name: nodejs, options: {typescript: false}}\n",
  "package.json": JSON.stringify({ name: "ports", version, exports: { "./findings": "./findings.js" } }),
  "findings.js": `exports.rules = [{ id: "no-host-port", title: "No host port", severity: "high", level: "mandatory" }];
exports.judge = resources => resources.filter(({ properties }) => properties.data?.hostPort).map(({ urn, type, name }) => ({
  rule: "no-host-port", verdict: "violation", severity: "high", level: "mandatory", message: name + " has a host port", urn, type, path: "/data/hostPort" }));
`,
});

const map = (name: string, hostPort: boolean) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {${hostPort ? 'hostPort: "80"' : ""}}\n---\n`;

describe("bulkhead --baseline", function () {
  this.timeout(120_000);
  before(buildPreview);
  after(removeTemporary);

  /** A folder with two findings, and a baseline of them. */
  async function ratchet(): Promise<{ cwd: string; check: (...args: string[]) => ReturnType<typeof bulkhead> }> {
    const folder = pack("", packFiles("1.0.0"));
    const cwd = folderWith({ "a.yaml": map("one", true) + map("two", true) });
    const check = (...args: string[]) => bulkhead(["check", "a.yaml", "--policy-pack", folder, ...args], { cwd });
    const made = await check("--write-baseline", "base.json");
    assert.deepEqual([made.code, made.stderr], [0, "baseline base.json: 2 findings known from now on\n"], made.stdout);
    return { cwd, check };
  }

  it("blocks only what is new, wherever the known stands by now", async () => {
    const { cwd, check } = await ratchet();
    assert.equal((await check()).code, 5);
    writeFileSync(join(cwd, "a.yaml"), `# moved\n\n${map("two", true)}${map("one", true)}`);
    assert.equal((await check("--baseline", "base.json")).code, 0);
    writeFileSync(join(cwd, "a.yaml"), map("one", true) + map("two", true) + map("three", true));
    const { code, stdout } = await check("--baseline", "base.json");
    assert.equal(code, 5);
    assert.match(stdout, /✗ 1 new mandatory violation, 2 known from the baseline in 3 resources\n$/);
    assert.match(stdout, /three has a host port/);
    assert.doesNotMatch(stdout, /one has a host port/);
  });

  it("tells what is fixed, and tightens when it is made anew", async () => {
    const { cwd, check } = await ratchet();
    writeFileSync(join(cwd, "a.yaml"), map("one", false) + map("two", true));
    const fixed = await check("--baseline", "base.json");
    assert.equal(fixed.code, 0);
    assert.match(fixed.stdout, /; 1 fixed: run\s--write-baseline to tighten\n$/);
    await check("--write-baseline", "base.json");
    writeFileSync(join(cwd, "a.yaml"), map("one", true) + map("two", true));
    assert.equal((await check("--baseline", "base.json")).code, 5);
  });

  it("is refused in one line where it is not there, broken, or of another version of the pack", async () => {
    const { cwd, check } = await ratchet();
    const newer = pack("", packFiles("2.0.0"));
    writeFileSync(join(cwd, "broken.json"), "{");
    const other = await bulkhead(["check", "a.yaml", "--policy-pack", newer, "--baseline", "base.json"], { cwd });
    for (const [{ code, stdout, stderr }, message] of [
      [await check("--baseline", "none.json"), /^error: baseline none\.json does not exist\n {2}Make it: [^\n]+\n$/],
      [
        await check("--baseline", "broken.json"),
        /^error: baseline broken\.json is no JSON: [^\n]+\n {2}Make it anew: [^\n]+\n$/,
      ],
      [
        other,
        /^error: baseline base\.json was made by ports 1\.0\.0, this is ports 2\.0\.0\n {2}Make it anew: [^\n]+\n$/,
      ],
    ] as const) {
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
    }
  });

  it("holds for a preview's stacks, and is not written where one cannot be evaluated", async () => {
    const folder = pack("", packFiles("1.0.0"));
    const source = `const k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("p", { kubeconfig: "{}" });
new k8s.core.v1.ConfigMap("one", { metadata: { name: "one" }, data: { hostPort: "80" } }, { provider });
if (require("@pulumi/pulumi").getStack() === "broken") throw new Error("no");
`;
    const cwd = program(source, { "Pulumi.other.yaml": "config: {}\n" });
    const preview = (...args: string[]) => bulkhead(["preview", "--policy-pack", folder, "-q", ...args], { cwd });
    assert.equal((await preview("--write-baseline", "base.json")).code, 0);
    const { runs } = JSON.parse(readFileSync(join(cwd, "base.json"), "utf8")) as { runs: object };
    assert.deepEqual(Object.keys(runs), ["sample/dev", "sample/other"]);
    const one = await preview("--stack", "dev", "--baseline", "base.json");
    assert.deepEqual([one.code, /fixed/.test(one.stdout)], [0, false], one.stdout);

    writeFileSync(join(cwd, "Pulumi.broken.yaml"), "config: {}\n");
    const failed = await preview("--write-baseline", "next.json");
    assert.equal(failed.code, 4);
    assert.match(failed.stderr, /baseline next\.json is not written: not everything could be evaluated\n$/);
    assert.equal(existsSync(join(cwd, "next.json")), false);
  });
});
