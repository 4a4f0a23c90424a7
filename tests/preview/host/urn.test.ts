import assert from "node:assert/strict";
import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { aliasUrns } from "../../../preview/engine/aliases.js";
import { plainResource } from "../../../preview/engine/defaultProviders.js";
import type { Deployment } from "../../../preview/engine/deployment.js";
import { buildUrn, nameOf, packageOf, typeOf } from "../../../preview/engine/urn.js";

const stack = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev";

describe("a URN", () => {
  it("names the types of all ancestor components, and not the stack", () => {
    const web = buildUrn("dev", "shop", stack, "acme:web:Web", "front");
    assert.equal(web, "urn:pulumi:dev::shop::acme:web:Web::front");
    const service = buildUrn("dev", "shop", web, "kubernetes:core/v1:Service", "front");
    assert.equal(service, "urn:pulumi:dev::shop::acme:web:Web$kubernetes:core/v1:Service::front");
  });

  it("gives back type, name and package", () => {
    const urn = "urn:pulumi:dev::shop::acme:web:Web$kubernetes:core/v1:Service::a::b";
    assert.equal(typeOf(urn), "kubernetes:core/v1:Service");
    assert.equal(nameOf(urn), "a::b");
    assert.equal(packageOf(typeOf(urn)), "kubernetes");
  });
});

describe("aliases", () => {
  const web = plainResource("urn:pulumi:dev::shop::acme:web:Web::front", "acme:web:Web", "front");
  const deploymentWith = (component: typeof web) =>
    ({
      settings: { stack: "dev", project: "shop" },
      resources: new Map([[component.urn, component]]),
    }) as unknown as Deployment;
  const deployment = deploymentWith(web);

  function alias(spec: { name?: string; type?: string; noParent?: boolean }): Alias {
    const message = new Alias();
    const body = new Alias.Spec();
    body.setName(spec.name ?? "");
    body.setType(spec.type ?? "");
    if (spec.noParent === true) body.setNoparent(true);
    message.setSpec(body);
    return message;
  }

  it("take what they leave open from the resource", () => {
    const child = { type: "kubernetes:core/v1:Service", name: "front", parent: web.urn };
    assert.deepEqual(aliasUrns(deployment, child, [alias({ name: "old" }), alias({ noParent: true })]), [
      "urn:pulumi:dev::shop::acme:web:Web$kubernetes:core/v1:Service::old",
      "urn:pulumi:dev::shop::kubernetes:core/v1:Service::front",
    ]);
  });

  it("reach a component's children, whose names follow it", () => {
    const renamed = { ...web, aliases: ["urn:pulumi:dev::shop::acme:web:Web::shopfront"] };
    const withRenamed = deploymentWith(renamed);
    const child = { type: "kubernetes:core/v1:Service", name: "front-public", parent: web.urn };
    assert.deepEqual(aliasUrns(withRenamed, child, []), [
      "urn:pulumi:dev::shop::acme:web:Web$kubernetes:core/v1:Service::shopfront-public",
    ]);
  });
});
