import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { checkWhole } from "../lib/check";
import { Component, type ComponentArgs } from "../lib/component";
import { selectorOf } from "../lib/labels";
import { type Link, type Linkable, openLink, type Peer } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import type { Alertmanager } from "./alertmanager";
import { prometheusConfig } from "./prometheusConfig";
import { type RemoteWriteSettings, remoteSecretFolder, remoteWrite } from "./remoteWrite";
import { metricsRetentionMiB, metricsVolumeGiB } from "./retention";
import { jobOf, openWay, type ScrapeTarget } from "./scrape";
import { asFile, configFolder, type Singleton, singleton } from "./singleton";
import { webConfig } from "./webConfig";

export interface MetricsSettings {
  /** How long metrics are kept. @default 15 */
  retentionDays?: number;
  /** Size of the volume. Refused when the retention does not fit. @default 20 */
  volumeGiB?: number;
  /** Series alive at a time, by which the retention's need is reckoned. @default 20000 */
  activeSeries?: number;
  /** Time between two readings of each target. @default 15 */
  intervalSeconds?: number;
  /** @default 200 */
  cpuMillis?: number;
  /** @default 1024 */
  memoryMiB?: number;
  /** Send every sample elsewhere too: what to do when one machine is outgrown. @default none */
  remoteWrite?: RemoteWriteSettings;
}

export interface PrometheusArgs extends MetricsSettings, ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "prometheus">;
  targets: readonly ScrapeTarget[];
  /** @default alerts go nowhere */
  alertmanager?: Alertmanager;
  /** Rule groups, by the name of their file. @default none */
  rules?: Record<string, pulumi.Input<object>>;
  /** @default the cluster's default */
  storageClass?: string;
  /** Refuse to delete the volume. @default true */
  deletionProtection?: boolean;
}

export const metricsDefaults = {
  retentionDays: 15,
  volumeGiB: 20,
  activeSeries: 20_000,
  intervalSeconds: 15,
  cpuMillis: 200,
  memoryMiB: 1024,
};

export const prometheusPort = 9090;

/** Where a Prometheus of that name will be: for Grafana, which it measures and which is therefore made before it. */
export interface PrometheusAddress {
  url: pulumi.Output<string>;
  peer: Peer;
  ports: readonly number[];
}

export function prometheusAddress(name: string, { namespaceName }: Placement): PrometheusAddress {
  return {
    url: pulumi.interpolate`https://${name}.${namespaceName}.svc:${prometheusPort}`,
    peer: { namespace: namespaceName, podLabels: selectorOf(identity.app, name) },
    ports: [prometheusPort],
  };
}

const identity = { app: "prometheus", role: "metrics" };
const dataPath = "/prometheus";

/** Command-line arguments: everything that the configuration file cannot say. */
export function prometheusArguments(settings: {
  configFolder: string;
  dataPath: string;
  retentionDays: number;
  volumeGiB: number;
  listen?: string;
}): string[] {
  return [
    `--config.file=${settings.configFolder}/prometheus.yml`,
    `--web.config.file=${settings.configFolder}/web.yml`,
    `--web.listen-address=${settings.listen ?? `:${prometheusPort}`}`,
    `--storage.tsdb.path=${settings.dataPath}`,
    `--storage.tsdb.retention.time=${settings.retentionDays}d`,
    `--storage.tsdb.retention.size=${metricsRetentionMiB(settings.volumeGiB)}MB`,
    "--query.timeout=60s",
    "--query.max-samples=20000000",
    "--log.format=json",
  ];
}

/**
 * Reads the metrics of every target, keeps them, and judges the rules. The image needs `prometheus` (3.x) on its PATH.
 */
