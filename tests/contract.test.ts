import assert from "node:assert/strict";
import { type Finding, type JudgedResource, judge, rules } from "../policies/findings";
import { applyPatch } from "../policies/patch";
import type { PodRule, Rule } from "../policies/rule";
import type { PreviewResult } from "../preview/result";
import { everyComponent, urnsBelow } from "./support/everyComponent";
import { formName, forms } from "./support/forms";

/** "Components encode, policies enforce", in one check: every component, in both forms, before every rule. */

const today = new Date("2026-11-22T12:00:00Z");

/** Advice that components do not take, and why. */
const declined: Record<string, string> = {
  "k8s-secret-env-ref":
    "links hand credentials over as environment variables, which every program can read; they come from Secrets, never from the pod spec",
};

/** A resource as the pack judges it. */
function judged(resource: PreviewResult["resources"][number], all: PreviewResult["resources"]): JudgedResource {
  const { urn, type, name, inputs, parent, protect, retainOnDelete, aliases, provider } = resource;
  const properties = provider && all.find(other => other.urn === provider.urn)?.inputs;
  return {
    urn,
    type,
    name,
    properties: inputs,
    options: { protect, retainOnDelete, aliases },
    ...(parent === undefined ? {} : { parent }),
    ...(provider === undefined ? {} : { provider: { ...provider, properties: properties ?? {} } }),
    dependencies: resource.dependencies,
    propertyDependencies: resource.propertyDependencies,
  };
}

/** Where each workload kind keeps its pod. */
const podPaths: Record<string, string> = {
  Deployment: "/spec/template",
  StatefulSet: "/spec/template",
  DaemonSet: "/spec/template",
  Job: "/spec/template",
  CronJob: "/spec/jobTemplate/spec/template",
};
const podPath = ({ type }: JudgedResource) => podPaths[type.slice(type.lastIndexOf(":") + 1)];

let resources: JudgedResource[] = [];
let findings: Finding[] = [];

before(async function () {
  // Where the preview is not compiled yet, that comes first.
  this.timeout(180_000);
  const result = await everyComponent();
  resources = result.resources.map(resource => judged(resource, result.resources));
  findings = judge(resources, {}, today);
});

/** The component's own URN and those of everything below it. */
const urnsOf = (name: string) => urnsBelow(resources, name);

for (const kind of Object.keys(forms)) {
  describe(`${kind} before every rule`, () => {
    for (const form of ["minimal", "full"] as const) {
      it(`breaks none in its ${form} form, and leaves none undetermined`, () => {
        const urns = urnsOf(formName(kind, form));
        assert.ok(urns.size > 1, `${kind} registered nothing`);
        const open = findings.filter(({ urn, exception, rule }) => urns.has(urn) && !exception && !(rule in declined));
        assert.deepEqual(
          open.map(({ rule, verdict, message }) => `${rule} (${verdict}): ${message}`),
          [],
        );
      });
    }
  });
}

describe("the contract of components and rules", () => {
  it("declines only advice that is given", () => {
    for (const rule of Object.keys(declined)) {
      const given = findings.filter(finding => finding.rule === rule);
      assert.ok(given.length > 0, `${rule} is not broken any more`);
      assert.ok(
        given.every(({ level }) => level === "advisory"),
        `${rule} is mandatory`,
      );
    }
  });

  it("covers what no component owns: findings on the stack itself", () => {
    const owned = new Set(
      Object.keys(forms).flatMap(kind => [...urnsOf(formName(kind, "minimal")), ...urnsOf(formName(kind, "full"))]),
    );
    const rest = findings.filter(({ urn, rule, exception }) => !owned.has(urn) && !exception && !(rule in declined));
    assert.deepEqual(
      rest.map(({ rule, message }) => `${rule}: ${message}`),
      [],
    );
  });
});

/** Rules that a finding in the list breaks, by id. */
const brokenBy = (changed: readonly JudgedResource[]) =>
  new Set(judge(changed, { all: "mandatory" }, today).map(({ rule }) => rule));

/** Rules that the workload breaks after a change of its pod and did not break before. */
function newlyBroken(workload: JudgedResource, edits: Record<string, unknown>): string[] {
  const base = podPath(workload) ?? "";
  const patch = Object.entries(edits).map(([pointer, value]) => ({
    op: value === undefined ? ("remove" as const) : ("add" as const),
    path: `${base}${pointer}`,
    value,
  }));
  const properties = applyPatch(workload.properties, patch);
  const [before, after] = [workload, { ...workload, properties }].map(subject => brokenBy([subject]));
  return [...(after ?? [])].filter(rule => !before?.has(rule)).sort();
}

