import assert from "node:assert/strict";
import { appliedTo, explain, mayReport } from "../../policies/explain.js";
import { judge, rules } from "../../policies/findings.js";
import { compliantProgram, exampleOf, resourcesOf } from "../../policies/samples.js";

describe("what the pack says of its rules", () => {
  it("is complete for every rule", () => {
    for (const { id, examples, scope } of rules) {
      const told = explain(id);
      assert.ok(told !== undefined && told.why !== "" && told.remediation !== "" && told.docs !== "", id);
      assert.deepEqual(Object.keys(told.levels), ["local", "staging", "production"]);
      assert.equal(1 + told.alsoRefused.length, Object.keys(examples.fail).length, id);
      if (scope !== "exceptions") assert.notEqual(told.refused?.code, told.accepted?.code, id);
    }
    assert.equal(explain("none"), undefined);
  });

  it("lists for a resource every rule that finds something there", () => {
    for (const rule of rules.filter(({ scope }) => scope !== "exceptions")) {
      for (const edits of Object.values(rule.examples.fail)) {
        const resources = exampleOf(rule, edits);
        for (const finding of judge(resources).filter(each => each.rule === rule.id)) {
          const resource = resources.find(({ urn }) => urn === finding.urn)!;
          assert.ok(
            appliedTo(resource).some(({ id }) => id === rule.id),
            `${rule.id} on ${resource.name}`,
          );
        }
      }
    }
  });

  it("lists no rule that has nothing to judge there, and none that is off", () => {
    const byName = new Map(resourcesOf(compliantProgram()).map(resource => [resource.name, resource]));
    const stackRulesOn = (name: string) =>
      rules.flatMap(rule => (rule.scope === "stack" && mayReport(rule, byName.get(name)!) ? [rule.id] : []));
    assert.deepEqual(stackRulesOn("settings"), []);
    assert.deepEqual(stackRulesOn("ingress"), ["k8s-dangling", "k8s-ingress-host"]);
    assert.deepEqual(stackRulesOn("budget"), ["k8s-pdb", "k8s-dangling"]);
    const ids = (name: string, config = {}) => appliedTo(byName.get(name)!, config).map(({ id }) => id);
    assert.ok(!ids("image").some(id => id.startsWith("k8s-")));
    assert.ok(ids("web").includes("k8s-privileged"));
    assert.ok(!ids("web", { "k8s-privileged": "disabled" }).includes("k8s-privileged"));
    assert.ok(!ids("web", { bulkhead: { podSecurityLevel: "baseline" } }).includes("k8s-run-as-non-root"));
  });
});
