import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../../../components/lib/component";
import type { Exception } from "../../../components/lib/exceptions";
import { placement } from "../../support/deploy";

/** A component of one Job that the provider names. */
export class OneJob extends Component {
  constructor(name: string, exceptions: readonly Exception[], opts: pulumi.ComponentResourceOptions) {
    super("bulkhead:test:OneJob", name, { app: "job", role: "job" }, { exceptions }, opts);
    const metadata = { namespace: placement.namespaceName };
    this.child(k8s.batch.v1.Job, "", { metadata, spec: { template: {} } }, { autonamed: true });
  }
}
