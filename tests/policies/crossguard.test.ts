import assert from "node:assert/strict";
import { PolicySeverity } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { type JudgedResource, judge, rules } from "../../policies/findings.js";
import type { Edits } from "../../policies/rule.js";
import { compliantProgram, edit, exampleOf, resourcesOf } from "../../policies/samples.js";
import { Field, secretSignature, signatureKey, unknownString } from "../../policies/value.js";
import { Analyzer, type Diagnostic } from "./analyzer.js";

/** What a resource policy cannot see is judged where it can be; see `needs` in rule.ts. */
const hidden = new Set(rules.filter(({ needs }) => needs === "secretness").map(({ id }) => id));

/** A diagnostic without the description that @pulumi/policy puts on a line of its own before the message. */
function shown({ policy, message, urn }: Diagnostic): string {
  return [policy, urn, message.slice(message.indexOf("\n") + 1)].join(" · ");
}

/** The Deployment of the compliant program, edited. */
function webWith(edits: Edits): JudgedResource {
  return resourcesOf(edit(compliantProgram(), edits)).find(({ name }) => name === "web")!;
}

describe("the pack as CrossGuard runs it", () => {
  let analyzer: Analyzer;

  before(async function () {
    this.timeout(300_000);
    analyzer = await Analyzer.start();
  });
  after(async () => analyzer.stop());
  afterEach(async () => analyzer.configure({}));

  const compliant = new Set(resourcesOf(compliantProgram()).map(resource => JSON.stringify(resource)));

  /** Resources as in the compliant program are shown in the stack only: one by one, a test of its own finds nothing in them. */
  async function diagnosticsOf(resources: readonly JudgedResource[], skipped = compliant): Promise<Diagnostic[]> {
    const alone = resources.filter(resource => !skipped.has(JSON.stringify(resource)));
    const found = await Promise.all(alone.map(async resource => analyzer.analyze(resource)));
    const named = found.flatMap((list, index) =>
      list.map(one => ({ ...one, urn: one.urn || (alone[index]?.urn ?? "") })),
    );
    return [...named, ...(await analyzer.analyzeStack(resources))];
  }

  async function assertAgree(resources: readonly JudgedResource[], title: string): Promise<void> {
    const fromPolicies = (await diagnosticsOf(resources)).map(shown).sort();
    const fromJudge = judge(resources)
      .filter(({ rule }) => !hidden.has(rule))
      .map(({ rule, urn, message }) => [rule, urn, message].join(" · "))
      .sort();
    assert.deepEqual(fromPolicies, fromJudge, title);
  }

  it("finds nothing in the compliant program", async () => {
    assert.deepEqual(await diagnosticsOf(resourcesOf(compliantProgram()), new Set()), []);
  });

  it("reports for every example of every rule what judge() reports", async function () {
    this.timeout(300_000);
    for (const rule of rules) {
      for (const [name, edits] of Object.entries({ ...rule.examples.pass, ...rule.examples.fail })) {
        await assertAgree(exampleOf(rule, edits), `${rule.id}: ${name}`);
      }
    }
  });

  it("reports an unknown value as undetermined, and still what is wrong beside it", async () => {
    const resources = resourcesOf(
      edit(compliantProgram(), {
        "/web/properties/spec/template/spec/containers/0/securityContext/privileged": unknownString,
        "/web/properties/spec/template/spec/initContainers/0/securityContext/privileged": true,
      }),
    );
    const found = (await diagnosticsOf(resources)).filter(({ policy }) => policy === "k8s-privileged");
    assert.deepEqual(found.map(({ level }) => level).sort(), ["advisory", "mandatory"]);
    await assertAgree(resources, "an unknown beside a violation");
  });

  it("blocks on what is undetermined where the pack is configured to", async () => {
    await analyzer.configure({ bulkhead: { level: "remediate", properties: { failOnUndetermined: true } } });
    const resource = webWith({ "/web/properties/spec/template/spec/hostPID": unknownString });
    const found = await analyzer.analyze(resource);
    assert.deepEqual(
      found.map(({ policy, level }) => [policy, level]),
      [["k8s-host-namespaces", "mandatory"]],
    );
  });

  it("accepts the unknown digest of an image built in the same program, and no other unknown image", async () => {
    const program = compliantProgram();
    const [image] = resourcesOf({
      built: { type: "docker:index/image:Image", properties: { imageName: "web:1", build: { context: "." } } },
    });
    edit(program, { "/web/properties/spec/template/spec/containers/0/image": unknownString });
    const resources = resourcesOf(program);
    const from = (urns: string[]) =>
      resources
        .map(one => (one.name === "web" ? { ...one, propertyDependencies: { spec: urns } } : one))
        .concat(image!);
    const imageRules = async (resources: JudgedResource[]) =>
      (await diagnosticsOf(resources)).map(({ policy }) => policy).filter(policy => policy.startsWith("k8s-image"));
    assert.deepEqual(await imageRules(from([image!.urn])), []);
    assert.deepEqual(await imageRules(from([])), [
      "k8s-image-digest",
      "k8s-image-provenance",
      "k8s-image-registry",
      "k8s-image-tag",
    ]);
  });

  it("takes each rule's level and parameters, and the pack's, from the engine's configuration", async () => {
    const resource = webWith({
      "/web/properties/spec/template/spec/hostPID": true,
      "/web/properties/spec/template/spec/hostIPC": true,
      "/web/properties/spec/template/spec/securityContext/runAsUser": 1000,
      "/web/properties/spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation": true,
    });
    await analyzer.configure({
      bulkhead: { level: "remediate", properties: { podSecurityLevel: "baseline" } },
      "k8s-host-namespaces": { level: "advisory" },
      "k8s-run-as-user": { level: "mandatory", properties: { minimum: 10_000 } },
    });
    const found = (await analyzer.analyze(resource)).map(({ policy, level }) => [policy, level]);
    assert.deepEqual(found, [
      ["k8s-host-namespaces", "advisory"],
      ["k8s-host-namespaces", "advisory"],
    ]);
    await analyzer.configure({ "k8s-run-as-user": { level: "advisory", properties: { minimum: 10_000 } } });
    const restricted = (await analyzer.analyze(resource)).map(({ policy, level }) => [policy, level]);
    assert.ok(restricted.some(([policy, level]) => policy === "k8s-run-as-user" && level === "advisory"));
    assert.ok(restricted.some(([policy]) => policy === "k8s-privilege-escalation"));
  });

  it("names rule and field of a wrong configuration, once, and judges with the defaults", async () => {
    await analyzer.configure({
      bulkhead: { level: "remediate", properties: { exceptions: [{ urn: "*", rule: "k8s-privileged" }] } },
    });
    const resource = webWith({ "/web/properties/spec/template/spec/hostPID": true });
    const first = await analyzer.analyze(resource);
    assert.match(first[0]?.message ?? "", /bulkhead: exceptions\[0\] has no reason/);
    assert.deepEqual(
      first.map(({ policy }) => policy),
      ["bulkhead", "k8s-host-namespaces"],
    );
    assert.deepEqual(
      (await analyzer.analyze(resource)).map(({ policy }) => policy),
      ["k8s-host-namespaces"],
    );
  });

  it("reports what an exception excuses without blocking, with its owner and last day", async () => {
    const exceptions = [
      { rule: "k8s-host-namespaces", reason: "node agent", owner: "platform", expires: "2999-12-31" },
    ];
    const resource = webWith({
      "/web/properties/spec/template/spec/hostPID": true,
      "/web/properties/metadata/annotations": { "policy.bulkhead.dev/exceptions": JSON.stringify(exceptions) },
    });
    const [found, ...others] = await analyzer.analyze(resource);
    assert.deepEqual(others, []);
    assert.equal(found?.level, "advisory");
    assert.match(found.message, /excused until 2999-12-31 by platform: node agent/);
  });

  it("repairs at level remediate what it can, keeps secrets secret, and leaves nothing to repair", async () => {
    const secret = { [signatureKey]: secretSignature, value: "horse" };
    const resource = webWith({
      "/web/properties/spec/template/spec/containers/0/securityContext": {},
      "/web/properties/spec/template/spec/securityContext/seccompProfile": undefined,
      "/web/properties/spec/template/spec/containers/0/env": [{ name: "WORD", value: secret }],
    });
    const repaired = ["k8s-privilege-escalation", "k8s-capabilities", "k8s-read-only-rootfs", "k8s-seccomp"];
    await analyzer.configure(Object.fromEntries(repaired.map(rule => [rule, { level: "remediate" as const }])));
    const properties = await analyzer.remediate(resource);
    assert.ok(properties !== undefined);
    const after = { ...resource, properties };
    assert.deepEqual(
      judge([after]).filter(({ rule }) => repaired.includes(rule)),
      [],
    );
    assert.equal(await analyzer.remediate(after), undefined);
    const at = "/spec/template/spec/containers/0/env/0/value";
    assert.deepEqual(Field.root(properties).follow(at).isSecret, true);
  });

  it("offers the engine each rule with name, severity, remediation and documentation", async () => {
    const info = await analyzer.info();
    const offered = info.getPoliciesList().map(policy => policy.getName());
    assert.deepEqual(offered, ["bulkhead", ...rules.map(({ id }) => id)]);
    for (const policy of info.getPoliciesList().slice(1)) {
      const texts = [policy.getDisplayname(), policy.getDescription(), policy.getRemediationSteps(), policy.getUrl()];
      assert.ok(
        texts.every(text => text !== ""),
        policy.getName(),
      );
      assert.notEqual(policy.getSeverity(), PolicySeverity.POLICY_SEVERITY_UNSPECIFIED, policy.getName());
    }
  });
});
