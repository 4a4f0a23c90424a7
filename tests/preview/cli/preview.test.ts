import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../../preview/report/report.js";
import { buildPreview, folderWith, removeTemporary, repository } from "../host/support.js";
import { bulkhead, start } from "./support.js";

/** Two stacks; a secret that gets into a ConfigMap, an output and a log; what it declares depends on the settings. */
const source = `
const pulumi = require("@pulumi/pulumi");
const k8s = require("@pulumi/kubernetes");
const config = new pulumi.Config();
const provider = new k8s.Provider("cluster", { kubeconfig: "{}" });
const password = pulumi.secret("hunter2-planted");
class Box extends pulumi.ComponentResource {
  constructor(name, args, opts) {
    super("test:index:Box", name, {}, opts);
    new k8s.core.v1.ConfigMap(name, { metadata: { name, namespace: "shop" }, data: { size: String(args.size), url: pulumi.interpolate\`x://\${password}\` } }, { parent: this });
    this.registerOutputs({});
  }
}
console.log("printed by the program");
new Box("box", { size: config.requireNumber("size") }, { provider });
new k8s.core.v1.Secret("credentials", { metadata: { name: "credentials", namespace: "shop" }, stringData: { password } }, { provider, protect: true });
exports.url = "https://shop.example.com";
exports.password = password;
`;

const files = {
  "Pulumi.yaml": "name: shop\nruntime: {name: nodejs, options: {typescript: false}}\n",
  "Pulumi.dev.yaml": "config: {shop:size: 1}\n",
  "Pulumi.prod.yaml": "config: {shop:size: 2}\n",
  "package.json": JSON.stringify({ name: "shop", main: "index.js" }),
  "index.js": source,
};

const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", ...args], {
    cwd,
    encoding: "utf8",
  });

/** A pack that objects to the stack `prod` alone. */
const packFiles = {
  "policies/PulumiPolicy.yaml": "runtime: {name: nodejs, options: {typescript: false}}\n",
  "policies/package.json": JSON.stringify({
    name: "shop-pack",
    version: "0.0.1",
    main: "index.js",
    exports: { ".": "./index.js", "./findings": "./findings.js" },
  }),
  "policies/index.js": `const { PolicyPack } = require("@pulumi/policy"); new PolicyPack("shop-pack", { policies: [] });`,
  "policies/findings.js": `
    exports.rules = [{ id: "no-two", title: "No box of size two", severity: "high", level: "mandatory" }];
    exports.judge = resources => resources.filter(r => r.properties.data?.size === "2").map(r => ({
      rule: "no-two", verdict: "violation", severity: "high", level: "mandatory", message: "the box " + r.name + " is two: " + JSON.stringify(r.properties.data), urn: r.urn, type: r.type, path: "/data/size",
    }));`,
};

