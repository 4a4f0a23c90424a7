import assert from "node:assert/strict";
import fc from "fast-check";
import { admissionObjects, environmentConfig } from "../../policies/admission.js";
import { subjects } from "../../policies/admissionSubjects.js";
import { readConfig, rules } from "../../policies/findings.js";
import { exampleOf } from "../../policies/samples.js";
import { without } from "../support/smaller.js";
import { differences, isListed } from "./admission/differences.js";
import { caseFacts, distinct, objectsOf, parameterFacts, policyOf } from "./admission/facts.js";
import { otherObjects } from "./admission/generatedObjects.js";
import { workloads } from "./admission/generatedPods.js";
import { ask, judged, oldestKubernetes, policiesOf, requireOracle } from "./admission/oracle.js";
import { admitted, brokenHere, brokenThere, type Json, place } from "./admission/verdicts.js";
import { corpora, expectationsOf } from "./corpora/corpus.js";

/** Workloads in one run. */
const count = 5000;

const standards = [
  {},
  { podSecurityLevel: "baseline" },
  { podSecurityVersion: "v1.34" },
  { podSecurityVersion: "v1.24" },
  { podSecurityVersion: "v1.21" },
  { podSecurityVersion: "v1.7" },
];

/** One object's difference: rules that only one of the two finds broken. */
function differing(here: readonly string[], there: readonly string[]): string[] {
  return [...here.filter(rule => !there.includes(rule)), ...there.filter(rule => !here.includes(rule))];
}

/** Objects about which CEL and TypeScript disagree, each with the rule. */
function disagreements(
  objects: readonly Json[],
  config: Record<string, unknown> = {},
): { rule: string; object: Json }[] {
  const there = brokenThere(objects, config);
  return objects.flatMap((object, index) => {
    const found = there[index];
    return found === undefined ? [] : differing(brokenHere(object, config), found).map(rule => ({ rule, object }));
  });
}

describe("the rules in CEL", () => {
  before(function () {
    requireOracle(this);
  });

  it(`are understood by Kubernetes ${oldestKubernetes}, in every environment and at every Pod Security level and version`, function () {
    this.timeout(300_000);
    const configs = [
      ...(["local", "staging", "production"] as const).map(environmentConfig),
      ...standards.map(bulkhead => ({ bulkhead })),
    ];
    const answers = ask(
      configs.map(config => ({
        policies: policiesOf(admissionObjects({ ...place, name: "x", config })),
        version: oldestKubernetes,
      })),
    );
    assert.deepEqual(
      answers.flatMap(({ errors = [] }) => errors),
      [],
    );
    const [broken] = ask([
      {
        policies: [{ metadata: { name: "x" }, spec: { validations: [{ expression: "no.such" }] } }],
        version: oldestKubernetes,
      },
    ]);
    assert.match(String(broken?.errors), /undeclared reference/);
  });

  it("read only fields that the objects have, by Kubernetes' own types", function () {
    this.timeout(300_000);
    const checks = admitted.flatMap(rule => typeChecks(rule.id));
    const warnings = ask(checks.map(check => ({ check }))).flatMap(answer => answer.warnings ?? []);
    assert.deepEqual(warnings, []);
    const typo = JSON.parse(JSON.stringify(checks[0]).replaceAll("securityContext", "securityContent")) as object;
    assert.match(String(ask([{ check: typo }])[0]?.warnings), /undefined field 'securityContent'/);
  });

  it("refuse what the rules' own examples refuse, and accept the others", function () {
    this.timeout(600_000);
    const examples = admitted.flatMap(rule =>
      (["pass", "fail"] as const).flatMap(kind =>
        Object.values(rule.examples[kind]).map(edits => ({ rule, kind, objects: objectsOf(exampleOf(rule, edits)) })),
      ),
    );
    const objects = distinct(examples.flatMap(example => example.objects));
    const there = new Map(
      brokenThere(objects, {}).map((found, index) => [JSON.stringify(objects[index]), found ?? []]),
    );
    for (const object of objects)
      assert.deepEqual(there.get(JSON.stringify(object)), brokenHere(object, {}), JSON.stringify(object));
    const refused = examples.filter(
      ({ rule, kind, objects: own }) =>
        kind === "fail" && own.some(object => there.get(JSON.stringify(object))?.includes(rule.id) === true),
    );
    const silent = admitted.filter(({ id }) => !refused.some(({ rule }) => rule.id === id));
    assert.deepEqual(
      silent.map(({ id }) => id),
      [],
    );
  });

  it("have no listed difference that is none any more", () => {
    for (const { reason, example } of differences) {
      const [here, there] = [brokenHere(example.object, {}), brokenThere([example.object], {})[0] ?? []];
      assert.ok(differing(here, there).includes(example.rule), reason);
    }
  });

  it("give the TypeScript's verdict on every case written by hand, but for those listed with their reason", function () {
    this.timeout(300_000);
    const found = caseFacts().flatMap(({ config, objects }) => disagreements(objects, config));
    assert.deepEqual(
      found.filter(one => !isListed(one)),
      [],
    );
  });

  it("give the TypeScript's verdict under every parameter of every rule, on all that tests judge by that rule", function () {
    this.timeout(600_000);
    const generated = fc.sample(workloads, 60);
    const differ = admitted.flatMap(({ id, admission }) =>
      // Of what the API server fills in before admission nobody can tell whether it was said.
      parameterFacts(id, id === "k8s-proc-mount" ? ["explicit"] : []).flatMap(({ config, objects }) => {
        const all = admission.of === "pods" ? [...objects, ...generated] : objects;
        const requests = all.map(object => ({ object, operation: "CREATE" as const }));
        const answers = judged(
          [policyOf(id, config)].filter(policy => policy !== undefined),
          requests,
        );
        const found = all.filter((object, index) => {
          const { decisions = {}, unreadable } = answers[index] ?? {};
          const there = Object.values(decisions);
          const isSame = brokenHere(object, config).includes(id) === there.length > 0;
          const isJudged = unreadable === undefined && !isListed({ rule: id, object });
          return isJudged && (!isSame || there.some(({ isError }) => isError));
        });
        // One object in the message is enough.
        return found
          .slice(0, 1)
          .map(object => `${JSON.stringify(config)}: ${found.length}, as ${JSON.stringify(object)}`);
      }),
    );
    assert.deepEqual(differ, []);
  });

  it("give the TypeScript's verdict on 3,000 generated roles, ConfigMaps, NetworkPolicies and Ingresses", function () {
    this.timeout(300_000);
    const found = disagreements(fc.sample(otherObjects, 3000)).filter(one => !isListed(one));
    if (found[0] !== undefined)
      assert.fail(`${found.length} differ, the first: ${JSON.stringify(shrunk(found[0], {}))}`);
  });

  it(`give the TypeScript's verdict on ${count} generated workloads of every kind, at ${standards.length} Pod Security levels and versions`, function () {
    this.timeout(900_000);
    const objects = fc.sample(workloads, count);
    const size = Math.ceil(count / standards.length);
    const broken = new Set<string>();
    let clean = 0;
    standards.forEach((bulkhead, index) => {
      const config = { bulkhead };
      const part = objects.slice(index * size, (index + 1) * size);
      const found = disagreements(part, config).filter(one => !isListed(one));
      if (found[0] !== undefined)
        assert.fail(`${found.length} differ, the first: ${JSON.stringify(shrunk(found[0], config))}`);
      for (const object of part) {
        const rulesBroken = brokenHere(object, config);
        if (rulesBroken.length < 3) clean++;
        for (const rule of rulesBroken) broken.add(rule);
      }
    });
    // A generator that makes nothing but bad workloads, or good ones, would show little.
    assert.ok(clean > count * 0.02, `${clean} of ${count} break hardly any rule`);
    const ofPods = admitted.filter(({ admission }) => admission.of === "pods").map(({ id }) => id);
    assert.deepEqual(
      ofPods.filter(id => !broken.has(id)),
      [],
    );
  });
});

