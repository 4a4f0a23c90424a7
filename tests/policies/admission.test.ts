import assert from "node:assert/strict";
import { admissionObjects, environmentConfig, exceptionData } from "../../policies/admission.js";
import { resourceOf, subjects } from "../../policies/admissionSubjects.js";
import { judge, readConfig, rules } from "../../policies/findings.js";
import { podKinds } from "../../policies/workloads.js";
import { admitted, place, policyOfEach } from "./admission/verdicts.js";

const kubernetes = rules.filter(({ id }) => /^(k8s|rbac)-/.test(id));
const today = new Date("2026-11-22T12:00:00Z");
const excused = {
  rule: "k8s-host-path",
  reason: "reads logs",
  owner: "platform",
  expires: "2026-11-22",
  kind: "DaemonSet",
  namespace: "shop-node",
  name: "logs",
};

/** Ids of the rules that a rendering refuses or warns by. */
function rulesBy(action: "deny" | "warn", objects: ReturnType<typeof admissionObjects>): string[] {
  const messages = objects
    .filter(({ kind, metadata }) => kind === "ValidatingAdmissionPolicy" && metadata.name.endsWith(`-${action}`))
    .map(({ spec }) => (spec as { validations: [{ message: string }] }).validations[0].message);
  return messages.flatMap(message => message.match(/(k8s|rbac)-[a-z-]+/g) ?? []).sort();
}

describe("every rule about Kubernetes objects", () => {
  it("is said in CEL, or says why it is not", () => {
    const silent = kubernetes.filter(({ admission }) => admission === undefined);
    assert.deepEqual(
      silent.map(({ id }) => id),
      [],
    );
    for (const { id, admission } of kubernetes) {
      const why =
        admission !== undefined && "cannot" in admission ? admission.cannot : (admission?.except ?? "as it is");
      assert.match(why, /^\S.{6,}[^.]$/, id);
    }
    assert.ok(admitted.length > 40, `${admitted.length} of ${kubernetes.length}`);
  });

  it("and no other is judged at admission", () => {
    const others = rules.filter(rule => !kubernetes.includes(rule));
    assert.deepEqual(
      others.filter(({ admission }) => admission !== undefined),
      [],
    );
  });
});

