import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { withDefaults } from "../lib/compact";
import type { Component } from "../lib/component";
import type { Volume } from "../lib/volumes";
import type { Issuer, Placement } from "./secureNamespace";

/** Where every pod finds its certificate: `tls.crt`, `tls.key`, and `ca.crt` of the issuer that signed it and its peers. */
export const tlsFolder = "/run/bulkhead/tls";
export const tlsFiles = {
  certificate: `${tlsFolder}/tls.crt`,
  key: `${tlsFolder}/tls.key`,
  ca: `${tlsFolder}/ca.crt`,
};

/** Environment variables that tell a program where they are. A program watches its files: renewal is not a restart. */
export const tlsEnv = {
  TLS_CERT_FILE: tlsFiles.certificate,
  TLS_KEY_FILE: tlsFiles.key,
  TLS_CA_FILE: tlsFiles.ca,
};

/** The mount to give to each container that serves or verifies TLS. */
export const tlsMount = { volume: "tls", path: tlsFolder };

/** The volume behind `tlsMount`. */
export const tlsVolume = (secretName: pulumi.Input<string>): Volume => ({ name: "tls", secret: secretName });

export const certificateDefaults = {
  /** 90 days, renewed when a third is left: a failing issuer is noticed 30 days before it hurts. */
  durationHours: 2160,
  renewBeforeHours: 720,
  suffix: "",
};

/** Every name by which pods reach a Service: short ones work inside its namespace. */
export function serviceNames(service: string, namespace: pulumi.Input<string>): pulumi.Input<string>[] {
  return [
    service,
    pulumi.interpolate`${service}.${namespace}`,
    pulumi.interpolate`${service}.${namespace}.svc`,
    pulumi.interpolate`${service}.${namespace}.svc.cluster.local`,
  ];
}

export interface CertificateArgs {
  placement: Placement;
  dnsNames: pulumi.Input<string>[];
  /** Who signs it. @default the placement's issuer */
  issuer?: Issuer;
  /** Distinguishes it from the component's other certificates. @default "" */
  suffix?: string;
}

/** A certificate for a component's pods, and the Secret that cert-manager keeps it in. */
export interface IssuedCertificate {
  /** Fixed, because it is the name others may be given in stack outputs. */
  secretName: string;
  resource: k8s.apiextensions.CustomResource;
}

/** Asks cert-manager for a certificate: ECDSA P-256, a new key at each renewal. */
export function certificate(owner: Component, args: CertificateArgs): IssuedCertificate {
  const { placement, dnsNames, issuer = placement.issuer, suffix } = withDefaults(certificateDefaults, args);
  const secretName = owner.childName(suffix === "" ? "tls" : `${suffix}-tls`);
  const resource = owner.child(k8s.apiextensions.CustomResource, suffix === "" ? "tls" : `${suffix}-tls`, {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: {
      namespace: placement.namespaceName,
      annotations: { "pulumi.com/waitFor": "condition=Ready" },
    },
    spec: {
      secretName,
      dnsNames,
      duration: `${certificateDefaults.durationHours}h`,
      renewBefore: `${certificateDefaults.renewBeforeHours}h`,
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "server auth", "client auth"],
      issuerRef: { group: "cert-manager.io", kind: issuer.kind, name: issuer.name },
    },
  });
  return { secretName, resource };
}
