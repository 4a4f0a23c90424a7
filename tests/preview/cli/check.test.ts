import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../../preview/report/report.js";
import { buildPreview, folderWith, removeTemporary, repository } from "../host/support.js";
import { bulkhead, start } from "./support.js";

/** A pack with nothing but the `./findings` entry: one rule that looks for `hostNetwork`, at any depth. */
const packFiles = {
  "policies/PulumiPolicy.yaml": "runtime: {name: nodejs, options: {typescript: false}}\n",
  "policies/package.json": JSON.stringify({ name: "host-pack", exports: { "./findings": "./findings.js" } }),
  "policies/findings.js": `
    const find = (value, path) => value && typeof value === "object"
      ? Object.entries(value).flatMap(([k, v]) => [...(k === "hostNetwork" && v !== false ? [{ path: path + "/" + k, v }] : []), ...find(v, path + "/" + k)])
      : [];
    exports.rules = [{ id: "no-host-network", title: "No host network", severity: "critical", level: "mandatory", remediation: "Remove it." }];
    exports.judge = (resources, config) => resources.flatMap(r => find(r.properties, "").map(({ path, v }) => ({
      rule: "no-host-network", verdict: typeof v === "boolean" ? "violation" : "undetermined", severity: "critical",
      level: config["no-host-network"] ?? "mandatory", urn: r.urn, type: r.type, path,
      message: r.type + " " + r.name + " " + JSON.stringify(r.properties.metadata ?? {}),
    })));`,
};

const bad = "apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec:\n  hostNetwork: yes\n";
const good = "apiVersion: v1\nkind: Pod\nmetadata: {name: good}\nspec: {}\n";
const unsure = bad.replace("yes", "maybe");

