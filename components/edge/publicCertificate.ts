import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "../lib/component";
import { certificate } from "../network/certificate";
import { openLink, type Peer } from "../network/link";
import type { Placement } from "../network/secureNamespace";

/** A public authority that proves the names by HTTP-01: it fetches a file from them, over plain HTTP. */
export interface AcmeArgs {
  /** For notices about expiry and incidents. */
  email: string;
  /** Its directory. @default "https://acme-v02.api.letsencrypt.org/directory" */
  server?: string;
}

/** The only copy of these values; a test holds the tags above to them. */
export const acmeDefaults = { server: "https://acme-v02.api.letsencrypt.org/directory" };

/** What cert-manager puts on the pods that answer challenges, and where they listen. */
const solver = { labels: { "acme.cert-manager.io/http01-solver": "true" }, port: 8089 };

/** The certificate browsers see. */
export interface PublicCertificate {
  secretName: string;
  /** What must be there before the edge's pods start. */
  ready: pulumi.Resource[];
  /** Name of the Service that leads to whichever pod answers a challenge, and its port; absent without ACME. */
  solver?: { service: k8s.core.v1.Service; port: number };
}

/**
 * Asks for the certificate of public names: of a public authority by ACME, or else of the placement's own issuer.
 *
 * With ACME the first certificate is a temporary one that nobody trusts: the edge must run to prove its names, and it runs with a
 * certificate only. For the same reason nothing waits for the real one; nginx loads it when it is there.
 */
export function publicCertificate(
  owner: Component,
  placement: Placement,
  hosts: readonly string[],
  edge: Peer,
  acme?: AcmeArgs,
): PublicCertificate {
  if (acme === undefined) {
    const { secretName, resource } = certificate(owner, { placement, dnsNames: [...hosts], suffix: "public" });
    return { secretName, ready: [resource] };
  }
  const metadata = { namespace: placement.namespaceName };
  const issuer = owner.child(k8s.apiextensions.CustomResource, "acme", {
    apiVersion: "cert-manager.io/v1",
    kind: "Issuer",
    metadata,
    spec: {
      acme: {
        email: acme.email,
        server: acme.server ?? acmeDefaults.server,
        privateKeySecretRef: { name: owner.childName("acme-account") },
        // An Ingress that no controller reads: the edge leads challenges to the solver's pods by itself.
        solvers: [{ http01: { ingress: { serviceType: "ClusterIP", ingressClassName: owner.name } } }],
      },
    },
  });
  const service = owner.child(k8s.core.v1.Service, "acme", {
    metadata,
    spec: { selector: solver.labels, ports: [{ name: "http", port: solver.port, targetPort: solver.port }] },
  });
  const policies = openLink(owner, edge, {
    name: owner.childName("acme-solver"),
    peer: { namespace: placement.namespaceName, podLabels: solver.labels },
    ports: [solver.port],
  });
  const secretName = owner.childName("public-tls");
  const resource = owner.child(k8s.apiextensions.CustomResource, "public-tls", {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: {
      ...metadata,
      annotations: { "cert-manager.io/issue-temporary-certificate": "true", "pulumi.com/skipAwait": "true" },
    },
    spec: {
      secretName,
      dnsNames: [...hosts],
      // Of whatever life the authority gives: lives get shorter, and a fixed day would one day be too late.
      renewBeforePercentage: 33,
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "server auth"],
      issuerRef: { group: "cert-manager.io", kind: "Issuer", name: issuer.metadata.name },
    },
  });
  return { secretName, ready: [resource, ...policies], solver: { service, port: solver.port } };
}
