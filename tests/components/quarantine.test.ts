import assert from "node:assert/strict";
import { quarantineLabel, SecureNamespace } from "../../components/network/secureNamespace";
import { at, deploy, placement } from "../support/deploy";
import { everyComponent } from "../support/everyComponent";

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: "Exists" | "DoesNotExist" | "In" | "NotIn"; values?: string[] }[];
}

/** Whether a label selector selects these labels, as the API server judges it. */
function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Record<string, string>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator === "Exists") return key in labels;
      if (operator === "DoesNotExist") return !(key in labels);
      return values.includes(labels[key] ?? "") === (operator === "In");
    })
  );
}

/** A pod after `kubectl label pod NAME bulkhead.dev/quarantine=true app.kubernetes.io/name- app.kubernetes.io/instance-`. */
const isolated = (labels: Record<string, string>): Record<string, string> => {
  const removed = ["app.kubernetes.io/name", "app.kubernetes.io/instance"];
  const kept = Object.entries(labels).filter(([key]) => !removed.includes(key));
  return { ...Object.fromEntries(kept), [quarantineLabel]: "true" };
};

describe("a pod in quarantine", () => {
  it("is selected by no policy that lets anything through, of any component", async function () {
    this.timeout(300_000);
    const { resources } = await everyComponent();
    const all = (kind: string) => resources.filter(({ type }) => type.endsWith(`:${kind}`));
    const policies = all("NetworkPolicy");
    const pods = ["Deployment", "StatefulSet", "DaemonSet"].flatMap(kind =>
      all(kind).map(({ name, inputs }) => ({
        name,
        namespace: at(inputs, "metadata.namespace") as string,
        labels: at(inputs, "spec.template.metadata.labels") as Record<string, string>,
      })),
    );
    assert.ok(pods.length > 8, `${pods.length} workloads`);
    const opening = (labels: Record<string, string>, namespace: string) =>
      policies.filter(
        ({ inputs }) =>
          at(inputs, "metadata.namespace") === namespace &&
          selects(at(inputs, "spec.podSelector") as Selector, labels) &&
          [at(inputs, "spec.ingress"), at(inputs, "spec.egress")].some(
            rules => Array.isArray(rules) && rules.length > 0,
          ),
      );
    const reached = pods.filter(({ labels, namespace }) => opening(labels, namespace).length > 0);
    assert.ok(reached.length > 8, "before, policies let them talk");
    for (const { name, labels, namespace } of pods) {
      assert.deepEqual(
        opening(isolated(labels), namespace).map(policy => policy.name),
        [],
        name,
      );
    }
  });

  it("is named by a policy of its namespace that lets nothing through", async () => {
    const { issuer } = placement;
    const deployed = await deploy(opts => new SecureNamespace("shop", { issuer }, opts));
    const spec = at(deployed.get("NetworkPolicy", "shop-quarantine").inputs, "spec") as { podSelector: Selector };
    assert.deepEqual(spec, {
      podSelector: { matchExpressions: [{ key: quarantineLabel, operator: "Exists" }] },
      policyTypes: ["Ingress", "Egress"],
    });
    assert.ok(selects(spec.podSelector, isolated({ "app.kubernetes.io/name": "api" })));
    assert.ok(!selects(spec.podSelector, { "app.kubernetes.io/name": "api" }));
  });
});
