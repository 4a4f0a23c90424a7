import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkHttpsUrl, checkObject, checkSecret, checkText } from "../lib/check";
import type { Component } from "../lib/component";
import { type Egress, openEgress, type Peer } from "../network/link";
import type { RemoteWrite } from "./prometheusConfig";

/** A store of metrics outside that takes Prometheus' remote-write protocol. */
export interface RemoteWriteSettings {
  /** `https://…` */
  url: string;
  /** For basic authentication. @default none */
  basicAuth?: { username: string; password: pulumi.Input<string> };
  /** For authentication by bearer token. @default none */
  token?: pulumi.Input<string>;
  /** Addresses of the store, for the NetworkPolicy. @default any public address */
  to?: Egress["to"];
}

/** Where Prometheus finds the credentials. */
export const remoteSecretFolder = "/run/bulkhead/remote-write";

/** The way out to a store of metrics, its credentials in a Secret, and what the configuration says of it. */
export function remoteWrite(
  owner: Component,
  from: Peer,
  metadata: { namespace: pulumi.Input<string> },
  { url, basicAuth, token, to = "public" }: RemoteWriteSettings,
): { config: RemoteWrite; secretName?: pulumi.Output<string> } {
  owner.checked(() => checkHttpsUrl("metrics.remoteWrite.url", url));
  if (basicAuth !== undefined && token !== undefined) {
    owner.fail("metrics.remoteWrite must have basicAuth or token, not both");
  }
  owner.checked(() => {
    if (token !== undefined) checkSecret("metrics.remoteWrite.token", token);
    if (basicAuth === undefined) return;
    checkObject("metrics.remoteWrite.basicAuth", basicAuth);
    checkText("metrics.remoteWrite.basicAuth.username", basicAuth.username, "a text that is not blank", /\S/);
    checkSecret("metrics.remoteWrite.basicAuth.password", basicAuth.password);
  });
  openEgress(owner, from, { name: "remote-write", to, ports: [Number(new URL(url).port || 443)] });
  const secret = basicAuth?.password ?? token;
  if (secret === undefined) return { config: { url } };
  const made = owner.child(
    k8s.core.v1.Secret,
    "remote-write",
    { metadata, immutable: true, stringData: { credentials: pulumi.secret(secret) } },
    { autonamed: true },
  );
  const file = `${remoteSecretFolder}/credentials`;
  return {
    config: {
      url,
      ...(basicAuth === undefined ? { tokenFile: file } : { username: basicAuth.username, passwordFile: file }),
    },
    secretName: made.metadata.name,
  };
}