const workloads = () => resources.filter(resource => podPath(resource) !== undefined);
const container = "/spec/containers/0";

/** What hardenedPod sets, taken away one by one, and the one rule that must notice. */
const weakened: { field: string; edits: Record<string, unknown>; rule: string; also?: string[] }[] = [
  {
    field: "runAsNonRoot",
    edits: {
      "/spec/securityContext/runAsNonRoot": undefined,
      [`${container}/securityContext/runAsNonRoot`]: undefined,
    },
    rule: "k8s-run-as-non-root",
  },
  { field: "the user's id", edits: { "/spec/securityContext/runAsUser": 0 }, rule: "k8s-run-as-user" },
  { field: "the group's id", edits: { "/spec/securityContext/runAsGroup": 0 }, rule: "k8s-run-as-group" },
  { field: "the seccomp profile", edits: { "/spec/securityContext/seccompProfile": undefined }, rule: "k8s-seccomp" },
  {
    field: "allowPrivilegeEscalation",
    edits: { [`${container}/securityContext/allowPrivilegeEscalation`]: undefined },
    rule: "k8s-privilege-escalation",
  },
  {
    field: "the read-only root",
    edits: { [`${container}/securityContext/readOnlyRootFilesystem`]: undefined },
    rule: "k8s-read-only-rootfs",
  },
  {
    field: "the dropped capabilities",
    edits: { [`${container}/securityContext/capabilities`]: undefined },
    rule: "k8s-capabilities",
  },
  { field: "the missing API token", edits: { "/spec/automountServiceAccountToken": undefined }, rule: "k8s-sa-token" },
  { field: "the ServiceAccount of its own", edits: { "/spec/serviceAccountName": undefined }, rule: "k8s-default-sa" },
  { field: "the memory limit", edits: { [`${container}/resources/limits/memory`]: undefined }, rule: "k8s-resources" },
  {
    field: "the CPU limit",
    edits: { [`${container}/resources/limits/cpu`]: undefined },
    rule: "k8s-resources",
  },
  {
    field: "the image's digest",
    edits: { [`${container}/image`]: "registry.example/app:v1" },
    rule: "k8s-image-digest",
    // What is not pinned comes from no catalogue either.
    also: ["k8s-image-provenance"],
  },
];

/** What has no probes and no ports cannot have them wrong. */
const spared: Record<string, string[]> = {
  "k8s-probes": ["ScheduledJob"],
  "k8s-host-probes": ["ScheduledJob"],
  "k8s-host-ports": ["ScheduledJob"],
};

describe("a weakened component", () => {
  for (const { field, edits, rule, also = [] } of weakened) {
    it(`without ${field} is stopped by ${rule} and nothing else, whatever workload it is`, () => {
      // What has an exception for the rule cannot be weakened in it.
      for (const workload of workloads().filter(subject => !brokenBy([subject]).has(rule))) {
        assert.deepEqual(newlyBroken(workload, edits), [rule, ...also], workload.urn);
      }
    });
  }

  it("without protection of its data is stopped by pulumi-protect-stateful and nothing else", () => {
    const volumes = resources.filter(({ type }) => type.endsWith(":PersistentVolumeClaim"));
    assert.ok(volumes.length > 0, "no component keeps data");
    for (const volume of volumes) {
      const broken = brokenBy([{ ...volume, options: { ...volume.options, protect: false } }]);
      assert.deepEqual([...broken], ["pulumi-protect-stateful"], volume.urn);
    }
  });

  it("without probes is stopped, where it keeps running", () => {
    const running = workloads().filter(({ type }) => /:(Deployment|StatefulSet|DaemonSet)$/.test(type));
    for (const probe of ["readinessProbe", "livenessProbe"]) {
      for (const workload of running) {
        assert.deepEqual(newlyBroken(workload, { [`${container}/${probe}`]: undefined }), ["k8s-probes"], workload.urn);
      }
    }
  });

  const podRules = rules.filter((rule: Rule): rule is PodRule => rule.scope === "pod");
  for (const rule of podRules) {
    it(`is stopped by ${rule.id}, whichever component it is, by an example of the rule's own`, () => {
      for (const kind of Object.keys(forms)) {
        const urns = urnsOf(formName(kind, "full"));
        const own = workloads().filter(({ urn }) => urns.has(urn));
        if (own.length === 0 || spared[rule.id]?.includes(kind) === true) continue;
        const stopped = own.some(
          workload =>
            brokenBy([workload]).has(rule.id) ||
            Object.values(rule.examples.fail).some(edits => newlyBroken(workload, edits).includes(rule.id)),
        );
        assert.ok(stopped, `${kind}: none of ${Object.keys(rule.examples.fail).join(", ")}`);
      }
    });
  }
});
