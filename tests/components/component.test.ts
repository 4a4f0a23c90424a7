import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { WebService } from "../../components/app/webService";
import { Worker } from "../../components/app/worker";
import { ContainerImage } from "../../components/images/containerImage";
import { exceptionsAnnotation } from "../../components/lib/exceptions";
import { SecureNamespace } from "../../components/network/secureNamespace";
import { at, deploy, placement, refusal } from "../support/deploy";
import { context, exception, forms, image } from "../support/forms";

const args = { namespace: placement, image };

describe("every component", () => {
  it("refuses to run without an explicit provider, because a default one deploys wherever the shell points at", async () => {
    assert.match(
      await refusal(() => new WebService("api", args)),
      /^WebService "api": no Kubernetes provider given; pass one in \{ provider \}, or a parent that has one\. A default provider would deploy/,
    );
    assert.match(
      await refusal(({ providers }) => {
        const { kubernetes } = providers as Record<string, pulumi.ProviderResource>;
        return new ContainerImage(
          "api",
          { repository: "registry.example/api", tag: "v1", context },
          { provider: kubernetes! },
        );
      }),
      /^ContainerImage "api": no Docker provider given/,
    );
  });

  it("takes its provider from its parent", async () => {
    const deployed = await deploy(opts => {
      const parent = new SecureNamespace("shop", { issuer: placement.issuer }, opts);
      return new WebService("api", args, { parent });
    });
    assert.match(deployed.get("Deployment", "api").provider, /pulumi:providers:kubernetes::cluster/);
  });

  it("uses no other provider than the one given, for any child of any component in any form", async () => {
    const deployed = await deploy(opts => {
      Object.values(forms).forEach(({ minimal, full }, index) => [minimal(`a${index}`, opts), full(`b${index}`, opts)]);
    });
    const children = deployed.resources.filter(
      ({ type }) => !type.startsWith("bulkhead:") && !type.startsWith("pulumi:"),
    );
    assert.ok(children.length > 50, `${children.length} children`);
    for (const { urn, provider } of children) assert.match(provider, /::(cluster|engine)::/, urn);
  });

  it("refuses a name that is no short DNS label, before it registers anything", async () => {
    for (const name of ["", "API", "1api", "api-", "a".repeat(41), "api_1", "é", undefined, 5]) {
      assert.match(
        await refusal(opts => new Worker(name as string, args, opts)),
        /^Worker .*: name must be lower-case letters, digits and inner hyphens, start with a letter and have at most 40 characters$/,
      );
    }
    const registered = await deploy(opts => {
      assert.throws(() => new Worker("API", args, opts));
    });
    assert.deepEqual(registered.all("Worker"), []);
  });

  it("refuses to be made without arguments", async () => {
    assert.equal(
      await refusal(opts => new Worker("mailer", undefined as never, opts)),
      'Worker "mailer": arguments must be an object, got undefined',
    );
  });

  it("refuses an object that another component of the same namespace already makes", async () => {
    assert.equal(
      await refusal(opts => {
        new WebService("api", args, opts);
        new Worker("api", args, opts);
      }),
      'Worker "api": ServiceAccount "api" already belongs to WebService "api"; give one of them another name',
    );
    const elsewhere = { ...args, namespace: { ...placement, namespaceName: "other" } };
    await deploy(opts => [new WebService("api", args, opts), new Worker("api", elsewhere, opts)]);
  });

  it("may be made again in another run of the same process", async () => {
    await deploy(opts => new Worker("mailer", args, opts));
    await deploy(opts => new Worker("mailer", args, opts));
  });

  it("puts its exceptions on every object and every pod template, so that pack and cluster see the same", async () => {
    const deployed = await deploy(
      opts => new WebService("api", { ...args, exceptions: [exception], migration: { command: ["/migrate"] } }, opts),
    );
    const children = deployed.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    for (const { inputs, urn } of children) {
      const annotations = at(inputs, "metadata.annotations") as Record<string, string>;
      assert.deepEqual(JSON.parse(annotations[exceptionsAnnotation] ?? "null"), [exception], urn);
    }
    for (const [kind, name] of [
      ["Deployment", "api"],
      ["Job", "api-migrate"],
    ] as const) {
      const template = at(deployed.get(kind, name).inputs, "spec.template.metadata.annotations") as Record<
        string,
        string
      >;
      assert.ok(template[exceptionsAnnotation], kind);
    }
  });

  it("has no annotations where it has nothing to say", async () => {
    const deployed = await deploy(opts => new Worker("mailer", args, opts));
    assert.equal(at(deployed.get("ServiceAccount", "mailer").inputs, "metadata.annotations"), undefined);
  });

  it("refuses an exception without rule, reason, owner or a day on which it ends", async () => {
    const refused = (change: object) =>
      refusal(opts => new Worker("mailer", { ...args, exceptions: [{ ...exception, ...change }] }, opts));
    assert.match(
      await refused({ owner: " " }),
      /^Worker "mailer": exceptions\[0\]\.owner must be a text that is not blank, got " "$/,
    );
    assert.match(await refused({ expires: "soon" }), /exceptions\[0\]\.expires must be a day, YYYY-MM-DD, got "soon"$/);
    assert.match(
      await refused({ expires: "2027-02-30" }),
      /exceptions\[0\]\.expires must be a day that exists, got "2027-02-30"$/,
    );
    assert.match(
      await refusal(opts => new Worker("mailer", { ...args, exceptions: "all" as never }, opts)),
      /exceptions must be a list, got "all"$/,
    );
  });

  it("labels all its objects with program, component, system and stack", async () => {
    const deployed = await deploy(opts => new Worker("mailer", args, opts));
    for (const { inputs, urn } of deployed.resources.filter(({ type }) => type.startsWith("kubernetes:"))) {
      assert.deepEqual(
        at(inputs, "metadata.labels"),
        {
          "app.kubernetes.io/name": "mailer",
          "app.kubernetes.io/instance": "mailer",
          "app.kubernetes.io/component": "worker",
          "app.kubernetes.io/part-of": "flowmarine",
          "app.kubernetes.io/managed-by": "bulkhead",
          "bulkhead.dev/stack": "test",
        },
        urn,
      );
    }
  });
});
