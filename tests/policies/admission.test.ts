import assert from "node:assert/strict";
import {
  type AdmissionException,
  admissionObjects,
  environmentConfig,
  TooManyExceptionsError,
} from "../../policies/admission.js";
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

  it("bind to the action and to nothing else: no parameter object, without which nothing would get in", () => {
    const objects = admissionObjects({ ...place, name: "x", exceptions: [excused], now: today });
    const bindings = objects.filter(({ kind }) => kind === "ValidatingAdmissionPolicyBinding");
    assert.equal(bindings.length * 2, objects.length);
    for (const { metadata, spec } of bindings) {
      const actions = metadata.name.endsWith("-warn") ? ["Warn", "Audit"] : ["Deny"];
      assert.deepEqual(spec, { policyName: metadata.name, validationActions: actions });
    }
    assert.doesNotMatch(JSON.stringify(objects), /paramKind|params/);
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

/** Variable of a policy → its CEL, of those that say who is excused. */
function excuses(exceptions: readonly AdmissionException[], now = today): Record<string, string> {
  const objects = admissionObjects({ ...place, name: "x", config: { all: "mandatory" }, exceptions, now });
  const variables = objects.flatMap(({ kind, spec }) =>
    kind === "ValidatingAdmissionPolicy"
      ? (spec as { variables: { name: string; expression: string }[] }).variables
      : [],
  );
  return Object.fromEntries(
    variables.filter(({ name }) => name.startsWith("excused_")).map(({ name, expression }) => [name, expression]),
  );
}

describe("exceptions at admission", () => {
  it("stand in the policy, under their rule, to their last day", () => {
    assert.deepEqual(excuses([excused]), {
      excused_k8s_host_path: 'variables.identity in ["shop-node/DaemonSet/logs"]',
    });
    assert.deepEqual(excuses([excused], new Date("2026-11-23T00:00:00Z")), {});
  });

  it("say only which object they are for, never why and by whom", () => {
    const [policies, plain] = [{ owner: "mallory", reason: "xyzzy" }, {}].map(more =>
      JSON.stringify(admissionObjects({ ...place, name: "x", exceptions: [{ ...excused, ...more }], now: today })),
    );
    assert.equal(policies, plain);
  });

  it("are in one order, and each once", () => {
    const names = ["b", "a-*", "logs", "a", "c-*"];
    const some = names.map(name => ({ ...excused, name }));
    assert.deepEqual(excuses([...some, excused]), {
      excused_k8s_host_path:
        'variables.identity in ["shop-node/DaemonSet/a","shop-node/DaemonSet/b","shop-node/DaemonSet/logs"] || ' +
        '["shop-node/DaemonSet/a-","shop-node/DaemonSet/c-"].exists(beginning, variables.identity.startsWith(beginning))',
    });
    const rules = ["k8s-host-path", "k8s-host-ports", "k8s-privileged"].map(rule => ({ ...excused, rule }));
    const rendered = [rules, rules.toReversed()].map(exceptions =>
      JSON.stringify(admissionObjects({ ...place, name: "x", exceptions, now: today })),
    );
    assert.equal(rendered[0], rendered[1]);
  });

  it("change nothing of the policies that have none, nor which policies there are", () => {
    const [without, withOne] = [[], [excused]].map(exceptions =>
      admissionObjects({ ...place, name: "x", exceptions, now: today }),
    );
    const changed = without?.filter((object, index) => JSON.stringify(object) !== JSON.stringify(withOne?.[index]));
    assert.deepEqual(
      changed?.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ["ValidatingAdmissionPolicy x-pods-deny"],
    );
    assert.equal(without?.length, withOne?.length);
  });

  it("are told only where their rule judges the kind", () => {
    for (const more of [
      { kind: "ServiceAccount" },
      { rule: "k8s-replicas" },
      { rule: "no-such-rule" },
      { rule: "rbac-wildcard" },
    ])
      assert.deepEqual(excuses([{ ...excused, ...more }]), {});
  });

  it("are refused where an API server could not take so many: for one rule, and for all of a policy", () => {
    const many = (count: number, rule: string) =>
      Array.from({ length: count }, (_, i) => ({ ...excused, rule, name: `${"x".repeat(40)}-${i}` }));
    const refusal = (exceptions: AdmissionException[]): string => {
      try {
        excuses(exceptions);
      } catch (error) {
        if (error instanceof TooManyExceptionsError) return error.message;
        throw error;
      }
      return "";
    };
    assert.equal(refusal(many(1300, "k8s-host-path")), "");
    assert.match(
      refusal(many(1600, "k8s-host-path")),
      /^k8s-host-path: exceptions must be a CEL expression of at most 100000 characters, got 10\d{4} of 1600 exceptions$/,
    );
    const ofPods = admitted.filter(({ admission }) => admission.of === "pods").slice(0, 11);
    assert.match(
      refusal(ofPods.flatMap(({ id }) => many(1300, id))),
      /^policy x-pods-deny: with all exceptions it must have at most 1000000 bytes, got 1\d{6}$/,
    );
  });
});
