import assert from "node:assert/strict";
import { judge } from "../../policies/findings.js";

const exception = { rule: "k8s-host-path", reason: "reads the node's logs", owner: "platform", expires: "2999-12-31" };
const annotations = { "policy.bulkhead.dev/exceptions": JSON.stringify([exception]) };
const parent = "urn:pulumi:s::p::bulkhead:observability:LogAgent::logs";
const metadata = { name: "logs", namespace: "node", annotations };

function resource(type: string, properties: object, of = parent) {
  return {
    urn: `urn:pulumi:s::p::${type}::logs-${of}`,
    type,
    name: "logs",
    parent: of,
    properties: { metadata, ...properties },
  };
}
const agent = resource("kubernetes:apps/v1:DaemonSet", {
  spec: {
    template: { metadata: { annotations }, spec: { volumes: [{ name: "logs", hostPath: { path: "/var/log/pods" } }] } },
  },
});
const service = (of?: string) => resource("kubernetes:core/v1:Service", { spec: { ports: [] } }, of);
const unused = (resources: object[]) => judge(resources as never, {}).filter(({ rule }) => rule === "exception-unused");

describe("an exception that a component puts on all its objects", () => {
  it("is used when one of them needs it", () => {
    assert.deepEqual(unused([service(), agent]), []);
  });

  it("is reported once when none of them does", () => {
    assert.equal(unused([service(), resource("kubernetes:core/v1:ConfigMap", { data: {} })]).length, 1);
  });

  it("says nothing for the objects of another component", () => {
    assert.equal(unused([agent, service(parent.replace("::logs", "::other"))]).length, 1);
  });
});
