import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { apiServerEgress, grantApiAccess } from "../lib/apiAccess";
import { Component, type ComponentArgs } from "../lib/component";
import { certificate, serviceNames, tlsMount, tlsVolume } from "../network/certificate";
import { type Egress, openEgress } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { withToken } from "./apiToken";
import { type Scrapeable, type ScrapeTarget, scrapeTarget } from "./scrape";
import { asFile, configFolder } from "./singleton";
import { webConfig } from "./webConfig";

export interface KubeStateMetricsArgs extends ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "kubeStateMetrics">;
  /** Addresses and ports of the API server, behind the `kubernetes` Service. @default private addresses, 443 and 6443 */
  apiServer?: Partial<Pick<Egress, "to" | "ports">>;
  /** @default 25 */
  cpuMillis?: number;
  /** @default 128 */
  memoryMiB?: number;
}

export const kubeStateMetricsDefaults = {
  cpuMillis: 25,
  memoryMiB: 128,
};

/** What it may list and watch, by API group. No Secrets and no ConfigMaps: their contents are nobody's business here. */
export const watched: Record<string, readonly string[]> = {
  "": ["namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods", "resourcequotas", "services"],
  apps: ["daemonsets", "deployments", "replicasets", "statefulsets"],
  autoscaling: ["horizontalpodautoscalers"],
  batch: ["cronjobs", "jobs"],
  "networking.k8s.io": ["networkpolicies"],
  policy: ["poddisruptionbudgets"],
};

const ports = { https: 8443, self: 8081 };

/** What the objects of the cluster are and should be, as metrics. The image needs `kube-state-metrics` (2.10 or later) at `/kube-state-metrics`. */
export class KubeStateMetrics extends Component implements Scrapeable {
  private readonly target: ScrapeTarget;

  constructor(name: string, args: KubeStateMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "bulkhead:observability:KubeStateMetrics",
      name,
      { app: "kube-state-metrics", role: "cluster-metrics" },
      args,
      opts,
    );
    const {
      namespace,
      images,
      apiServer: egress,
      cpuMillis,
      memoryMiB,
    } = {
      ...kubeStateMetricsDefaults,
      ...args,
    };
    const metadata = { namespace: namespace.namespaceName };
    const peer = { namespace: namespace.namespaceName, podLabels: this.selector };

    const account = this.child(k8s.core.v1.ServiceAccount, "", { metadata, automountServiceAccountToken: false });
    const rights = grantApiAccess(
      this,
      { name: account.metadata.name, namespace: namespace.namespaceName },
      {
        scope: "cluster",
        rules: Object.entries(watched).map(([group, resources]) => ({
          apiGroups: [group],
          resources,
          verbs: ["list", "watch"],
        })),
      },
    );
    openEgress(this, peer, { ...apiServerEgress, ...egress });
    const tls = certificate(this, { placement: namespace, dnsNames: serviceNames(this.name, namespace.namespaceName) });
    const config = this.child(
      k8s.core.v1.ConfigMap,
      "config",
      { metadata, data: { "web.yml": asFile(webConfig()) } },
      { autonamed: true },
    );

    const spec = this.pod({
      serviceAccountName: account.metadata.name,
      containers: [
        {
          name: this.name,
          image: images.kubeStateMetrics,
          command: ["/kube-state-metrics"],
          args: [
            `--port=${ports.https}`,
            `--telemetry-port=${ports.self}`,
            "--telemetry-host=127.0.0.1",
            `--tls-config=${configFolder}/web.yml`,
            `--resources=${Object.values(watched).flat().join(",")}`,
          ],
          ports: { https: ports.https },
          resources: { cpuMillis, memoryMiB },
          probes: {
            readiness: { http: "/healthz", port: ports.https },
            liveness: { http: "/livez", port: ports.https, failures: 6 },
          },
          mounts: [{ volume: "config", path: configFolder }, tlsMount],
        },
      ],
      volumes: [{ name: "config", configMap: config.metadata.name }, tlsVolume(tls.secretName)],
    });
    this.child(
      k8s.apps.v1.Deployment,
      "",
      {
        metadata,
        spec: {
          replicas: 1,
          // Two would count every object twice.
          strategy: { type: "Recreate" },
          selector: { matchLabels: this.selector },
          template: { metadata: this.podMetadata(), spec: withToken(spec) },
        },
      },
      { dependsOn: [tls.resource, ...rights] },
    );
    this.target = scrapeTarget(this, { peer, port: ports.https, https: true, honorLabels: true });
    this.registerOutputs({});
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.target];
  }
}
