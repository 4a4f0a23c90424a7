import type * as pulumi from "@pulumi/pulumi";
import { Component } from "../lib/component";
import { type Scrapeable, type ScrapeTarget, scrapeTarget } from "./scrape";

export interface CertManagerMetricsArgs {
  /** Namespace of the cluster's cert-manager. */
  namespace: pulumi.Input<string>;
}

/** Where cert-manager's controller serves its metrics, in plain HTTP: names and dates of certificates, no secret. */
const port = 9402;

/** The labels that cert-manager's chart and its manifests give the controller, whose metrics know every certificate. */
const controller = { "app.kubernetes.io/name": "cert-manager", "app.kubernetes.io/component": "controller" };

/** Metrics of the cluster's own cert-manager: nothing of it is changed; a headless Service in its namespace lists its pods. */
export class CertManagerMetrics extends Component implements Scrapeable {
  private readonly target: ScrapeTarget;

  constructor(name: string, { namespace }: CertManagerMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:observability:CertManagerMetrics", name, { app: "cert-manager", role: "certificates" }, {}, opts);
    const target = scrapeTarget(this, { peer: { namespace, podLabels: controller }, port, https: false });
    this.target = { ...target, foreign: true };
    this.registerOutputs({});
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.target];
  }
}
