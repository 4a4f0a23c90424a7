import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Component } from "../lib/component.js";

/** What every data store exports: where it is and which Secrets hold credentials and authority. No secret value. */
export interface StoreOutputs {
  engine: string;
  host: pulumi.Output<string>;
  port: number;
  /** Database, or user for a store that has no databases. */
  name: string;
  /** Secret with `username` and `password`, in the store's namespace. */
  secretName: string;
  /** Secret with `ca.crt`, in the store's namespace. */
  caSecretName: string;
}

/**
 * The Secret that the server reads the application's password from. Its name is fixed and its data change in place, so that the pod sees a
 * new password without a restart.
 */
export function passwordSecret(
  owner: Component,
  namespace: pulumi.Input<string>,
  username: string,
  password: pulumi.Input<string>,
): k8s.core.v1.Secret {
  return owner.child(k8s.core.v1.Secret, "password", {
    metadata: { namespace },
    type: "kubernetes.io/basic-auth",
    stringData: { username, password: pulumi.secret(password) },
  });
}
