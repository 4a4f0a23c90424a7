import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { Component } from "../lib/component";
import { certificate, serviceNames, tlsMount, tlsVolume } from "../network/certificate";
import { openLink } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { collectorContainer } from "./collectorContainer";
import { logAgentArguments, logAgentConfig } from "./logAgentConfig";
import { type Loki, lokiPort } from "./loki";
import { type NodeAccess, nodeAgent, nodeExceptions } from "./nodeAgent";
import { type Scrapeable, type ScrapeTarget, scrapeTarget } from "./scrape";
import { asFile, configFolder } from "./singleton";

export interface LogAgentArgs {
  /** A namespace of Pod Security level `privileged`. */
  namespace: Placement;
  images: Pick<Images, "otelCollector">;
  loki: Loki;
  access: NodeAccess;
  /** @default 100 */
  cpuMillis?: number;
  /** @default 192 */
  memoryMiB?: number;
  /** Room on each node for what cannot be sent yet. @default 512 */
  queueMiB?: number;
}

/** Limit of its CPU over what is reserved: 1,000 lines a second take three times that (bench/cost.ts), and more after an outage. */
export const logAgentBurst = 10;

export const logAgentDefaults = { cpuMillis: 100, memoryMiB: 192, queueMiB: 512 };

export const logAgentPorts = { metrics: 8889, health: 13_133, internal: 8888 };
const logsPath = "/var/log/pods";
const dataPath = "/var/lib/otelcol";

/**
 * Reads the logs of every container on every node and sends them, parsed and free of secrets, to Loki. Knows containerd's and CRI-O's
 * format; is a member of group root, which containerd's files (0640 root:root) allow, and never user root. It has no access to the Kubernetes API.
 *
 * The image needs the contrib distribution of the OpenTelemetry Collector (0.158 or later) at `/otelcol-contrib`.
 */
export class LogAgent extends Component implements Scrapeable {
  private readonly target: ScrapeTarget;

  constructor(name: string, args: LogAgentArgs, opts?: pulumi.ComponentResourceOptions) {
    const exceptions = nodeExceptions("reads the log files of the node's containers, read-only", args.access, [
      "k8s-run-as-group",
    ]);
    super("bulkhead:observability:LogAgent", name, { app: "log-agent", role: "logs" }, { exceptions }, opts);
    const { namespace, images, loki, cpuMillis, memoryMiB, queueMiB } = { ...logAgentDefaults, ...args };
    const metadata = { namespace: namespace.namespaceName };
    const peer = { namespace: namespace.namespaceName, podLabels: this.selector };

    const account = this.child(k8s.core.v1.ServiceAccount, "", { metadata, automountServiceAccountToken: false });
    const tls = certificate(this, { placement: namespace, dnsNames: serviceNames(this.name, namespace.namespaceName) });
    openLink(this, peer, { ...loki.link(), name: "loki" });
    const config = this.child(
      k8s.core.v1.ConfigMap,
      "config",
      {
        metadata,
        data: {
          "config.yaml": loki.host.apply(host =>
            asFile(
              logAgentConfig({
                loki: { host, port: lokiPort },
                ports: logAgentPorts,
                logsPath,
                dataPath,
                ownContainer: this.name,
              }),
            ),
          ),
        },
      },
      { autonamed: true },
    );
    const collector = collectorContainer(images.otelCollector, {
      cpuMillis,
      cpuLimitMillis: cpuMillis * logAgentBurst,
      memoryMiB,
      healthPort: logAgentPorts.health,
    });
    nodeAgent(
      this,
      namespace,
      {
        serviceAccountName: account.metadata.name,
        supplementalGroups: [0],
        containers: [
          {
            ...collector,
            name: this.name,
            args: logAgentArguments(`${configFolder}/config.yaml`),
            env: { ...collector.env, K8S_NODE_NAME: { field: "spec.nodeName" } },
            ports: { metrics: logAgentPorts.metrics },
            writablePaths: [{ path: dataPath, sizeMiB: queueMiB }],
            mounts: [{ volume: "config", path: configFolder }, tlsMount, { volume: "logs", path: logsPath }],
          },
        ],
        volumes: [
          { name: "config", configMap: config.metadata.name },
          tlsVolume(tls.secretName),
          { name: "logs", hostPath: logsPath },
        ],
        // Time to hand over what it has read.
        terminationGracePeriodSeconds: 60,
      },
      [tls.resource],
    );
    this.target = scrapeTarget(this, { peer, port: logAgentPorts.metrics, https: true });
    this.registerOutputs({});
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.target];
  }
}