describe("bulkhead preview", function () {
  this.timeout(300_000);
  before(buildPreview);
  after(removeTemporary);

  it("previews every stack at once, each report beside the other, and lets no secret into any", async () => {
    const cwd = folderWith({ ...files, ...packFiles });
    const formats = ["json", "sarif", "junit", "markdown", "github"];
    const outs = formats.flatMap(format => ["--format", format, "--out", `r.${format}`]);
    const { code, stdout, stderr } = await bulkhead(["preview", ...outs, "--format", "table"], { cwd });
    assert.equal(code, 5, stderr);
    const { runs, verdict } = JSON.parse(readFileSync(join(cwd, "r.json"), "utf8")) as Report;
    assert.deepEqual(
      runs.map(({ title, findings }) => [title, findings.length]),
      [
        ["shop/dev", 0],
        ["shop/prod", 1],
      ],
    );
    assert.equal(verdict.mandatory, 1);
    const [finding] = runs[1]?.findings ?? [];
    assert.deepEqual(
      [finding?.source?.file, finding?.source?.line],
      ["index.js", 15],
      "the line that its author can change",
    );
    assert.equal(finding?.constructedAt?.line, 10);
    assert.match(stdout, /shop\/prod[^]*box test:index:Box[^]*index\.js:15:1 {2}\(made at index\.js:10\)/);
    assert.match(stdout, /password {2}\[secret\]/);
    const encoded = Buffer.from("hunter2-planted").toString("base64");
    for (const text of [stdout, stderr, ...formats.map(format => readFileSync(join(cwd, `r.${format}`), "utf8"))]) {
      assert.ok(!text.includes("hunter2") && !text.includes(encoded), text);
    }
    assert.deepEqual(
      readdirSync(cwd).filter(name => name.endsWith(".tmp")),
      [],
    );
  });

  it("gives a program's own prints to nobody who reads the report", async () => {
    const cwd = folderWith(files);
    const { stdout, code } = await bulkhead(["preview", "--stack", "dev", "--format", "json"], { cwd });
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as Report).runs.length, 1);
  });

  it("writes manifests without secrets, and none where the preview does not pass", async () => {
    const cwd = folderWith({ ...files, ...packFiles });
    const passed = await bulkhead(["preview", "-s", "dev", "--manifests", "out", "--quiet"], { cwd });
    assert.equal(passed.code, 0, passed.stderr);
    assert.deepEqual(readdirSync(join(cwd, "out")), [
      "001-secret-shop-credentials.yaml",
      "002-configmap-shop-box.yaml",
      "index.json",
    ]);
    for (const name of readdirSync(join(cwd, "out"))) {
      assert.doesNotMatch(readFileSync(join(cwd, "out", name), "utf8"), /hunter2|aHVudGVyMi1wbGFudGVk/);
    }
    const blocked = await bulkhead(["preview", "-s", "prod", "--manifests", "blocked"], { cwd });
    assert.equal(blocked.code, 5);
    assert.match(blocked.stderr, /manifests are not written/);
    assert.ok(!existsSync(join(cwd, "blocked")));
  });

  it("shows Secrets in manifests when asked to", async () => {
    const cwd = folderWith(files);
    const { code } = await bulkhead(["preview", "-s", "dev", "--manifests", "out", "--show-secrets", "-q"], { cwd });
    assert.equal(code, 0);
    assert.match(readFileSync(join(cwd, "out/001-secret-shop-credentials.yaml"), "utf8"), /aHVudGVyMi1wbGFudGVk/);
  });

  it("compares with a commit, by URN, and cleans up after itself", async () => {
    const cwd = folderWith({ ...files, ".gitignore": "node_modules\n" });
    git(cwd, "init", "-q", "-b", "main");
    git(cwd, "add", ".");
    git(cwd, "commit", "-q", "-m", "base");
    const head = source
      .replace('new Box("box"', 'new Box("crate"')
      .replace(", protect: true", "")
      .replace('exports.url = "https://shop.example.com";', "exports.url = 42; exports.fresh = 1;");
    writeFileSync(join(cwd, "index.js"), head);
    writeFileSync(join(cwd, "Pulumi.new.yaml"), "config: {shop:size: 3}\n");
    const { code, stdout, stderr } = await bulkhead(["preview", "--compare", "main", "--format", "json"], { cwd });
    assert.equal(code, 0, stderr);
    const [dev, fresh] = (JSON.parse(stdout) as Report).runs.map(({ comparison }) => comparison);
    assert.deepEqual(
      dev?.renamed.map(({ from, to }) => `${from.type} ${from.name} ${to.name}`),
      ["kubernetes:core/v1:ConfigMap box crate"],
    );
    assert.deepEqual(
      dev.unprotected.map(({ name, lost }) => [name, lost]),
      [["credentials", ["protect"]]],
    );
    assert.deepEqual(dev.contract, [{ path: "url", change: "retyped", from: "string", to: "number" }]);
    assert.deepEqual(dev.addedOutputs, ["fresh"]);
    assert.ok((fresh?.added.length ?? 0) >= 3, "a stack that the base did not have is all new");
    assert.match(git(cwd, "worktree", "list").trim(), /^[^\n]+$/);

    const blocked = await bulkhead(["preview", "-s", "dev", "--compare", "main", "--fail-on", "contract,unprotected"], {
      cwd,
    });
    assert.equal(blocked.code, 5);
    assert.match(blocked.stdout, /output url retyped from string to number: breaks its readers/);
    assert.match(blocked.stdout, /not a diff against live state/);
    assert.match(blocked.stdout.trimEnd().split("\n").at(-1) ?? "", /shop\/dev: contract, shop\/dev: unprotected/);
  });

  it("refuses to compare with what it cannot evaluate rightly", async () => {
    const cwd = folderWith({ ...files, ".gitignore": "node_modules\n", "package-lock.json": "{}" });
    const outside = await bulkhead(["preview", "-s", "dev", "--compare", "main"], {
      cwd,
      env: { GIT_CEILING_DIRECTORIES: cwd },
    });
    assert.equal(outside.code, 2);
    assert.match(outside.stderr, /--compare: .* is in no git repository/);
    git(cwd, "init", "-q", "-b", "main");
    git(cwd, "add", ".");
    git(cwd, "commit", "-q", "-m", "base");
    const missing = await bulkhead(["preview", "-s", "dev", "--compare", "nope"], { cwd });
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /--compare nope: no such commit/);
    writeFileSync(join(cwd, "package-lock.json"), '{"other": 1}');
    const locked = await bulkhead(["preview", "-s", "dev", "--compare", "main"], { cwd });
    assert.equal(locked.code, 2);
    assert.match(locked.stderr, /its package-lock\.json differs/);
    assert.match(git(cwd, "worktree", "list").trim(), /^[^\n]+$/);
  });

  for (const [what, edit, code, message] of [
    [
      "a program that throws",
      { "index.js": '\n\nthrow new Error("out of rum");' },
      4,
      /^error: index\.js:3:\d+: shop\/dev: out of rum\n$/,
    ],
    ["a missing setting", { "Pulumi.dev.yaml": "config: {}\n" }, 4, /^error: .*shop\/dev: .*shop:size/],
    [
      "a broken stack file",
      { "Pulumi.dev.yaml": "config: [\n" },
      2,
      /^error: Pulumi\.dev\.yaml:\d+:\d+: shop\/dev: Pulumi\.dev\.yaml is not valid YAML/,
    ],
    [
      "a broken project file",
      { "Pulumi.yaml": "name: [\n" },
      2,
      /^error: Pulumi\.yaml:\d+:\d+: Pulumi\.yaml is not valid YAML/,
    ],
    [
      "a pack that throws",
      {
        ...packFiles,
        "policies/findings.js": 'exports.rules = []; exports.judge = () => { throw new Error("seasick"); };',
      },
      1,
      /^error: shop\/dev: policy pack shop-pack: seasick\n/,
    ],
    [
      "a pack that is not there",
      { "policies/PulumiPolicy.yaml": "x" },
      2,
      /^error: shop\/dev: policy pack .* has no package\.json\n/,
    ],
  ] as const) {
    it(`ends with ${code} and one clear error for ${what}, without a stack trace`, async () => {
      const cwd = folderWith({ ...files, ...edit });
      const ended = await bulkhead(["preview", "--stack", "dev", "--manifests", "out"], { cwd });
      assert.equal(ended.code, code, ended.stderr);
      const told = ended.stderr.replace(/^manifests are not written.*\n/m, "");
      assert.match(told, message);
      assert.doesNotMatch(ended.stdout + ended.stderr, /^\s+at /m);
      assert.equal(ended.stdout, "");
      assert.deepEqual(
        readdirSync(cwd).sort(),
        Object.keys({ ...files, ...edit })
          .map(name => name.split("/")[0])
          .concat("node_modules")
          .filter((name, i, all) => all.indexOf(name) === i)
          .sort(),
      );
    });
  }

  it("shows the stack trace with --debug", async () => {
    const cwd = folderWith({ ...files, "index.js": 'throw new Error("out of rum");' });
    const { stderr } = await bulkhead(["preview", "--stack", "dev", "--debug"], { cwd });
    assert.match(stderr, /^\s+at /m);
  });

  it("still reports the other stacks when one fails", async () => {
    const cwd = folderWith({ ...files, "Pulumi.dev.yaml": "config: {}\n" });
    const { code, stdout, stderr } = await bulkhead(["preview"], { cwd });
    assert.equal(code, 4);
    assert.match(stderr, /shop\/dev/);
    assert.match(stdout, /^shop\/prod/);
    assert.match(stdout, /✗ shop\/dev could not be evaluated\n✗ 1 of 2 could not be evaluated/);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves nothing behind when it is stopped by ${signal}: no process, no worktree, no file`, async () => {
      const cwd = folderWith({
        ...files,
        ".gitignore": "node_modules\n",
        "index.js": `require("fs").writeFileSync("started-" + process.pid, ""); setInterval(() => {}, 1000); ${source}`,
      });
      git(cwd, "init", "-q", "-b", "main");
      git(cwd, "add", ".");
      git(cwd, "commit", "-q", "-m", "base");
      const { child, ended } = start(
        ["preview", "-s", "dev", "--compare", "main", "--format", "json", "--out", "r.json"],
        { cwd },
      );
      const deadline = Date.now() + 120_000;
      const started = () => readdirSync(cwd).filter(name => name.startsWith("started-"));
      while (started().length === 0 && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 50));
      const pid = Number(started()[0]?.split("-")[1]);
      child.kill(signal);
      assert.equal((await ended).code, 130);
      while (isAlive(pid) && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 50));
      assert.ok(!isAlive(pid), "the program's process is gone");
      assert.ok(!existsSync(join(cwd, "r.json")));
      assert.match(git(cwd, "worktree", "list").trim(), /^[^\n]+$/);
    });
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("the command line", function () {
  this.timeout(120_000);
  before(buildPreview);
  after(removeTemporary);

  for (const [args, message] of [
    [["preview", "--stak", "x"], /unknown option --stak, did you mean --stack\?/],
    [["preview", "--stack"], /--stack needs a value: --stack NAME/],
    [["preview", "--format", "--strict"], /--format needs a value/],
    [["preview", "--format", "pdf"], /--format must be one of table, json, sarif, junit, markdown, github, got "pdf"/],
    [["preview", "--strict=yes"], /--strict takes no value, got "yes"/],
    [["preview", "--mode", "fast"], /--mode must be one of one-process, separate, got "fast"/],
    [["preview", "--compare", "a", "--compare", "b"], /--compare can be given once only/],
    [["preview", "--fail-on", "contract"], /--fail-on needs --compare GITREF/],
    [
      ["preview", "--compare", "x", "--fail-on", "all"],
      /--fail-on must be one of contract, unprotected, replaced, got "all"/,
    ],
    [["preview", "--manifests", "x", "--image", "y"], /--image must be NAME=REFERENCE, got "y"/],
    [["preview", "--stack", "nope"], /stack "nope" has no Pulumi\.nope\.yaml in .*: there are dev, prod/],
    [["preview", "production"], /preview takes no argument "production"/],
    [["preview", "-f", "json", "-o", "no/such/folder/x"], /cannot be written: .* is no folder/],
    [["preview", "-f", "json", "-o", "."], /is a folder, not a file/],
    [["preview", "-f", "json", "-o", "a", "-f", "sarif", "-o", "a"], /two reports would be written to/],
    [["preview", "--cwd", "nope"], /--cwd nope is no folder/],
    [["preview", "--manifests", "."], /holds .*, which this command did not write/],
    [["check", "-", "-"], /standard input can be read once only/],
    [["init"], /init needs the name of the new stack/],
    [["init", "a", "b"], /init makes one stack at a time, got "b" too/],
    [["sail"], /there is no command "sail"; there are preview, check, explain, init, version, help/],
  ] as const) {
    it(`refuses: ${args.join(" ")}`, async () => {
      const { code, stdout, stderr } = await bulkhead(args, { cwd: folderWith(files) });
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.ok(stderr.split("\n").length <= 3, stderr);
    });
  }

  it("explains every command and every option", async () => {
    const { stdout } = await bulkhead(["--help"]);
    for (const name of ["preview", "check", "init", "version"]) {
      assert.match(stdout, new RegExp(`^ {2}${name} `, "m"));
      const [help, flag] = await Promise.all([bulkhead(["help", name]), bulkhead([name, "--help"])]);
      assert.equal(help.code, 0);
      assert.match(help.stdout, new RegExp(`^usage: bulkhead ${name}`));
      assert.equal(help.stdout, flag.stdout);
    }
  });

  it("prints its version", async () => {
    const { version } = JSON.parse(readFileSync(join(repository, "preview/package.json"), "utf8")) as {
      version: string;
    };
    assert.equal((await bulkhead(["version"])).stdout, `${version}\n`);
  });

  it("makes a stack's file, and prints the commands that set its secrets where there is no Pulumi CLI", async () => {
    const cwd = folderWith({
      "Pulumi.yaml": "name: shop\nruntime: nodejs\nconfig: {password: {type: string, secret: true}}\n",
    });
    mkdirSync(join(cwd, "empty"));
    const { code, stdout } = await bulkhead(["init", "eu"], { cwd, env: { PATH: join(cwd, "empty") } });
    assert.equal(code, 0);
    assert.match(stdout, /^Pulumi\.eu\.yaml is written\n/);
    assert.match(stdout, /\| pulumi config set --secret --stack eu shop:password$/m);
    const again = await bulkhead(["init", "eu"], { cwd, env: { PATH: join(cwd, "empty") } });
    assert.equal(again.code, 0);
    assert.match(again.stdout, /^Pulumi\.eu\.yaml lacks secrets/);
    const from = await bulkhead(["init", "eu", "--from", "us"], { cwd, env: { PATH: join(cwd, "empty") } });
    assert.equal(from.code, 2);
    assert.match(from.stderr, /Pulumi\.eu\.yaml exists already/);
  });
});