describe("cases that other projects wrote, at admission", () => {
  before(function () {
    if (corpora.length === 0) {
      if (this.test?.parent !== undefined) this.test.parent.title += " [needs ../shared/corpora]";
      this.skip();
    }
    requireOracle(this);
  });

  for (const corpus of corpora) {
    it(`${corpus}: every rule's CEL gives the TypeScript's verdict on every object, but for those listed with their reason`, function () {
      this.timeout(300_000);
      const expectations = expectationsOf(corpus);
      const objects = distinct(expectations.flatMap(({ resources }) => objectsOf(resources)));
      const found = objects.length === 0 ? [] : disagreements(objects);
      assert.deepEqual(
        found.filter(one => !isListed(one)),
        [],
      );
    });
  }
});

/** The smallest part of an object about which the two still disagree. */
function shrunk(
  found: { rule: string; object: Json },
  config: Record<string, unknown>,
): { rule: string; object: Json } {
  const candidates = without(found.object).filter(
    one => "kind" in (one as Json) && "apiVersion" in (one as Json),
  ) as Json[];
  const next = disagreements(candidates, config).find(({ rule }) => rule === found.rule);
  return next === undefined ? found : shrunk(next, config);
}

/** A rule's CEL for each kind that it judges, with its variables written out: what a variable holds has no type for the checker. */
function typeChecks(id: string): object[] {
  const rule = admitted.find(one => one.id === id);
  if (rule === undefined) return [];
  const { kinds, variables } = subjects[rule.admission.of];
  const configured = readConfig({}, rules);
  const expression = rule.admission.problems({ settings: configured.settingsOf(rule), standard: configured.standard });
  // Pods stand for all that hold one; ephemeral containers have a type of their own.
  const ofPod = {
    pod: "object",
    spec: "object.spec",
    labels: "object.metadata.labels",
    annotations: "object.metadata.annotations",
    volumes: "object.spec.volumes",
    main: "object.spec.containers",
    scheduled: "object.spec.containers",
    containers: "object.spec.initContainers",
  };
  const own: Record<string, string> = rule.admission.of === "pods" ? { ...variables, ...ofPod } : variables;
  const written = (text: string): string =>
    text.replaceAll(/variables\.(\w+)/g, (whole, name: string) =>
      name in own ? `(${written(own[name] ?? "")})` : whole,
    );
  return Object.entries(rule.admission.of === "pods" ? { "": ["Pod"] } : kinds).flatMap(([group, names]) =>
    names.map(kind => ({
      metadata: { name: id },
      spec: {
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [group],
              apiVersions: ["v1"],
              operations: ["CREATE"],
              resources: [`${kind.toLowerCase()}s`.replace(/ys$/, "ies").replace(/sss$/, "sses")],
            },
          ],
        },
        validations: [{ expression: `(${written(expression)}).size() == 0` }],
      },
    })),
  );
}
