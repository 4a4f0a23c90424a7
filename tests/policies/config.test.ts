import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { judge, PackConfigError, readConfig, rules } from "../../policies/findings.js";
import { compliantProgram, edit, exampleOf, resourcesOf } from "../../policies/samples.js";
import { effects } from "./effects.js";

const folder = join(__dirname, "../../policies/config");
const environments = ["local", "staging", "production"];

function configOf(environment: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, `${environment}.json`), "utf8")) as Record<string, unknown>;
}

const strictness = ["disabled", "advisory", "remediate", "mandatory"];

describe("the pack's configuration", () => {
  for (const environment of environments) {
    it(`${environment}.json names only rules that exist, at levels that exist`, () => {
      assert.ok(existsSync(join(folder, `${environment}.json`)));
      assert.doesNotThrow(() => readConfig(configOf(environment), rules));
    });
  }

  it("lowers levels from production to staging to local, and never raises one", () => {
    const [local, staging, production] = environments.map(environment => readConfig(configOf(environment), rules));
    for (const rule of rules) {
      const levels = [local, staging, production].map(one => strictness.indexOf(one?.levelOf(rule) ?? ""));
      assert.deepEqual(levels, [...levels].sort(), rule.id);
      assert.equal(production?.levelOf(rule), rule.level, rule.id);
    }
  });

  it("repairs on its own only in local, but for marking secrets", () => {
    for (const environment of ["staging", "production"]) {
      const configured = readConfig(configOf(environment), rules);
      const repairing = rules.filter(rule => configured.levelOf(rule) === "remediate").map(({ id }) => id);
      assert.deepEqual(repairing, ["pulumi-secret-unmarked"], environment);
    }
  });

  it("gives each rule only parameters whose defaults its own schema accepts", () => {
    const spelledOut = Object.fromEntries(
      rules.map(({ id, parameters = {} }) => [
        id,
        Object.fromEntries(Object.entries(parameters).map(([name, { default: value }]) => [name, value])),
      ]),
    );
    assert.doesNotThrow(() => readConfig(spelledOut, rules));
  });

  const faults: [string, Record<string, unknown>, RegExp][] = [
    ["an unknown rule", { "k8s-priviledged": "advisory" }, /k8s-priviledged: no such rule/],
    ["an unknown level", { "k8s-privileged": "warn" }, /k8s-privileged: enforcementLevel must be one of .*got "warn"/],
    ["a level of another type", { "k8s-privileged": 7 }, /k8s-privileged: must be a level or an object, got 7/],
    [
      "an unknown parameter",
      { "k8s-run-as-user": { min: 1 } },
      /k8s-run-as-user: min is not a parameter; there is minimum/,
    ],
    [
      "a parameter of a rule without any",
      { "k8s-host-ports": { x: 1 } },
      /k8s-host-ports: x is not a parameter; there are none/,
    ],
    ["a number too small", { "k8s-run-as-user": { minimum: 0 } }, /k8s-run-as-user: minimum must be at least 1, got 0/],
    ["a fraction", { "k8s-run-as-user": { minimum: 1.5 } }, /k8s-run-as-user: minimum must be a whole number, got 1.5/],
    [
      "a string for a list",
      { "k8s-resources": { required: "limits.cpu" } },
      /k8s-resources: required must be a list of strings/,
    ],
    [
      "an entry of the wrong form",
      { "k8s-resources": { required: ["cpu"] } },
      /k8s-resources: required must match .*got \["cpu"\]/,
    ],
    [
      "a switch that is none",
      { "k8s-capabilities": { dropAll: "yes" } },
      /k8s-capabilities: dropAll must be true or false, got "yes"/,
    ],
    [
      "a standard that does not exist",
      { bulkhead: { podSecurityLevel: "strict" } },
      /bulkhead: podSecurityLevel must be one of restricted/,
    ],
    [
      "a version of the wrong form",
      { bulkhead: { podSecurityVersion: "1.33" } },
      /bulkhead: podSecurityVersion must match/,
    ],
    ["exceptions that are no list", { bulkhead: { exceptions: {} } }, /bulkhead: exceptions must be a list/],
    [
      "an exception without an owner",
      { bulkhead: { exceptions: [{ urn: "*", rule: "k8s-privileged", reason: "x", expires: "2999-01-01" }] } },
      /exceptions\[0\] has no owner/,
    ],
  ];
  for (const [name, config, message] of faults) {
    it(`refuses ${name}, naming rule and field`, () => {
      assert.throws(
        () => judge([], config),
        (error: unknown) => error instanceof PackConfigError && message.test(error.message),
      );
    });
  }

  it("names every fault at once", () => {
    const error = (() => {
      try {
        judge([], { nothing: "advisory", "k8s-run-as-user": { minimum: "x", maximum: 3 } });
        return undefined;
      } catch (thrown) {
        return thrown;
      }
    })();
    assert.ok(error instanceof PackConfigError);
    assert.equal(error.faults.length, 3);
  });

  it("judges by the Pod Security Standard that it is given", () => {
    const resources = resourcesOf(
      edit(compliantProgram(), {
        "/web/properties/spec/template/spec/securityContext/runAsNonRoot": undefined,
        "/web/properties/spec/template/spec/hostPID": true,
      }),
    );
    const brokenAt = (podSecurityLevel: string) =>
      judge(resources, { bulkhead: { podSecurityLevel } }).map(({ rule }) => rule);
    assert.deepEqual(brokenAt("restricted"), ["k8s-host-namespaces", "k8s-run-as-non-root", "k8s-run-as-non-root"]);
    assert.deepEqual(brokenAt("baseline"), ["k8s-host-namespaces"]);
    assert.deepEqual(brokenAt("privileged"), []);
  });

  it("judges by the version of the Standard that it is given", () => {
    const resources = resourcesOf(
      edit(compliantProgram(), {
        "/web/properties/spec/template/spec/containers/0/livenessProbe/httpGet/host": "10.0.0.1",
      }),
    );
    const brokenAt = (podSecurityVersion: string) =>
      judge(resources, { bulkhead: { podSecurityVersion } }).map(({ rule }) => rule);
    assert.deepEqual(brokenAt("v1.33"), []);
    assert.deepEqual(brokenAt("v1.34"), ["k8s-host-probes"]);
  });

  it("does not run a rule that is disabled, and gives every other one its level", () => {
    for (const rule of rules.filter(({ scope }) => scope !== "exceptions")) {
      const [edits] = Object.values(rule.examples.fail);
      const resources = exampleOf(rule, edits ?? {});
      assert.ok(!judge(resources, { [rule.id]: "disabled" }).some(finding => finding.rule === rule.id), rule.id);
      const found = judge(resources, { all: "disabled", [rule.id]: "advisory" });
      assert.ok(
        found.length > 0 && found.every(finding => finding.rule === rule.id && finding.level === "advisory"),
        rule.id,
      );
    }
  });

  for (const [rule, parameters, edits, isBroken] of effects) {
    it(`${rule} ${JSON.stringify(parameters)} ${isBroken ? "rejects" : "accepts"} ${JSON.stringify(edits)}`, () => {
      const resources = resourcesOf(edit(compliantProgram(), edits));
      const verdictWith = (config: Record<string, unknown>) =>
        judge(resources, config).some(finding => finding.rule === rule);
      assert.equal(verdictWith({ [rule]: parameters }), isBroken);
    });
  }

  it("shows an effect of every parameter of every rule", () => {
    const declared = rules.flatMap(({ id, parameters = {} }) => Object.keys(parameters).map(name => `${id} ${name}`));
    const shown = effects.flatMap(([rule, parameters]) => Object.keys(parameters).map(name => `${rule} ${name}`));
    assert.deepEqual([...new Set(shown)].sort(), declared.sort());
  });
});
