import assert from "node:assert/strict";
import { ResourceSubject, StackSubject } from "../../policies/subject.js";

const resources = Array.from({ length: 50 }, (_, index) => ({
  urn: `urn:${index}`,
  type: index % 2 === 0 ? "kubernetes:apps/v1:Deployment" : "kubernetes:core/v1:Service",
  name: `x${index}`,
  properties: { metadata: { name: `x${index}` } },
}));

describe("the resources of a stack", () => {
  it("are looked through once for a kind, however many rules ask for each of them", () => {
    let looked = 0;
    class Counted extends ResourceSubject {
      override get objects() {
        looked++;
        return super.objects;
      }
    }
    const stack = new StackSubject(resources);
    Object.assign(stack, { resources: resources.map(resource => new Counted(resource, stack)) });
    for (let asked = 0; asked < 50; asked++) assert.equal(stack.objectsOf("apps", "Deployment").length, 25);
    assert.equal(looked, resources.length);
    assert.equal(stack.objectsOf("core", "Service").length, 25);
    assert.equal(stack.objectsOf("apps", "Deployment", "StatefulSet").length, 25);
    assert.equal(stack.objectsOf("core", "Deployment").length, 0);
  });
});
