import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { Component } from "../lib/component";
import { certificate, serviceNames, tlsMount, tlsVolume } from "../network/certificate";
import type { Placement } from "../network/secureNamespace";
import { type NodeAccess, nodeAgent, nodeExceptions } from "./nodeAgent";
import { type Scrapeable, type ScrapeTarget, scrapeTarget } from "./scrape";
import { asFile, configFolder } from "./singleton";
import { webConfig } from "./webConfig";

export interface NodeExporterArgs {
  /** A namespace of Pod Security level `privileged`. */
  namespace: Placement;
  images: Pick<Images, "nodeExporter">;
  access: NodeAccess;
  /** @default 50 */
  cpuMillis?: number;
  /** @default 64 */
  memoryMiB?: number;
}

export const nodeExporterDefaults = { cpuMillis: 50, memoryMiB: 64 };

export const nodeExporterPort = 9100;
const rootPath = "/host/root";

/**
 * Collectors that read the network namespace would show the pod's own, not the node's. Host networking would show the node's, but is out
 * of NetworkPolicy's reach, for the pod as for whoever asks it; the node's network counters come from the kubelet instead.
 */
const podNetworkOnly = [
  "arp",
  "conntrack",
  "ipvs",
  "netclass",
  "netdev",
  "netstat",
  "sockstat",
  "softnet",
  "udp_queues",
];

/** File systems that are no disks of the node: pods' mounts and the kernel's own. */
const ignoredMounts =
  "^/(dev|proc|sys|run/(containerd|k3s|user|netns|credentials)|var/lib/(kubelet|containers|docker|containerd))($|/)";
const ignoredTypes =
  "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|" +
  "rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tmpfs|tracefs)$";

/** Command-line arguments. */
export function nodeExporterArguments(settings: { configFolder: string; rootPath: string; listen?: string }): string[] {
  const { rootPath: root } = settings;
  return [
    `--web.config.file=${settings.configFolder}/web.yml`,
    `--web.listen-address=${settings.listen ?? `:${nodeExporterPort}`}`,
    "--web.disable-exporter-metrics",
    `--path.procfs=${root}/proc`,
    `--path.sysfs=${root}/sys`,
    ...(root === "" ? [] : [`--path.rootfs=${root}`]),
    `--collector.filesystem.mount-points-exclude=${ignoredMounts}`,
    `--collector.filesystem.fs-types-exclude=${ignoredTypes}`,
    ...podNetworkOnly.map(name => `--no-collector.${name}`),
    "--log.format=json",
  ];
}

/** CPU, memory, disks and pressure of every node. The image needs `node_exporter` (1.5 or later) on its PATH. */
export class NodeExporter extends Component implements Scrapeable {
  private readonly target: ScrapeTarget;

  constructor(name: string, args: NodeExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    const exceptions = nodeExceptions(
      "reads the node's /proc and /sys and the free space of its file systems, read-only",
      args.access,
      ["k8s-runtime-socket"],
    );
    super(
      "bulkhead:observability:NodeExporter",
      name,
      { app: "node-exporter", role: "node-metrics" },
      { exceptions },
      opts,
    );
    const { namespace, images, cpuMillis, memoryMiB } = { ...nodeExporterDefaults, ...args };
    const metadata = { namespace: namespace.namespaceName };
    const account = this.child(k8s.core.v1.ServiceAccount, "", { metadata, automountServiceAccountToken: false });
    const tls = certificate(this, {
      placement: namespace,
      dnsNames: serviceNames(this.name, namespace.namespaceName),
    });
    const config = this.child(
      k8s.core.v1.ConfigMap,
      "config",
      { metadata, data: { "web.yml": asFile(webConfig()) } },
      { autonamed: true },
    );
    nodeAgent(
      this,
      namespace,
      {
        serviceAccountName: account.metadata.name,
        containers: [
          {
            name: this.name,
            image: images.nodeExporter,
            command: ["node_exporter"],
            args: nodeExporterArguments({ configFolder, rootPath }),
            ports: { https: nodeExporterPort },
            resources: { cpuMillis, memoryMiB },
            probes: { readiness: { tcp: nodeExporterPort }, liveness: { tcp: nodeExporterPort } },
            mounts: [{ volume: "config", path: configFolder }, tlsMount, { volume: "root", path: rootPath }],
          },
        ],
        volumes: [
          { name: "config", configMap: config.metadata.name },
          tlsVolume(tls.secretName),
          { name: "root", hostPath: "/" },
        ],
      },
      [tls.resource],
    );
    this.target = scrapeTarget(this, {
      peer: { namespace: namespace.namespaceName, podLabels: this.selector },
      port: nodeExporterPort,
      https: true,
    });
    this.registerOutputs({});
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.target];
  }
}
