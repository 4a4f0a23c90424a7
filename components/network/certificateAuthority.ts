import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { checkLabel, checkWhole } from "../lib/check";
import { withDefaults } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import type { Issuer } from "./secureNamespace";

export interface CertificateAuthorityArgs extends ComponentArgs {
  /** Namespace in which cert-manager looks for the Secrets of ClusterIssuers (its `--cluster-resource-namespace`). @default "cert-manager" */
  certManagerNamespace?: string;
  /** Life of the root, in years. Everything it signed is trusted through it, so replacing it is planned work. @default 10 */
  years?: number;
  /** Refuse to delete the root certificate: all of the system's TLS hangs on it. @default true */
  deletionProtection?: boolean;
}

export const certificateAuthorityDefaults = {
  certManagerNamespace: "cert-manager",
  years: 10,
  deletionProtection: true,
};

const hoursPerYear = 8760;

/** A duration is counted in nanoseconds in 64 bits, which is 292 years; certificates of even 30 outlive their algorithm. */
const mostYears = 30;

/** The private authority that signs every certificate inside the cluster. Its key never leaves the cluster and is in no Pulumi state. */
export class CertificateAuthority extends Component {
  /** What other components name as their issuer. */
  readonly issuer: Issuer;

  constructor(name: string, args: CertificateAuthorityArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super(
      "bulkhead:network:CertificateAuthority",
      name,
      { app: "cert-manager", role: "certificate-authority" },
      args,
      opts,
    );
    const { certManagerNamespace, years, deletionProtection } = withDefaults(certificateAuthorityDefaults, args);
    this.checked(() => {
      checkLabel("certManagerNamespace", certManagerNamespace);
      checkWhole("years", years, 1, mostYears);
    });

    const selfSigned = this.child(k8s.apiextensions.CustomResource, "self-signed", {
      apiVersion: "cert-manager.io/v1",
      kind: "ClusterIssuer",
      spec: { selfSigned: {} },
    });
    const root = this.child(
      k8s.apiextensions.CustomResource,
      "root",
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { namespace: certManagerNamespace, annotations: { "pulumi.com/waitFor": "condition=Ready" } },
        spec: {
          isCA: true,
          commonName: name,
          secretName: this.childName("root"),
          duration: `${years * hoursPerYear}h`,
          // Its key stays: renewing the root under the same key keeps every certificate below it valid.
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" },
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: selfSigned.metadata.name },
        },
      },
      { protect: deletionProtection },
    );
    const issuer = this.child(
      k8s.apiextensions.CustomResource,
      "",
      {
        apiVersion: "cert-manager.io/v1",
        kind: "ClusterIssuer",
        metadata: { annotations: { "pulumi.com/waitFor": "condition=Ready" } },
        spec: { ca: { secretName: this.childName("root") } },
      },
      { dependsOn: [root] },
    );
    this.issuer = { kind: "ClusterIssuer", name: issuer.metadata.name };
    this.registerOutputs({ issuer: this.issuer.name });
  }
}
