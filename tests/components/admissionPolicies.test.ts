import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { AdmissionPolicies, type AdmissionPoliciesArgs, SecureNamespace, Worker } from "../../components/index";
import type { Exception } from "../../components/lib/exceptions";
import { preview, removeTemporary, repository, program as sample } from "../preview/host/support";
import { at, type Deployment, deploy, placement, refusal } from "../support/deploy";
import { image } from "../support/forms";
import { OneJob } from "./support/autonamed";

const { issuer } = placement;
const excused: Exception = {
  rule: "k8s-host-path",
  reason: "reads a device of the node",
  owner: "platform",
  expires: "2099-12-31",
};
type Options = pulumi.ComponentResourceOptions;

/** A program with the policies and whatever is made after them. */
function program(more: (opts: Options) => unknown, args: Partial<AdmissionPoliciesArgs> = {}): Promise<Deployment> {
  return deploy(opts => {
    new SecureNamespace("ops", { issuer }, opts);
    new AdmissionPolicies("guard", { settleSeconds: 0, ...args }, opts);
    more(opts);
  });
}

const policies = (deployed: Deployment) => deployed.all("ValidatingAdmissionPolicy");
/** Variable that says who is excused from a rule → its CEL, of all policies. */
const excuses = (deployed: Deployment): Record<string, string> => {
  const all = policies(deployed).flatMap(({ inputs }) => at(inputs, "spec.variables"));
  const own = (all as { name: string; expression: string }[]).filter(({ name }) => name.startsWith("excused_"));
  return Object.fromEntries(own.map(({ name, expression }) => [name, expression]));
};
const bindings = (deployed: Deployment) => deployed.all("ValidatingAdmissionPolicyBinding");

