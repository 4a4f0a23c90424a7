import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Component } from "../lib/component";
import type { Peer } from "../network/link";

/** Something Prometheus reads metrics from. The program knows them all, so nothing is discovered through the Kubernetes API. */
export interface ScrapeTarget {
  /** Prometheus' `job` label: the component's name, with a suffix for an exporter. */
  job: string;
  /** The component that is measured, and the program it runs, such as `postgresql`: labels of every series, and what alerts go by. */
  component: string;
  app: string;
  /** Name of a headless Service: every pod behind it is a target (`dns_sd`). */
  host: pulumi.Input<string>;
  port: number;
  /** @default "/metrics" */
  path: string;
  /** Verified against the cluster's own authority, by the host's name. */
  https: boolean;
  peer: Peer;
  /** The certificate's name where it is not `host`. */
  serverName?: pulumi.Input<string>;
  /** Labels in the metrics win over those of the target: for what hands on the metrics of others. @default false */
  honorLabels?: boolean;
}

/** A component that has metrics. */
export interface Scrapeable {
  scrapeTargets(): ScrapeTarget[];
}

export interface ScrapeArgs {
  peer: Peer;
  port: number;
  /** @default "/metrics" */
  path?: string;
  https: boolean;
  /** @default "" */
  suffix?: string;
  /** Name the certificate is checked for. @default the component's Service in its namespace */
  serverName?: pulumi.Input<string>;
  /** @default false */
  honorLabels?: boolean;
}

/** Makes the headless Service behind a scrape target: it lists every pod, ready or not, because a sick one is the one to look at. */
export function scrapeTarget(owner: Component, args: ScrapeArgs): ScrapeTarget {
  const { peer, port, path = "/metrics", https, suffix = "", honorLabels = false } = args;
  const service = owner.child(k8s.core.v1.Service, suffix === "" ? "metrics" : `${suffix}-metrics`, {
    metadata: { namespace: peer.namespace },
    spec: {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: peer.podLabels,
      ports: [{ name: "metrics", port, targetPort: port }],
    },
  });
  return {
    job: owner.childName(suffix),
    component: owner.name,
    app: owner.labels["app.kubernetes.io/name"],
    host: pulumi.interpolate`${service.metadata.name}.${peer.namespace}.svc.cluster.local`,
    port,
    path,
    https,
    peer,
    serverName: args.serverName ?? pulumi.interpolate`${owner.name}.${peer.namespace}.svc`,
    honorLabels,
  };
}
