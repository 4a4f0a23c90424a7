import assert from "node:assert/strict";
import { join } from "node:path";
import type { ResourceExplanation } from "../../../preview/explain/resource.js";
import type { Explanation } from "../../../preview/policy/explainEntry.js";
import { buildPreview, folderWith, pack, program, removeTemporary, repository } from "../host/support.js";
import { bulkhead } from "./support.js";

const policies = join(repository, "policies");

const source = `const pulumi = require("@pulumi/pulumi"), k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("cluster", { kubeconfig: "{}", namespace: "apps" });
class Box extends pulumi.ComponentResource {
  constructor(name, { privileged, ...more }, opts) {
    super("test:index:Box", name, {}, opts);
    const service = new k8s.core.v1.Service(name, { spec: {} }, { parent: this });
    const securityContext = { privileged, allowPrivilegeEscalation: true };
    new k8s.core.v1.Pod(name, { spec: { hostPID: service.spec.clusterIP, containers: [{ name: "c", securityContext, ...more }] } }, { parent: this });
  }
}
new Box("own", {
  privileged: true,
  env: [{ name: "TOKEN", value: pulumi.secret("hunter2-planted") }],
}, { providers: [provider] });
`;

describe("bulkhead explain", function () {
  this.timeout(120_000);
  before(buildPreview);
  after(removeTemporary);

  const explain = (args: string[], cwd = repository, env = {}) => bulkhead(["explain", ...args], { cwd, env });
  const ours = (...args: string[]) => explain([...args, "--policy-pack", policies]);

  it("says all about a rule, within 80 columns and without colours where nobody looks", async () => {
    const { code, stdout, stderr } = await ours("k8s-privileged");
    assert.deepEqual([code, stderr], [0, ""]);
    for (const title of [
      "Why",
      "What to do",
      "What it reads",
      "Refused: ",
      "Accepted",
      "Exceptions",
      "The same idea elsewhere",
      "More",
    ])
      assert.match(stdout, new RegExp(`^${title}`, "m"));
    assert.match(stdout, /local mandatory · staging mandatory · production mandatory/);
    assert.match(stdout, /privileged: true/);
    assert.match(stdout, /Kyverno: disallow-privileged-containers/);
    assert.doesNotMatch(stdout, /\u001b/);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80 || !line.trim().includes(" "), line);
    const coloured = await explain(["k8s-privileged", "--policy-pack", policies], repository, { FORCE_COLOR: "1" });
    assert.match(coloured.stdout, /\u001b\[1m/);
  });

  it("says the same to a machine", async () => {
    const { stdout } = await ours("k8s-image-registry", "--format", "json");
    const told = JSON.parse(stdout) as Explanation;
    assert.deepEqual([told.id, told.pack, told.severity], ["k8s-image-registry", "@bulkhead/policies", "high"]);
    assert.deepEqual(told.levels, { local: "advisory", staging: "mandatory", production: "mandatory" });
    assert.equal(told.parameters?.[0]?.name, "allowed");
  });

  it("names the nearest rules for one that does not exist", async () => {
    for (const [given, meant] of [
      ["k8s-privilegd", "k8s-privileged"],
      ["host-path", "k8s-host-path"],
      ["latest-tag", "k8s-image-tag"],
    ] as const) {
      const { code, stdout, stderr } = await ours(given);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, new RegExp(`^error: there is no rule "${given}"\n {2}The nearest: [^\n]*${meant}[^\n]*\n$`));
    }
    assert.equal((await ours("x".repeat(5000))).code, 2);
  });

  it("says of a pack without explanations what its rules tell", async () => {
    const rules = `exports.rules = [{ id: "plain", title: "Plain", severity: "low", level: "advisory", remediation: "Do it." }]; exports.judge = () => [];`;
    const manifest = { name: "plain-pack", exports: { "./findings": "./findings.js" } };
    const folder = pack("", { "package.json": JSON.stringify(manifest), "findings.js": rules });
    const { code, stdout } = await explain(["plain", "--policy-pack", folder]);
    assert.equal(code, 0);
    assert.equal(stdout, "plain  Plain\nlow · here advisory · plain-pack\n\nWhat to do\n  Do it.\n");
  });

  const pod = "urn:pulumi:dev::sample::test:index:Box$kubernetes:core/v1:Pod::own";

  it("tells of a resource each rule's verdict, the component's argument and the patch, and no secret", async () => {
    const cwd = program(source);
    const { code, stdout, stderr } = await explain([pod, "--policy-pack", policies, "--format", "json"], cwd);
    assert.equal(code, 0, stderr);
    const told = JSON.parse(stdout) as ResourceExplanation;
    assert.deepEqual([told.stack, told.component], ["sample/dev", 'Box "own"']);
    const verdicts = Object.fromEntries(told.rules.map(({ id, verdict }) => [id, verdict]));
    assert.deepEqual(
      ["k8s-privileged", "k8s-host-namespaces", "k8s-host-path", "k8s-netpol-missing"].map(id => verdicts[id]),
      ["violation", "undetermined", "pass", "violation"],
    );
    assert.equal(verdicts["docker-image"], undefined);
    assert.equal(verdicts["k8s-ingress-host"], undefined);
    const privileged = told.findings.find(({ rule }) => rule === "k8s-privileged");
    assert.deepEqual(privileged?.argument, { name: "privileged", line: 12 });
    assert.ok(told.patch.some(({ path, value }) => path.endsWith("/allowPrivilegeEscalation") && value === false));
    assert.doesNotMatch(stdout, /hunter2/);
  });

  it("tells the same to a person, within 80 columns but for what is to be copied", async () => {
    const cwd = program(source);
    const { stdout } = await explain([pod, "--policy-pack", policies], cwd);
    assert.match(stdout, /^Pod own {2}in sample\/dev\n/);
    assert.match(stdout, /✗ k8s-privileged {2}critical, mandatory, violation\n/);
    assert.match(stdout, /→ argument privileged of Box "own", index\.js:12\n/);
    assert.match(stdout, /✗ violation, by the whole stack: k8s-netpol-missing\n/);
    assert.match(stdout, /rules judged it, \d+ passed\n/);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80 || /^ *(?:→ )?[{}"/a]|^ *at /.test(line), line);
  });

  it("names what there is where the URN, the stack or the rule's id is none", async () => {
    const cwd = program(source);
    const unknown = await explain([pod.replace("::own", "::owm"), "--policy-pack", policies], cwd);
    assert.equal(unknown.code, 2);
    assert.ok(unknown.stderr.includes(`The nearest: ${pod}`), unknown.stderr);
    const other = await explain([pod.replace(":dev:", ":prod:"), "--policy-pack", policies], cwd);
    assert.deepEqual(
      [other.code, /stack "prod" has no Pulumi\.prod\.yaml: there is dev/.test(other.stderr)],
      [2, true],
    );
    const redirected = await explain(
      [pod.replace(":dev:", ":prod:"), "--stack", "dev", "--policy-pack", policies],
      cwd,
    );
    assert.equal(redirected.code, 0, redirected.stderr);
    for (const args of [[], ["a", "b"], ["k8s-privileged", "--format", "xml"]])
      assert.equal((await explain(args, folderWith({}))).code, 2, args.join());
  });

  it("fails as a preview does where the program fails", async () => {
    const { code, stderr } = await explain([pod, "--policy-pack", policies], program("throw new Error('broken');\n"));
    assert.equal(code, 4);
    assert.match(stderr, /^error: index\.js:1:7: broken\n$/);
  });
});
