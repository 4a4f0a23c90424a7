import assert from "node:assert/strict";
import { type NetworkPolicy, reachability, titleOfFlow, type Workload } from "../../lab/src/reachability.js";

const api: Workload = { name: "api", namespace: "app", labels: { app: "api" }, ports: [8443, 9000] };
const store: Workload = { name: "store", namespace: "data", labels: { app: "store" }, ports: [5432] };
const stranger: Workload = { name: "stranger", namespace: "app", labels: { app: "stranger" }, ports: [] };

const closed = (namespace: string): NetworkPolicy => ({
  metadata: { namespace, name: "deny" },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
});
const peer = (namespace: string, app: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: { app } },
});
const out: NetworkPolicy = {
  metadata: { namespace: "app", name: "out" },
  spec: {
    podSelector: { matchLabels: { app: "api" } },
    policyTypes: ["Egress"],
    egress: [{ to: [peer("data", "store")], ports: [{ port: 5432 }] }],
  },
};
const into: NetworkPolicy = {
  metadata: { namespace: "data", name: "into" },
  spec: {
    podSelector: { matchLabels: { app: "store" } },
    policyTypes: ["Ingress"],
    ingress: [{ from: [peer("app", "api")], ports: [{ port: 5432 }] }],
  },
};
const both = [closed("app"), closed("data")];
const open = (policies: NetworkPolicy[], workloads = [api, store, stranger]) =>
  reachability(workloads, policies)
    .filter(({ isOpen }) => isOpen)
    .map(titleOfFlow);
const changed = (policy: NetworkPolicy, spec: Partial<NetworkPolicy["spec"]>): NetworkPolicy => ({
  ...policy,
  spec: { ...policy.spec, ...spec },
});

describe("reachability", () => {
  it("is everything where nothing is forbidden", () => {
    assert.equal(open([]).length, reachability([api, store, stranger], []).length);
  });

  it("is nothing where both directions are closed", () => assert.deepEqual(open(both), []));

  it("needs both sides: one policy opens nothing", () => {
    assert.deepEqual(open([...both, out]), []);
    assert.deepEqual(open([...both, into]), []);
    assert.deepEqual(open([...both, out, into]), ["app/api → data/store:5432"]);
  });

  it("is of the port that is named, or of the range", () => {
    const ports = (list: { port: number; endPort?: number; protocol?: string }[]) =>
      changed(into, { ingress: [{ from: [peer("app", "api")], ports: list }] });
    assert.deepEqual(open([...both, out, ports([{ port: 5433 }])]), []);
    assert.deepEqual(open([...both, out, ports([{ port: 5432, protocol: "UDP" }])]), []);
    assert.equal(open([...both, out, ports([{ port: 5000, endPort: 6000 }])]).length, 1);
  });

  it("takes an empty list of peers or ports for all, as Kubernetes does", () => {
    const all = changed(into, { ingress: [{ from: [], ports: [] }] });
    assert.equal(open([...both, out, all]).length, 1);
  });

  it("counts an address range that holds the pods, and not where it excepts them", () => {
    const range = (ipBlock: { cidr: string; except?: string[] }) => changed(out, { egress: [{ to: [{ ipBlock }] }] });
    assert.equal(open([...both, range({ cidr: "0.0.0.0/0" }), into]).length, 1);
    assert.deepEqual(open([...both, range({ cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] }), into]), []);
    assert.deepEqual(open([...both, range({ cidr: "192.0.2.0/24" }), into]), []);
  });

  it("takes a peer without a namespace for one beside the policy", () => {
    const near = changed(out, { egress: [{ to: [{ podSelector: { matchLabels: { app: "store" } } }] }] });
    assert.deepEqual(open([...both, near, into]), []);
  });

  it("reads a selector's expressions", () => {
    const except = changed(into, {
      ingress: [
        {
          from: [
            {
              namespaceSelector: {},
              podSelector: { matchExpressions: [{ key: "app", operator: "NotIn", values: ["api"] }] },
            },
          ],
        },
      ],
    });
    assert.deepEqual(open([...both, out, except]), []);
  });
});