describe("AdmissionPolicies", () => {
  it("binds each policy, after the policy, and keeps nothing beside them", async () => {
    const deployed = await program(() => undefined);
    assert.ok(policies(deployed).length > 5);
    assert.equal(bindings(deployed).length, policies(deployed).length);
    for (const policy of policies(deployed)) {
      const binding = deployed.get("ValidatingAdmissionPolicyBinding", policy.name);
      assert.equal(at(binding.inputs, "spec.policyName"), at(policy.inputs, "metadata.name"));
      assert.ok(binding.dependsOn.includes(policy.urn), policy.name);
    }
    assert.deepEqual(
      deployed.resources.filter(
        ({ name, type }) => name.startsWith("guard-") && !type.includes(":ValidatingAdmission"),
      ),
      [],
    );
  });

  it("holds where SecureNamespace's labels are, and nowhere else", async () => {
    const deployed = await program(() => undefined);
    const labels = at(deployed.get("Namespace", "ops").inputs, "metadata.labels") as Record<string, string>;
    for (const { inputs } of policies(deployed)) {
      const selector = at(inputs, "spec.matchConstraints.namespaceSelector") as {
        matchLabels: Record<string, string>;
        matchExpressions: { key: string; operator: string; values: string[] }[];
      };
      assert.equal(Object.keys(selector.matchLabels).length, 3);
      for (const [label, value] of Object.entries(selector.matchLabels)) assert.equal(labels[label], value, label);
      assert.deepEqual(
        selector.matchExpressions.map(({ key, operator }) => `${key} ${operator}`),
        ["kubernetes.io/metadata.name NotIn"],
      );
      assert.ok(selector.matchExpressions[0]?.values.includes("kube-system"));
    }
  });

  it("tells the cluster the exceptions of components, by namespace, kind and name", async () => {
    const deployed = await program(
      opts => new Worker("agent", { namespace: placement, image, exceptions: [excused] }, opts),
    );
    assert.deepEqual(excuses(deployed), {
      excused_k8s_host_path: 'variables.identity in ["flowmarine/Deployment/agent"]',
    });
  });

  it("tells them before the objects come that need them, also in namespaces of this program that have some themselves", async () => {
    const deployed = await program(opts => {
      const seesNode = { ...excused, rule: "k8s-psa-label" };
      const namespace = new SecureNamespace(
        "node",
        { issuer, podSecurity: "privileged", exceptions: [seesNode] },
        opts,
      );
      new Worker("agent", { namespace, image, exceptions: [excused] }, opts);
      new Worker("plain", { namespace, image }, opts);
    });
    for (const { urn } of policies(deployed)) {
      assert.ok(deployed.get("Namespace", "node").dependsOn.includes(urn));
      assert.ok(deployed.get("Deployment", "agent").dependsOn.includes(urn));
      assert.ok(!deployed.get("Deployment", "plain").dependsOn.includes(urn));
    }
    assert.deepEqual(Object.keys(excuses(deployed)).sort(), ["excused_k8s_host_path", "excused_k8s_psa_label"]);
  });

  it("sends objects with exceptions when the API servers have had time to take the policies up, and no other waits", async () => {
    const waits: number[] = [];
    const { setTimeout: real } = globalThis;
    globalThis.setTimeout = ((run: () => void, millis = 0) => {
      waits.push(millis);
      return real(run, 0);
    }) as typeof setTimeout;
    try {
      await program(opts => new Worker("plain", { namespace: placement, image }, opts), { settleSeconds: 41 });
      const alone = waits.splice(0).filter(millis => millis === 41_000);
      await program(opts => new Worker("agent", { namespace: placement, image, exceptions: [excused] }, opts), {
        settleSeconds: 41,
      });
      assert.deepEqual([alone, waits.filter(millis => millis === 41_000)], [[], [41_000]]);
    } finally {
      globalThis.setTimeout = real;
    }
  });

  it("knows an object that gets the rest of its name from the provider by the beginning", async () => {
    const deployed = await program(opts => new OneJob("run", [excused], opts));
    assert.match(String(excuses(deployed)["excused_k8s_host_path"]), /^\["flowmarine\/Job\/run-"\]\.exists/);
  });

  it("leaves out what has expired, what excuses nothing at admission, and what is no exception", async () => {
    const deployed = await program(opts => {
      const exceptions = [
        { ...excused, expires: "2020-01-01" },
        { ...excused, rule: "k8s-replicas" },
        { ...excused, rule: "rbac-wildcard" },
      ];
      new Worker("agent", { namespace: placement, image, exceptions }, opts);
      const annotations = { "policy.bulkhead.dev/exceptions": "no JSON" };
      new Worker(
        "other",
        {
          namespace: placement,
          image,
          transform: { deployment: args => ({ ...args, metadata: { ...(args.metadata as object), annotations } }) },
        },
        opts,
      );
    });
    assert.deepEqual(excuses(deployed), {});
  });

  it("says so at preview, once and in its own name, when there are more exceptions than the cluster can be told", async function () {
    this.timeout(180_000);
    const programDir = sample(
      `
      const k8s = require("@pulumi/kubernetes");
      const { AdmissionPolicies } = require(${JSON.stringify(join(repository, "components/admission/admissionPolicies"))});
      const { Component } = require(${JSON.stringify(join(repository, "components/lib/component"))});
      const opts = { provider: new k8s.Provider("cluster", { context: "x" }) };
      new AdmissionPolicies("guard", {}, opts);
      class Many extends Component {
        constructor(name: string) {
          super("bulkhead:test:Many", name, { app: "a", role: "r" }, { exceptions: [${JSON.stringify(excused)}] }, opts);
          const args = { metadata: { namespace: "shop" }, spec: { selector: {}, template: {} } };
          for (let i = 0; i < 1600; i++) this.child(k8s.apps.v1.DaemonSet, "x".repeat(40) + i, args);
        }
      }
      new Many("m");
    `,
      { "tsconfig.json": readFileSync(join(repository, "tsconfig.run.json"), "utf8") },
      "index.ts",
    );
    try {
      await assert.rejects(preview(programDir), (error: Error) => {
        const said =
          /: AdmissionPolicies "guard": k8s-host-path: exceptions must be a CEL expression of at most 100000 characters, got \d{6} of 1600 exceptions$/;
        return said.test(error.message) && error.message.split("AdmissionPolicies").length === 2;
      });
    } finally {
      removeTemporary();
    }
  });

  it("says so when an exception comes too late to be told", async () => {
    let message: string | undefined;
    await program(opts => {
      const late = () => {
        try {
          new Worker("late", { namespace: placement, image, exceptions: [excused] }, opts);
        } catch (error) {
          message = (error as Error).message;
        }
      };
      setImmediate(() => setImmediate(late));
    });
    for (let turn = 0; turn < 100 && message === undefined; turn++) await new Promise(resolve => setImmediate(resolve));
    assert.match(String(message), /^Worker "late": \w+ "late" has exceptions, and is made after/);
  });

  it("warns where it would refuse, in mode audit", async () => {
    const actions = (deployed: Deployment) =>
      bindings(deployed).map(({ inputs }) => String(at(inputs, "spec.validationActions")));
    assert.deepEqual([...new Set(actions(await program(() => undefined)))].sort(), ["Deny", "Warn,Audit"]);
    assert.deepEqual([...new Set(actions(await program(() => undefined, { mode: "audit" })))], ["Warn,Audit"]);
  });

  it("takes levels from its environment, and from what is given besides", async () => {
    const judged = async (args: Partial<AdmissionPoliciesArgs>, policy: string) => {
      const spec = (await program(() => undefined, args)).get("ValidatingAdmissionPolicy", policy).inputs["spec"];
      return String(at(spec, "validations.0.message"));
    };
    assert.match(await judged({}, "guard-pods-deny"), /k8s-host-ports/);
    assert.doesNotMatch(await judged({ environment: "local" }, "guard-pods-deny"), /k8s-host-ports/);
    assert.match(await judged({ environment: "local" }, "guard-pods-warn"), /k8s-host-ports/);
    assert.doesNotMatch(
      await judged({ config: { "k8s-host-ports": "disabled" } }, "guard-pods-deny"),
      /k8s-host-ports/,
    );
  });

  it("refuses arguments that cannot be, in its own name", async () => {
    const refused = (args: object) => refusal(opts => new AdmissionPolicies("guard", args, opts));
    assert.match(
      await refused({ mode: "off" }),
      /^AdmissionPolicies "guard": mode must be one of enforce, audit, got "off"$/,
    );
    assert.match(
      await refused({ environment: "prod" }),
      /environment must be one of local, staging, production, got "prod"$/,
    );
    assert.match(
      await refused({ trustedUsers: ["a b"] }),
      /trustedUsers must be a user name without spaces, got "a b"$/,
    );
    assert.match(await refused({ settleSeconds: -1 }), /settleSeconds must be a whole number in 0 to 60, got -1$/);
    assert.match(
      await refused({ config: { "k8s-none": "mandatory" } }),
      /^AdmissionPolicies "guard": policy pack configuration: k8s-none: no such rule$/,
    );
  });
});
