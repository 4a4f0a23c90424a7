import * as pulumi from "@pulumi/pulumi";
import { checkLabel } from "../lib/check";
import { Component } from "../lib/component";
import type { Scrapeable, ScrapeTarget } from "./scrape";

export interface CertManagerMetricsArgs {
  /** Namespace of the cluster's cert-manager. */
  namespace: pulumi.Input<string>;
  /** Its controller's Service, as its chart and its manifests name it. @default "cert-manager" */
  service?: string;
}

export const certManagerMetricsDefaults = { service: "cert-manager" };

/** Where cert-manager's controller serves its metrics, in plain HTTP: names and dates of certificates, no secret. */
const port = 9402;

/** The labels that cert-manager's chart and its manifests give the controller, whose metrics know every certificate. */
const controller = { "app.kubernetes.io/name": "cert-manager" };

/** Metrics of the cluster's own cert-manager: it is asked by its own Service, and nothing is made in its namespace. */
export class CertManagerMetrics extends Component implements Scrapeable {
  private readonly target: ScrapeTarget;

  constructor(name: string, args: CertManagerMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:observability:CertManagerMetrics", name, { app: "cert-manager", role: "certificates" }, {}, opts);
    const { namespace, service } = { ...certManagerMetricsDefaults, ...args };
    this.checked(() => checkLabel("certManager.service", service));
    this.target = {
      job: name,
      component: name,
      app: this.labels["app.kubernetes.io/name"],
      host: pulumi.interpolate`${service}.${namespace}.svc.cluster.local`,
      port,
      path: "/metrics",
      https: false,
      peer: { namespace, podLabels: controller },
      foreign: true,
    };
    this.registerOutputs({});
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.target];
  }
}
