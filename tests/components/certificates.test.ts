import assert from "node:assert/strict";
import { WebService } from "../../components/app/webService";
import { CertificateAuthority } from "../../components/network/certificateAuthority";
import { SecureNamespace } from "../../components/network/secureNamespace";
import { at, deploy, placement, refusal } from "../support/deploy";
import { image } from "../support/forms";

describe("CertificateAuthority", () => {
  const authority = (args: object = {}) => deploy(opts => new CertificateAuthority("ca", args, opts));

  it("keeps the root's key over its renewals, so that what it signed stays valid", async () => {
    const spec = (await authority()).custom("Certificate", "ca-root").inputs["spec"];
    assert.equal(at(spec, "isCA"), true);
    assert.deepEqual(at(spec, "privateKey"), { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" });
    assert.equal(at(spec, "duration"), "87600h");
  });

  it("is where cert-manager looks for it, and signs only once its root is there", async () => {
    const deployed = await authority({ certManagerNamespace: "certs", years: 5 });
    const root = deployed.custom("Certificate", "ca-root");
    const issuer = deployed.custom("ClusterIssuer", "ca");
    assert.equal(at(root.inputs, "metadata.namespace"), "certs");
    assert.equal(at(root.inputs, "spec.duration"), "43800h");
    assert.equal(at(issuer.inputs, "spec.ca.secretName"), at(root.inputs, "spec.secretName"));
    assert.ok(issuer.dependsOn.includes(root.urn));
    assert.equal(at(issuer.inputs, "metadata.namespace"), undefined);
  });

  it("is not deleted by mistake: all TLS of the system hangs on it", async () => {
    assert.equal((await authority()).custom("Certificate", "ca-root").protect, true);
    assert.equal((await authority({ deletionProtection: false })).custom("Certificate", "ca-root").protect, false);
  });

  it("waits until cert-manager says that root and issuer are ready", async () => {
    const deployed = await authority();
    for (const resource of [deployed.custom("Certificate", "ca-root"), deployed.custom("ClusterIssuer", "ca")]) {
      assert.deepEqual(at(resource.inputs, "metadata.annotations"), { "pulumi.com/waitFor": "condition=Ready" });
    }
  });

  it("refuses a life or a namespace that cannot be", async () => {
    const refused = (args: object) => refusal(opts => new CertificateAuthority("ca", args, opts));
    assert.match(
      await refused({ years: 0.5 }),
      /^CertificateAuthority "ca": years must be a whole number in 1 to 30, got 0.5$/,
    );
    assert.match(await refused({ years: 300 }), /got 300$/);
    assert.match(
      await refused({ certManagerNamespace: "" }),
      /^CertificateAuthority "ca": certManagerNamespace must be .*got ""$/,
    );
  });
});

describe("a component's certificate", () => {
  it("is signed by the namespace's issuer, gets a new key each time, and is renewed with a third of its life left", async () => {
    const deployed = await deploy(opts => {
      const { issuer } = new CertificateAuthority("ca", {}, opts);
      const namespace = new SecureNamespace("shop", { issuer }, opts);
      return new WebService("api", { namespace, image }, opts);
    });
    const { spec } = deployed.custom("Certificate", "api-tls").inputs;
    assert.deepEqual(at(spec, "issuerRef"), { group: "cert-manager.io", kind: "ClusterIssuer", name: "ca" });
    assert.equal(at(spec, "privateKey.rotationPolicy"), "Always");
    assert.deepEqual([at(spec, "duration"), at(spec, "renewBefore")], ["2160h", "720h"]);
  });

  it("is in the Secret that the pod mounts, whole, so that renewed files appear in it", async () => {
    const deployed = await deploy(opts => new WebService("api", { namespace: placement, image }, opts));
    const pod = at(deployed.get("Deployment", "api").inputs, "spec.template.spec");
    const volumes = at(pod, "volumes") as { name: string; secret?: { secretName: string } }[];
    const tls = volumes.find(({ name }) => name === "tls");
    assert.equal(tls?.secret?.secretName, at(deployed.custom("Certificate", "api-tls").inputs, "spec.secretName"));
    const mounts = at(pod, "containers.0.volumeMounts") as { name: string; subPath?: string; readOnly: boolean }[];
    assert.deepEqual(
      mounts.filter(({ name }) => name === "tls"),
      [{ name: "tls", mountPath: "/run/bulkhead/tls", readOnly: true }],
    );
  });
});
