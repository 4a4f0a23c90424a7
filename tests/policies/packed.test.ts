import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { rules } from "../../policies/findings.js";
import { compliantProgram, edit, resourcesOf } from "../../policies/samples.js";
import { Analyzer } from "./analyzer.js";

const root = join(__dirname, "../..");

interface Manifest {
  main: string;
  exports: Record<string, string>;
  dependencies: Record<string, string>;
}

/** What `pulumi policy publish` sends away, as the engine unpacks it elsewhere: no repository around it, and no other package beside it. */
describe("the published pack", () => {
  let folder: string;
  let pack: string;
  let manifest: Manifest;

  before(function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), "bulkhead-pack-"));
    // Without what would compile it anew beside other tests: `npm ci` has compiled it.
    const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
    execFileSync("npm", args, { cwd: join(root, "policies"), stdio: ["ignore", "ignore", "inherit"] });
    const [archive = ""] = readdirSync(folder);
    execFileSync("tar", ["-xzf", join(folder, archive), "-C", folder]);
    pack = join(folder, "package");
    manifest = JSON.parse(readFileSync(join(pack, "package.json"), "utf8")) as Manifest;
    const find = createRequire(join(root, "policies/package.json"));
    for (const name of Object.keys(manifest.dependencies)) {
      const link = join(pack, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(dirname(find.resolve(`${name}/package.json`)), link, "dir");
    }
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("is a Node.js pack that runs as JavaScript, with the entry points that it names and the levels of each environment", () => {
    const { runtime } = parse(readFileSync(join(pack, "PulumiPolicy.yaml"), "utf8")) as {
      runtime: { name: string; options: { typescript: boolean } };
    };
    assert.deepEqual(runtime, { name: "nodejs", options: { typescript: false } });
    assert.equal(manifest.main, manifest.exports["."]?.slice("./".length));
    for (const file of Object.values(manifest.exports)) assert.notEqual(readFileSync(join(pack, file), "utf8"), "");
    assert.deepEqual(readdirSync(join(pack, "config")).sort(), ["local.json", "production.json", "staging.json"]);
  });

  it("holds nothing else that runs", () => {
    const scripts = (readdirSync(pack, { recursive: true }) as string[]).filter(
      file => !file.startsWith("node_modules") && /\.[cm]?[jt]s$/.test(file) && !file.endsWith(".d.ts"),
    );
    const entries = Object.values(manifest.exports).filter(file => file.endsWith(".js"));
    assert.deepEqual(scripts.sort(), entries.map(file => file.slice("./".length)).sort());
  });

  it("starts with its own dependencies alone, and judges as the pack does here", async function () {
    this.timeout(60_000);
    const analyzer = await Analyzer.of(pack);
    try {
      const names = (await analyzer.info()).getPoliciesList().map(policy => policy.getName());
      for (const { id } of rules) assert.ok(names.includes(id), id);
      const edits = { "/web/properties/spec/template/spec/hostPID": true };
      const resource = resourcesOf(edit(compliantProgram(), edits)).find(({ name }) => name === "web");
      assert.ok(resource !== undefined);
      const found = await analyzer.analyze(resource);
      assert.deepEqual(
        found.map(({ policy, level }) => [policy, level]),
        [["k8s-host-namespaces", "mandatory"]],
      );
    } finally {
      await analyzer.stop();
    }
  });
});
