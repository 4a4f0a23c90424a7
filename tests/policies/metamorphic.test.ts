import assert from "node:assert/strict";
import fc from "fast-check";
import { applyPatch, type Finding, type JudgedResource, judge, remediated, rules } from "../../policies/findings.js";
import type { Edits, PodRule } from "../../policies/rule.js";
import { compliantProgram, edit, exampleOf, resourcesOf, type SampleProgram } from "../../policies/samples.js";
import { unknownString } from "../../policies/value.js";

const allOn = { all: "mandatory" };
const podRules = rules.filter(rule => rule.scope === "pod");
type Json = Record<string, unknown>;

interface Example {
  rule: PodRule;
  name: string;
  edits: Edits;
}
const examples: Example[] = podRules.flatMap(rule =>
  Object.entries({ ...rule.examples.pass, ...rule.examples.fail }).map(([name, edits]) => ({ rule, name, edits })),
);
const failing = examples.filter(({ rule, name }) => name in rule.examples.fail);

/** The pod of the compliant program with an example's edits. */
function podOf(edits: Edits): { metadata: Json; spec: Json } {
  const { web } = edit(compliantProgram(), edits, "/web/properties/spec/template");
  return (web?.properties["spec"] as { template: { metadata: Json; spec: Json } }).template;
}

const metadata = { name: "web", namespace: "shop", labels: {} };
const kinds: Record<string, (pod: Json) => { type: string; properties: Json }> = {
  Pod: pod => ({ type: "kubernetes:core/v1:Pod", properties: pod }),
  PodTemplate: template => ({ type: "kubernetes:core/v1:PodTemplate", properties: { metadata, template } }),
  ReplicationController: template => ({
    type: "kubernetes:core/v1:ReplicationController",
    properties: { metadata, spec: { template } },
  }),
  Deployment: template => ({ type: "kubernetes:apps/v1:Deployment", properties: { metadata, spec: { template } } }),
  StatefulSet: template => ({ type: "kubernetes:apps/v1:StatefulSet", properties: { metadata, spec: { template } } }),
  DaemonSet: template => ({ type: "kubernetes:apps/v1:DaemonSet", properties: { metadata, spec: { template } } }),
  ReplicaSet: template => ({ type: "kubernetes:apps/v1:ReplicaSet", properties: { metadata, spec: { template } } }),
  Job: template => ({ type: "kubernetes:batch/v1:Job", properties: { metadata, spec: { template } } }),
  CronJob: template => ({
    type: "kubernetes:batch/v1:CronJob",
    properties: { metadata, spec: { jobTemplate: { spec: { template } } } },
  }),
  DeploymentList: template => ({
    type: "kubernetes:apps/v1:DeploymentList",
    properties: { items: [{ metadata, spec: { template } }] },
  }),
  List: pod => ({
    type: "kubernetes:core/v1:List",
    properties: { items: [{ apiVersion: "v1", kind: "Pod", ...pod }] },
  }),
};

function verdictsIn(kind: string, pod: Json, { id }: PodRule): string[] {
  const make = kinds[kind] as (pod: Json) => { type: string; properties: Json };
  const resources = resourcesOf({ web: make(pod) } satisfies SampleProgram);
  return judge(resources, allOn)
    .filter(({ rule }) => rule === id)
    .map(({ verdict }) => verdict)
    .sort();
}

/** Rules that mean some kinds or containers only, by their nature. */
const onlyLongRunning = new Set(["k8s-probes"]);
const notEphemeral = new Set(["k8s-resources", "k8s-resource-bounds", "k8s-probes"]);
const onlyMain = new Set(["k8s-probes"]);