describe("admission policies", () => {
  for (const environment of ["local", "staging", "production"] as const) {
    it(`refuse and warn in ${environment} as its levels say`, () => {
      const config = environmentConfig(environment);
      const configured = readConfig(config, rules);
      const objects = admissionObjects({ ...place, name: "x", config });
      const of = (...levels: string[]) =>
        admitted
          .filter(rule => levels.includes(configured.levelOf(rule)))
          .map(({ id }) => id)
          .sort();
      assert.deepEqual(rulesBy("deny", objects), of("mandatory", "remediate"));
      assert.deepEqual(rulesBy("warn", objects), of("advisory"));
    });
  }

  it("bind to the action, to the exceptions, and to nothing else", () => {
    const objects = admissionObjects({ ...place, name: "x" });
    const bindings = objects.filter(({ kind }) => kind === "ValidatingAdmissionPolicyBinding");
    assert.equal(bindings.length * 2, objects.length);
    for (const { metadata, spec } of bindings) {
      const actions = metadata.name.endsWith("-warn") ? ["Warn", "Audit"] : ["Deny"];
      const isGuard = metadata.name === "x-exceptions";
      assert.deepEqual(spec, {
        policyName: metadata.name,
        validationActions: actions,
        ...(isGuard ? {} : { paramRef: { ...place.params, parameterNotFoundAction: "Deny" } }),
      });
    }
  });

  it("fail closed, and hold in the given namespaces only, never in Kubernetes' own", () => {
    for (const { spec } of policyOfEach()) {
      const { failurePolicy, matchConstraints } = spec as {
        failurePolicy: string;
        matchConstraints: Record<string, unknown>;
      };
      assert.equal(failurePolicy, "Fail");
      assert.deepEqual(matchConstraints["namespaceSelector"], {
        matchLabels: { team: "shop" },
        matchExpressions: [
          {
            key: "kubernetes.io/metadata.name",
            operator: "NotIn",
            values: ["kube-system", "kube-public", "kube-node-lease"],
          },
        ],
      });
    }
  });

  it("let the exceptions themselves in, whatever holds: nobody could bring them back", () => {
    const [policy] = policyOfEach().filter(({ metadata }) => metadata.name.includes("-configmaps-"));
    const excluded = (policy?.spec as { matchConstraints: { excludeResourceRules: object[] } }).matchConstraints
      .excludeResourceRules;
    assert.equal(excluded.length, 1);
    assert.deepEqual((excluded[0] as { resources: unknown; resourceNames: unknown }).resourceNames, ["exceptions"]);
  });

  it("leave out what the Pod Security level leaves out", () => {
    const config = { bulkhead: { podSecurityLevel: "baseline" } };
    const found = rulesBy("deny", admissionObjects({ ...place, name: "x", config }));
    assert.ok(found.includes("k8s-privileged") && found.includes("k8s-read-only-rootfs"));
    assert.ok(!found.includes("k8s-run-as-non-root"));
  });

  it("refuse a wrong configuration, by rule and field", () => {
    const config = { "k8s-run-as-user": { minimum: 0 } };
    assert.throws(
      () => admissionObjects({ ...place, name: "x", config }),
      /k8s-run-as-user: minimum must be at least 1/,
    );
  });

  it("judge pods in every kind in which the rules find them", () => {
    for (const [group, kinds] of Object.entries(podKinds)) {
      for (const kind of kinds) {
        const bad = { spec: { hostPID: true } };
        const inside: Record<string, object> = {
          Pod: bad,
          PodTemplate: { template: bad },
          CronJob: { spec: { jobTemplate: { spec: { template: bad } } } },
        };
        const properties = inside[kind] ?? { spec: { template: bad } };
        const resource = { urn: "urn:x", name: "x", type: `kubernetes:${group || "core"}/v1:${kind}`, properties };
        assert.ok(
          judge([resource as Parameters<typeof judge>[0][number]]).some(({ rule }) => rule === "k8s-host-namespaces"),
          kind,
        );
      }
    }
  });

  it("name resources as Kubernetes does", () => {
    const names = Object.values(subjects).flatMap(({ kinds }) =>
      Object.values(kinds as Record<string, string[]>).flat(),
    );
    assert.deepEqual([...new Set(names.map(resourceOf))].sort(), [
      ...["configmaps", "cronjobs", "daemonsets", "deployments", "ingresses", "jobs", "namespaces", "networkpolicies"],
      ...[
        "poddisruptionbudgets",
        "pods",
        "podtemplates",
        "replicasets",
        "replicationcontrollers",
        "rolebindings",
        "roles",
      ],
      ...["services", "statefulsets"],
    ]);
  });
});

describe("exceptions at admission", () => {
  it("are a line each, under their rule, to their last day", () => {
    assert.deepEqual(exceptionData([excused], today), {
      "k8s-host-path": "shop-node/DaemonSet/logs platform until 2026-11-22: reads logs",
    });
    assert.deepEqual(exceptionData([excused], new Date("2026-11-23T00:00:00Z")), {});
  });

  it("are in one order, and each once", () => {
    const other = { ...excused, name: "a" };
    const lines = exceptionData([excused, other, excused], today)["k8s-host-path"]?.split("\n");
    assert.deepEqual(
      lines?.map(line => line.split(" ")[0]),
      ["shop-node/DaemonSet/a", "shop-node/DaemonSet/logs"],
    );
    assert.deepEqual(exceptionData([excused, other], today), exceptionData([other, excused], today));
  });

  it("cannot bring another one in by their text", () => {
    const sly = { ...excused, reason: "x\nshop/Deployment/web", owner: "a\r\nshop/Deployment/web b" };
    assert.equal(exceptionData([sly], today)["k8s-host-path"]?.split("\n").length, 1);
  });

  it("are told only where their rule judges the kind", () => {
    for (const more of [
      { kind: "ServiceAccount" },
      { rule: "k8s-replicas" },
      { rule: "no-such-rule" },
      { rule: "rbac-wildcard" },
    ])
      assert.deepEqual(exceptionData([{ ...excused, ...more }], today), {});
  });
});