export class Prometheus extends Component implements Linkable {
  readonly url: pulumi.Output<string>;
  private readonly part: Singleton;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:observability:Prometheus", name, identity, args, opts);
    const settings = { ...metricsDefaults, deletionProtection: true, rules: {}, ...args };
    const { namespace, targets, alertmanager, rules, retentionDays, volumeGiB, intervalSeconds } = settings;
    this.checked(() => {
      checkWhole("retentionDays", retentionDays, 1, 3650);
      checkWhole("volumeGiB", volumeGiB, 1, 65_536);
      checkWhole("activeSeries", settings.activeSeries, 1, 100_000_000);
      // Above two minutes a series counts as gone between two readings.
      checkWhole("intervalSeconds", intervalSeconds, 5, 120);
    });
    const needed = metricsVolumeGiB({ activeSeries: settings.activeSeries, intervalSeconds, days: retentionDays });
    if (needed > volumeGiB) {
      this.refuse(
        `volumeGiB must be at least ${Math.ceil(needed)} to keep ${settings.activeSeries} series for ${retentionDays} days`,
        volumeGiB,
      );
    }
    const metadata = { namespace: namespace.namespaceName };
    const peer = { ...metadata, podLabels: this.selector };
    const seen = new Set([name]);
    for (const target of targets) {
      if (seen.has(target.job)) this.refuse("targets must name each job once", target.job);
      seen.add(target.job);
      // Checks are asked of a prober, whose own metrics have opened the way.
      if (target.checks === undefined) openWay(this, peer, target);
    }
    if (alertmanager !== undefined) openLink(this, peer, { ...alertmanager.link(), name: "alertmanager-api" });

    const remote = args.remoteWrite && remoteWrite(this, peer, metadata, args.remoteWrite);
    const ruleFiles = Object.entries(rules).map(
      ([file, content]) => [`rules-${file}.yml`, pulumi.output(content).apply(asFile)] as const,
    );
    const config = pulumi.all([targets.map(jobOf), alertmanager?.host]).apply(([jobs, host]) =>
      asFile(
        prometheusConfig({
          jobs,
          self: { job: name, port: prometheusPort, serverName: name },
          ...(host === undefined || alertmanager === undefined
            ? {}
            : { alertmanager: { host, port: alertmanager.port } }),
          externalLabels: { project: pulumi.getProject(), stack: pulumi.getStack(), prometheus: name },
          intervalSeconds,
          ruleFiles: ruleFiles.map(([file]) => `${configFolder}/${file}`),
          ...(remote === undefined ? {} : { remoteWrite: remote.config }),
        }),
      ),
    );
    this.part = singleton(this, {
      namespace,
      files: { "prometheus.yml": config, "web.yml": asFile(webConfig()), ...Object.fromEntries(ruleFiles) },
      container: {
        image: args.images.prometheus,
        command: ["prometheus"],
        args: prometheusArguments({ configFolder, dataPath, retentionDays, volumeGiB }),
        resources: { cpuMillis: settings.cpuMillis, memoryMiB: settings.memoryMiB },
        probes: {
          readiness: { http: "/-/ready", port: prometheusPort },
          liveness: { http: "/-/healthy", port: prometheusPort, failures: 6 },
          // After a crash it replays hours of its log before it answers.
          startup: { http: "/-/healthy", port: prometheusPort, periodSeconds: 5, failures: 180 },
        },
        ...(remote?.secretName === undefined ? {} : { mounts: [{ volume: "remote-write", path: remoteSecretFolder }] }),
      },
      ports: { https: prometheusPort },
      storage: {
        path: dataPath,
        giB: volumeGiB,
        protect: settings.deletionProtection,
        ...(args.storageClass === undefined ? {} : { storageClass: args.storageClass }),
      },
      ...(remote?.secretName === undefined ? {} : { volumes: [{ name: "remote-write", secret: remote.secretName }] }),
      terminationGracePeriodSeconds: 120,
    });
    this.url = pulumi.interpolate`https://${this.part.host}:${prometheusPort}`;
    this.registerOutputs({ url: this.url });
  }

  link(): Link {
    return {
      name: this.name,
      peer: this.part.peer,
      ports: [prometheusPort],
      env: {},
      secretEnv: {},
      ready: [this.part.resource],
    };
  }
}