describe("a pod rule's verdict", () => {
  it("does not change when the pod moves to another kind", () => {
    for (const { rule, name, edits } of examples) {
      const expected = verdictsIn("Deployment", podOf(edits), rule);
      for (const kind of Object.keys(kinds)) {
        if (onlyLongRunning.has(rule.id) && ["Job", "CronJob"].includes(kind)) continue;
        assert.deepEqual(verdictsIn(kind, podOf(edits), rule), expected, `${rule.id}: ${name}, in a ${kind}`);
      }
    }
  });

  it("does not change when containers move to another list", () => {
    for (const { rule, name, edits } of failing) {
      for (const list of ["initContainers", "ephemeralContainers"]) {
        if (onlyMain.has(rule.id) || (list === "ephemeralContainers" && notEphemeral.has(rule.id))) continue;
        const pod = podOf(edits);
        const containers = ["containers", "initContainers"].flatMap(from => pod.spec[from] as Json[]);
        const spec: Json = { ...pod.spec, containers: [], initContainers: [], [list]: containers };
        const expected = verdictsIn("Deployment", pod, rule);
        assert.deepEqual(verdictsIn("Deployment", { ...pod, spec }, rule), expected, `${rule.id}: ${name}, in ${list}`);
      }
    }
  });

  it("does not change when an innocent container, volume, label or annotation is added, or lists are reordered", () => {
    const innocent = podOf({});
    fc.assert(
      fc.property(fc.constantFrom(...examples), fc.boolean(), fc.string(), (example, isFirst, text) => {
        const { rule, name, edits } = example;
        const pod = podOf(edits);
        const add = (list: string, item: Json) => {
          const items = ((pod.spec[list] ?? []) as Json[]).slice().reverse();
          pod.spec[list] = isFirst ? [item, ...items] : [...items, item];
        };
        const expected = verdictsIn("Deployment", podOf(edits), rule);
        // What the pod leaves to its containers, an added one says for itself.
        const [sibling] = innocent.spec["containers"] as Json[];
        const context = {
          ...(sibling?.["securityContext"] as Json),
          runAsNonRoot: true,
          seccompProfile: { type: "RuntimeDefault" },
        };
        if (edits["/spec/resources"] === undefined)
          add("containers", { ...sibling, name: "sibling", securityContext: context });
        add("volumes", { name: "more", emptyDir: { sizeLimit: "1Mi" } });
        pod.metadata["labels"] = { ...(pod.metadata["labels"] as Json), [`example.com/${text}`]: text };
        pod.metadata["annotations"] = { ...(pod.metadata["annotations"] as Json), [`example.com/${text}`]: text };
        assert.deepEqual(verdictsIn("Deployment", pod, rule), expected, `${rule.id}: ${name}`);
      }),
      { numRuns: 500 },
    );
  });

  it("does not change when a field that the rule does not read becomes unknown", () => {
    for (const { rule, name, edits } of examples) {
      const pod = podOf(edits);
      const expected = verdictsIn("Deployment", podOf(edits), rule);
      pod.spec["terminationGracePeriodSeconds"] = unknownString;
      pod.spec["priorityClassName"] = unknownString;
      for (const container of pod.spec["containers"] as Json[]) {
        Object.assign(container, { workingDir: unknownString, command: [unknownString] });
      }
      assert.deepEqual(verdictsIn("Deployment", pod, rule), expected, `${rule.id}: ${name}`);
    }
  });

  it("is undetermined, and not passed, when the whole pod or its containers are unknown", () => {
    for (const rule of podRules) {
      if (rule.id === "k8s-image-pull-policy") continue; // What an unknown image needs is not known to need anything.
      assert.deepEqual(
        [...new Set(verdictsIn("Deployment", { metadata: unknownString, spec: unknownString }, rule))],
        ["undetermined"],
        rule.id,
      );
    }
  });
});

/** What a name decides stays a violation; what only the form of a text shows is judged when the text is known. */
const otherwise: Record<string, string> = {
  "docker-image: a token as argument": "violation",
  "k8s-ingress-snippets: a snippet": "violation",
  "k8s-secret-configmap: inside a file": "",
  "k8s-secret-configmap: a setting in a file": "",
  "k8s-secret-env-literal: inside a URL": "",
  "k8s-secret-env-literal: on the command line": "",
};

/** A copy of the resources with another value at one place. */
function withValueAt(resources: readonly JudgedResource[], { urn, path }: Finding, value: unknown): JudgedResource[] {
  return resources.map(resource =>
    resource.urn === urn
      ? { ...resource, properties: edit(structuredClone(resource.properties), { [path]: value }) }
      : resource,
  );
}

/** Findings about what is in the program at all, not about a value: a resource's type, options or place, or another's absence. */
const notAboutAValue = new Set([
  "k8s-netpol-missing",
  "k8s-naked-pod",
  "k8s-deprecated-api",
  "pulumi-default-provider",
  "pulumi-helm-release-opaque",
  "pulumi-protect-stateful",
]);

