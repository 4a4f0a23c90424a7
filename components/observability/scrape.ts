import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Component } from "../lib/component";
import { openLink, type Peer, policyPeer, tcp } from "../network/link";
import type { Job } from "./prometheusConfig";

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
  /** Checks that the target makes when it is asked: each has an answer of its own. @default none, it is asked for its own metrics */
  checks?: readonly Check[];
  /** Its namespace is somebody else's: only our side of the way is opened. @default false */
  foreign?: boolean;
}

/** One question to a prober: its target and the module of its configuration that says how. */
export interface Check {
  /** Label `probe` of its series. */
  probe: string;
  module: string;
  /** What is asked, such as a URL. */
  target: pulumi.Input<string>;
  /** Label `instance` of its series: what people call it. */
  instance: string;
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

/** Opens the way to a target: on both sides, but in a namespace that is not ours only on ours. */
export function openWay(owner: Component, from: Peer, { job, peer, port, foreign = false }: ScrapeTarget): void {
  if (!foreign) {
    openLink(owner, from, { name: job, peer, ports: [port] });
    return;
  }
  // A policy of ours over there would cut off everybody else who asks those pods.
  owner.reaches.push(job);
  owner.child(k8s.networking.v1.NetworkPolicy, `to-${job}`, {
    metadata: { namespace: from.namespace },
    spec: {
      podSelector: { matchLabels: from.podLabels },
      policyTypes: ["Egress"],
      egress: [{ to: [policyPeer(peer)], ports: tcp([port]) }],
    },
  });
}

/** The target as the configuration has it, once its names are known. */
export function jobOf(target: ScrapeTarget): pulumi.Output<Job> {
  const { job, component, app, port, path, https, honorLabels = false } = target;
  return pulumi
    .all([target.host, target.serverName, target.peer.namespace, target.checks?.map(check => pulumi.output(check))])
    .apply(([host, serverName, namespace, checks]) => ({
      ...{ job, component, app, namespace, host, port, path, https, honorLabels },
      serverName: serverName ?? host,
      ...(checks === undefined ? {} : { checks }),
    }));
}
