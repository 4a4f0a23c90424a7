import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { apiServerEgress, grantApiAccess } from "../lib/apiAccess";
import { checkPort } from "../lib/check";
import { Component } from "../lib/component";
import { certificate, serviceNames, tlsMount, tlsVolume } from "../network/certificate";
import { type Egress, openEgress } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { tokenFolder } from "./apiToken";
import { collectorContainer } from "./collectorContainer";
import { containerMetricsConfig } from "./containerMetricsConfig";
import { nodeAgent } from "./nodeAgent";
import { type Scrapeable, type ScrapeTarget, scrapeTarget } from "./scrape";
import { asFile, configFolder } from "./singleton";

export interface ContainerMetricsArgs {
  /** Any namespace: it mounts nothing of the node. */
  namespace: Placement;
  images: Pick<Images, "otelCollector">;
  /** Port of the kubelets. @default 10250 */
  kubeletPort?: number;
  /** Addresses of the nodes. @default private addresses */
  nodes?: Egress["to"];
  /** Check the kubelets' certificates by the cluster's authority, which has signed them only in some clusters. @default false */
  verifyKubelet?: boolean;
  /** @default 50 */
  cpuMillis?: number;
  /** @default 160 */
  memoryMiB?: number;
}

export const containerMetricsDefaults = {
  kubeletPort: 10_250,
  nodes: apiServerEgress.to,
  verifyKubelet: false,
  cpuMillis: 50,
  memoryMiB: 160,
};

const ports = { metrics: 8889, health: 13_133, internal: 8888 };

/**
 * CPU, memory, network and volumes of every container, as each node's kubelet measures them. A pod on every node asks its own kubelet, with the
 * right to read metrics and nothing else: so Prometheus needs no token, and none travels between nodes.
 *
 * The image needs the contrib distribution of the OpenTelemetry Collector (0.158 or later) at `/otelcol-contrib`.
 */
export class ContainerMetrics extends Component implements Scrapeable {
  private readonly target: ScrapeTarget;

  constructor(name: string, args: ContainerMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "bulkhead:observability:ContainerMetrics",
      name,
      { app: "container-metrics", role: "container-metrics" },
      {},
      opts,
    );
    const { namespace, images, kubeletPort, nodes, verifyKubelet, cpuMillis, memoryMiB } = {
      ...containerMetricsDefaults,
      ...args,
    };
    this.checked(() => checkPort("kubeletPort", kubeletPort));
    const metadata = { namespace: namespace.namespaceName };
    const peer = { ...metadata, podLabels: this.selector };

    const account = this.child(k8s.core.v1.ServiceAccount, "", { metadata, automountServiceAccountToken: false });
    const rights = grantApiAccess(
      this,
      { name: account.metadata.name, namespace: namespace.namespaceName },
      // The kubelet's own name for the right to read /metrics and what is below it.
      { scope: "cluster", rules: [{ resources: ["nodes/metrics"], verbs: ["get"] }] },
    );
    openEgress(this, peer, { name: "kubelet", to: nodes, ports: [kubeletPort] });
    const tls = certificate(this, { placement: namespace, dnsNames: serviceNames(this.name, namespace.namespaceName) });
    const config = containerMetricsConfig({
      ports,
      kubelet: `\${env:NODE_ADDRESS}:${kubeletPort}`,
      tokenFolder,
      verifyKubelet,
    });
    const files = this.child(
      k8s.core.v1.ConfigMap,
      "config",
      { metadata, data: { "config.yaml": asFile(config) } },
      { autonamed: true },
    );
    const collector = collectorContainer(images.otelCollector, { cpuMillis, memoryMiB, healthPort: ports.health });
    nodeAgent(
      this,
      namespace,
      {
        serviceAccountName: account.metadata.name,
        token: true,
        containers: [
          {
            ...collector,
            name: this.name,
            args: [`--config=${configFolder}/config.yaml`],
            env: {
              ...collector.env,
              K8S_NODE_NAME: { field: "spec.nodeName" },
              NODE_ADDRESS: { field: "status.hostIP" },
            },
            ports: { metrics: ports.metrics },
            mounts: [{ volume: "config", path: configFolder }, tlsMount],
          },
        ],
        volumes: [{ name: "config", configMap: files.metadata.name }, tlsVolume(tls.secretName)],
      },
      [tls.resource, ...rights],
    );
    // Each series says itself whose it is.
    this.target = scrapeTarget(this, { peer, port: ports.metrics, https: true, honorLabels: true });
    this.registerOutputs({});
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.target];
  }
}