describe("bulkhead check", function () {
  this.timeout(120_000);
  before(buildPreview);
  after(removeTemporary);

  const folder = (files: Record<string, string>) => folderWith({ ...packFiles, ...files });
  const check = async (files: Record<string, string>, args: string[], input = "") => {
    const cwd = folder(files);
    const ended = await bulkhead(["check", ...args], { cwd, input });
    return { ...ended, cwd };
  };

  it("passes a good object and fails a bad one, at its line", async () => {
    const { code, stdout } = await check({ "good.yaml": good }, ["good.yaml"]);
    assert.equal(code, 0, stdout);
    const failed = await check({ "bad.yaml": `# ours\n${bad}` }, ["bad.yaml"]);
    assert.equal(failed.code, 5);
    assert.match(failed.stdout, /bad\.yaml:6:3\n/);
    assert.match(failed.stdout.trimEnd().split("\n").at(-1) ?? "", /^✗ 1 mandatory violation in 1 resource$/);
  });

  it("reads folders, JSON and standard input together", async () => {
    const files = {
      "a/x.yaml": bad,
      "a/b/y.json": JSON.stringify({ apiVersion: "v1", kind: "Pod", spec: { hostNetwork: true } }),
    };
    const { code, stdout } = await check(files, ["a", "-", "--format", "json"], good);
    assert.equal(code, 5);
    const [run] = (JSON.parse(stdout) as Report).runs;
    assert.deepEqual(
      run?.resources.map(({ urn }) => urn),
      [
        "urn:pulumi:check::a/b/y.json::kubernetes:core/v1:Pod::",
        "urn:pulumi:check::a/x.yaml::kubernetes:core/v1:Pod::bad",
        "urn:pulumi:check::<stdin>::kubernetes:core/v1:Pod::good",
      ],
    );
    assert.deepEqual(
      run.findings.map(({ source }) => [source?.file, source?.line]),
      [
        ["a/b/y.json", 1],
        ["a/x.yaml", 5],
      ],
    );
  });

  it("names types as @pulumi/kubernetes does, also of kinds it does not know", async () => {
    const kinds = [
      "v1 Service",
      "apps/v1 Deployment",
      "rbac.authorization.k8s.io/v1 Role",
      "cert-manager.io/v1 Certificate",
    ];
    const text = kinds
      .map(
        each => `apiVersion: ${each.split(" ")[0]}\nkind: ${each.split(" ")[1]}\nmetadata: {name: x, namespace: n}\n`,
      )
      .join("---\n");
    const { stdout } = await check({}, ["-", "--format", "json"], text);
    assert.deepEqual(
      (JSON.parse(stdout) as Report).runs[0]?.resources.map(({ type }) => type),
      [
        "kubernetes:core/v1:Service",
        "kubernetes:apps/v1:Deployment",
        "kubernetes:rbac.authorization.k8s.io/v1:Role",
        "kubernetes:cert-manager.io/v1:Certificate",
      ],
    );
  });

  it("tolerates an object that occurs twice, and tells the two apart", async () => {
    const { stdout } = await check({}, ["-", "--format", "json"], `${bad}---\n${bad}`);
    const [run] = (JSON.parse(stdout) as Report).runs;
    assert.deepEqual(
      run?.findings.map(({ source }) => source?.line),
      [5, 11],
    );
    assert.equal(new Set(run.findings.map(({ fingerprint }) => fingerprint)).size, 2);
  });

  it("judges nothing where one document is broken: one line, file and place, exit code 2", async () => {
    const { code, stdout, stderr } = await check({ "a.yaml": bad, "b.yaml": "a: [1\n" }, [
      "a.yaml",
      "b.yaml",
      "--format",
      "json",
      "--out",
      "r.json",
    ]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^error: b\.yaml:\d+:\d+: no valid YAML: [^\n]+\n$/);
  });

  it("leaves no report behind where it fails", async () => {
    const { cwd } = await check({ "b.yaml": "a: [1\n" }, ["b.yaml", "--format", "json", "--out", "r.json"]);
    assert.deepEqual(readdirSync(cwd).sort(), ["b.yaml", "node_modules", "policies"]);
  });

  it("refuses what is not there, not text, not Kubernetes, or empty", async () => {
    const binary = Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a]);
    const cwd = folder({ "values.yaml": "replicas: 1\n", "empty/readme.md": "", "null.yaml": "---\n" });
    writeFileSync(join(cwd, "binary.yaml"), binary);
    for (const [name, message] of [
      ["nope.yaml", /error: nope\.yaml does not exist/],
      ["values.yaml", /error: values\.yaml:1:1: no Kubernetes object: it has no apiVersion and kind/],
      ["empty", /error: empty holds no \*\.yaml/],
      ["null.yaml", /error: there is no Kubernetes object in null\.yaml/],
      ["binary.yaml", /error: binary\.yaml: is no UTF-8 text/],
    ] as const) {
      const { code, stderr } = await bulkhead(["check", name], { cwd });
      assert.equal(code, 2, name);
      assert.match(stderr, message);
    }
  });

  it("passes over other files in a folder and says so, but not over a link that leads back up", async () => {
    const cwd = folder({
      "chart/values.yaml": "replicas: 1\n",
      "chart/x.yaml": good,
      "chart/node_modules/y.yaml": bad,
      "chart/.hidden/z.yaml": bad,
    });
    symlinkSync("..", join(cwd, "chart/loop"));
    mkdirSync(join(cwd, "chart/folder.yaml"));
    const { code, stdout } = await bulkhead(["check", "chart"], { cwd });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /chart\/values\.yaml:1:1: no Kubernetes object/);
    assert.match(stdout, /in 1 resource$/m);
  });

  it("takes levels from a configuration, and blocks on what is undetermined with --strict only", async () => {
    const files = { "bad.yaml": bad, "unsure.yaml": unsure, "levels.json": '{"no-host-network": "advisory"}' };
    assert.equal((await check(files, ["bad.yaml", "--policy-config", "levels.json"])).code, 0);
    assert.equal((await check(files, ["unsure.yaml"])).code, 0);
    assert.equal((await check(files, ["unsure.yaml", "--strict"])).code, 5);
  });

  it("prints no value of a Secret, encoded or not", async () => {
    const secret =
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2-planted}\ndata: {b: cGxhbnRlZC10b28=}\n";
    const leaking = bad.replace(
      "name: bad",
      'name: bad, annotations: {x: "hunter2-planted planted-too cGxhbnRlZC10b28="}',
    );
    for (const format of ["table", "json", "sarif", "junit", "markdown", "github"]) {
      const { stdout, code } = await check({}, ["-", "--format", format], `${secret}---\n${leaking}`);
      assert.equal(code, 5);
      assert.match(stdout, /secret/);
      assert.doesNotMatch(stdout, /hunter2|planted|cGxhbnRlZC10b28/, format);
    }
  });

  it("says which pack it needs where there is none, or one that cannot judge files", async () => {
    const cwd = folderWith({
      "x.yaml": good,
      "p/package.json": JSON.stringify({ name: "old-pack" }),
      "p/PulumiPolicy.yaml": "",
    });
    const { code, stderr } = await bulkhead(["check", "x.yaml", "--policy-pack", "p"], { cwd });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /policy pack old-pack cannot be asked without a program: its package\.json has no exports\["\.\/findings"\]/,
    );
  });

  it("writes several reports at once, and the verdict to standard error where none is shown", async () => {
    const { cwd, stdout, stderr } = await check({ "bad.yaml": bad }, [
      "bad.yaml",
      "-f",
      "json",
      "-o",
      "r.json",
      "-f",
      "sarif",
      "-o",
      "r.sarif",
      "-f",
      "junit",
      "-o",
      "r.xml",
    ]);
    assert.equal(stdout, "");
    assert.match(stderr, /^1 mandatory violation in 1 resource\n$/);
    for (const name of ["r.json", "r.sarif"]) JSON.parse(readFileSync(join(cwd, name), "utf8"));
    assert.match(readFileSync(join(cwd, "r.xml"), "utf8"), /^<\?xml/);
  });

  it("is quiet when its reader goes away", async () => {
    const many = Array.from({ length: 3000 }, () => bad).join("---\n");
    const { child, ended } = start(["check", "-", "--format", "json"], { cwd: folder({}) });
    child.stdin?.end(many);
    child.stdout?.once("data", () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    assert.equal(stderr, "");
    assert.equal(code, 5);
  });

  it("judges a thousand objects by this repository's own pack", async () => {
    const many = Array.from({ length: 1000 }, (_, n) =>
      bad.replace("name: bad", `name: bad-${n}, namespace: shop`),
    ).join("---\n");
    const { code, stdout } = await bulkhead(["check", "-", "--format", "json"], { cwd: repository, input: many });
    assert.equal(code, 5);
    const found = (JSON.parse(stdout) as Report).runs[0]?.findings.filter(({ rule }) => rule === "k8s-host-namespaces");
    assert.equal(found?.length, 1000);
    assert.deepEqual(found.map(({ source }) => source?.line).sort((a = 0, b = 0) => a - b)[999], 999 * 6 + 5);
  });
});
