import assert from "node:assert/strict";
import type { Finding as PackFinding } from "../policies/finding";
import { judge } from "../policies/findings";
import type { Finding as HostFinding } from "../preview/finding";
import { finding } from "../preview/finding";

// Neither side imports the other; here the compiler holds them to each other, in both directions.
const toHost = (f: PackFinding): HostFinding => f;
const toPack = (f: HostFinding): PackFinding => f;

const pod = {
  urn: "urn:pulumi:s::p::kubernetes:core/v1:Pod::bad",
  type: "kubernetes:core/v1:Pod",
  name: "bad",
  properties: {
    metadata: { name: "bad" },
    spec: { containers: [{ name: "c", image: "nginx", securityContext: { privileged: true } }] },
  },
};

describe("findings, from pack to host", () => {
  it("are what the host's schema says, members and all", () => {
    const found = judge([pod], {});
    assert.ok(found.length > 10, `only ${found.length} findings for a pod without any hardening`);
    for (const each of found) {
      const parsed = finding.safeParse(each);
      assert.equal(parsed.error?.message, undefined, `${each.rule}: ${JSON.stringify(each)}`);
      assert.deepEqual(toPack(toHost(each)), each);
    }
  });
});