describe("a finding", () => {
  const broken = rules
    .filter(({ scope, id }) => scope !== "exceptions" && !notAboutAValue.has(id))
    .flatMap(rule => Object.entries(rule.examples.fail).map(([name, edits]) => ({ rule, name, edits })));

  it("is undetermined when the value that decides it is unknown", () => {
    const others: string[] = [];
    for (const { rule, name, edits } of broken) {
      const resources = exampleOf(rule, edits);
      const found = judge(resources, allOn).filter(finding => finding.rule === rule.id);
      for (const finding of found.filter(({ path }) => path !== "")) {
        const after = judge(withValueAt(resources, finding, unknownString), allOn).filter(
          one => one.rule === rule.id && one.urn === finding.urn && one.path === finding.path,
        );
        const verdicts = [...new Set(after.map(({ verdict }) => verdict))].join();
        if (verdicts !== (otherwise[`${rule.id}: ${name}`] ?? "undetermined"))
          others.push(`${rule.id}: ${name}, with ${finding.path} unknown: ${verdicts || "passed"}`);
      }
    }
    assert.deepEqual(others, []);
  });

  it("points into the resource that it names", () => {
    for (const { rule, name, edits } of broken) {
      const resources = exampleOf(rule, edits);
      for (const { urn, path } of judge(resources, allOn)) {
        assert.ok(
          resources.some(resource => resource.urn === urn),
          `${rule.id}: ${name}`,
        );
        assert.match(path, /^(\/[^/]+)*$/, `${rule.id}: ${name}`);
      }
    }
  });

  it("is gone when its fix is applied", () => {
    const fixed = new Set<string>();
    for (const { rule, name, edits } of broken) {
      const resources = exampleOf(rule, edits);
      for (const finding of judge(resources, allOn)) {
        const { rule: id, urn, path, fix } = finding;
        if (fix === undefined) continue;
        fixed.add(id);
        const after = resources.map(one =>
          one.urn === urn ? { ...one, properties: applyPatch(one.properties, fix) } : one,
        );
        const left = judge(after, allOn).filter(one => one.rule === id && one.urn === urn && one.path === path);
        assert.deepEqual(left, [], `${rule.id}: ${name}`);
      }
    }
    assert.ok(fixed.size >= 15, [...fixed].join(", "));
  });
});

describe("remediation", () => {
  const config = { all: "remediate" };

  it("leaves nothing that it could repair, and changes nothing the second time", () => {
    for (const rule of rules) {
      for (const edits of Object.values(rule.examples.fail)) {
        for (const resource of exampleOf(rule, edits)) {
          const once = remediated(resource, config);
          assert.equal(remediated(once, config), once, rule.id);
          assert.ok(
            !judge([once], config).some(({ fix, exception }) => fix !== undefined && exception === undefined),
            rule.id,
          );
        }
      }
    }
  });

  it("does not touch a compliant resource", () => {
    for (const resource of resourcesOf(compliantProgram())) assert.equal(remediated(resource, config), resource);
  });

  it("leaves alone what an exception excuses", () => {
    const exceptions = [{ rule: "k8s-host-namespaces", reason: "agent", owner: "platform", expires: "2999-12-31" }];
    const resources = resourcesOf(
      edit(compliantProgram(), {
        "/web/properties/spec/template/spec/hostPID": true,
        "/web/properties/metadata/annotations": { "policy.bulkhead.dev/exceptions": JSON.stringify(exceptions) },
      }),
    );
    for (const resource of resources) assert.equal(remediated(resource, config), resource);
  });

  it("marks credentials as secrets, without offering their text as a fix", () => {
    const resources = resourcesOf(
      edit(compliantProgram(), { "/credentials/properties/stringData": { password: "horse" } }),
    );
    const found = judge(resources);
    assert.deepEqual(
      found.map(({ rule, fix }) => [rule, fix]),
      [["pulumi-secret-unmarked", undefined]],
    );
    assert.ok(!JSON.stringify(found).includes("horse"));
    assert.deepEqual(judge(resources.map(resource => remediated(resource))), []);
  });
});
