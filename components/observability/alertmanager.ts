import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { Component, type ComponentArgs } from "../lib/component";
import { type Egress, type Link, type Linkable, openEgress } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { alertmanagerConfig, type ReceiverConfig, type Severity } from "./alertmanagerConfig";
import type { Scrapeable, ScrapeTarget } from "./scrape";
import { asFile, configFolder, type Singleton, singleton } from "./singleton";
import { webConfig } from "./webConfig";

interface Destination {
  /** Addresses of the destination, for the NetworkPolicy. @default any public address */
  to?: Egress["to"];
  /** TCP port of the destination. @default 443 */
  port?: number;
  /** What it is told. @default all severities */
  severities?: readonly Severity[];
}

/** Who is told about alerts. The URL is a secret: whoever has it can write to the channel. */
export type Receiver =
  | ({ kind: "slack"; name: string; channel: string; webhookUrl: pulumi.Input<string> } & Destination)
  | ({ kind: "webhook"; name: string; url: pulumi.Input<string> } & Destination);

/** A service outside that raises the alarm when it is not called for a while: the only thing that notices that this pipeline is dead. */
export interface Watchdog extends Pick<Destination, "to" | "port"> {
  url: pulumi.Input<string>;
  /** Time between two calls. @default 300 */
  intervalSeconds?: number;
}

export interface AlertmanagerArgs extends ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "alertmanager">;
  /** @default none: alerts are seen in Grafana only */
  receivers?: readonly Receiver[];
  /** @default none */
  watchdog?: Watchdog;
  /** For silences and what was already said, at least 1. @default 1 */
  volumeGiB?: number;
  /** @default the cluster's default */
  storageClass?: string;
  /** Refuse to delete the volume. @default true */
  deletionProtection?: boolean;
  /** @default 25 */
  cpuMillis?: number;
  /** @default 96 */
  memoryMiB?: number;
}

export const alertmanagerDefaults = { volumeGiB: 1, deletionProtection: true, cpuMillis: 25, memoryMiB: 96 };
export const watchdogDefaults = { intervalSeconds: 300 };

export const alertmanagerPort = 9093;
const dataPath = "/alertmanager";
const secretsFolder = "/run/bulkhead/receivers";
const everySeverity: readonly Severity[] = ["critical", "warning", "info"];

/** Command-line arguments. It runs alone, so it looks for no peers. */
export function alertmanagerArguments(settings: { configFolder: string; dataPath: string; listen?: string }): string[] {
  return [
    `--config.file=${settings.configFolder}/alertmanager.yml`,
    `--web.config.file=${settings.configFolder}/web.yml`,
    `--web.listen-address=${settings.listen ?? `:${alertmanagerPort}`}`,
    `--storage.path=${settings.dataPath}`,
    "--cluster.listen-address=",
    "--data.retention=120h",
    "--log.format=json",
  ];
}

/** Groups, silences and sends alerts. The image needs `alertmanager` (0.27 or later) on its PATH. */
export class Alertmanager extends Component implements Linkable, Scrapeable {
  readonly host: pulumi.Output<string>;
  readonly port = alertmanagerPort;
  readonly url: pulumi.Output<string>;
  private readonly part: Singleton;

  constructor(name: string, args: AlertmanagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:observability:Alertmanager", name, { app: "alertmanager", role: "alerts" }, args, opts);
    const settings = { ...alertmanagerDefaults, receivers: [], ...args };
    const { namespace, receivers, watchdog } = settings;
    this.check(receivers, watchdog);

    const peer = { namespace: namespace.namespaceName, podLabels: this.selector };
    for (const { name: to, destination } of destinations(receivers, watchdog)) {
      openEgress(this, peer, { name: to, to: destination.to ?? "public", ports: [destination.port ?? 443] });
    }
    const urls: Record<string, pulumi.Input<string>> = Object.fromEntries(
      receivers.map(r => [r.name, r.kind === "slack" ? r.webhookUrl : r.url]),
    );
    if (watchdog !== undefined) urls["watchdog"] = watchdog.url;
    const secret =
      Object.keys(urls).length === 0
        ? undefined
        : this.child(
            k8s.core.v1.Secret,
            "receivers",
            { metadata: { namespace: namespace.namespaceName }, immutable: true, stringData: urls },
            { autonamed: true },
          );

    this.part = singleton(this, {
      namespace,
      files: {
        "alertmanager.yml": asFile(
          alertmanagerConfig({
            receivers: receivers.map(receiverConfig),
            ...(watchdog === undefined
              ? {}
              : { watchdog: { ...watchdogDefaults, ...watchdog, urlFile: `${secretsFolder}/watchdog` } }),
          }),
        ),
        "web.yml": asFile(webConfig()),
      },
      container: {
        image: args.images.alertmanager,
        command: ["alertmanager"],
        args: alertmanagerArguments({ configFolder, dataPath }),
        resources: { cpuMillis: settings.cpuMillis, memoryMiB: settings.memoryMiB },
        probes: {
          readiness: { http: "/-/ready", port: alertmanagerPort },
          liveness: { http: "/-/healthy", port: alertmanagerPort },
        },
        mounts: secret === undefined ? [] : [{ volume: "receivers", path: secretsFolder }],
      },
      ports: { https: alertmanagerPort },
      storage: {
        path: dataPath,
        giB: settings.volumeGiB,
        protect: settings.deletionProtection,
        ...(args.storageClass === undefined ? {} : { storageClass: args.storageClass }),
      },
      volumes: secret === undefined ? [] : [{ name: "receivers", secret: secret.metadata.name }],
    });
    this.host = this.part.host;
    this.url = pulumi.interpolate`https://${this.host}:${alertmanagerPort}`;
    this.registerOutputs({ url: this.url });
  }

  private check(receivers: readonly Receiver[], watchdog: Watchdog | undefined): void {
    const seen = new Set(["nobody", "watchdog"]);
    receivers.forEach((receiver, index) => {
      const field = `receivers[${index}]`;
      if (!/^[a-z][a-z0-9-]{0,39}$/.test(receiver.name)) {
        this.refuse(`${field}.name must be a DNS label of at most 40 characters`, receiver.name);
      }
      if (seen.has(receiver.name)) this.refuse(`${field}.name must not be taken`, receiver.name);
      seen.add(receiver.name);
      if (receiver.severities?.length === 0) this.refuse(`${field}.severities must not be empty`, receiver.severities);
      const [secret, given]: [string, unknown] =
        receiver.kind === "slack" ? ["webhookUrl", receiver.webhookUrl] : ["url", receiver.url];
      // The value itself is a secret and is not shown.
      if (given === undefined || given === "") this.fail(`${field}.${secret} must be given`);
      if (receiver.kind === "slack" && !/^[#@][a-z0-9._-]+$/.test(receiver.channel)) {
        this.refuse(`${field}.channel must be #channel or @user`, receiver.channel);
      }
    });
    const interval = watchdog?.intervalSeconds ?? watchdogDefaults.intervalSeconds;
    if (interval < 60) this.refuse("watchdog.intervalSeconds must be at least 60", interval);
  }

  link(): Link {
    return {
      name: this.name,
      peer: this.part.peer,
      ports: [alertmanagerPort],
      env: {},
      secretEnv: {},
      ready: [this.part.resource],
    };
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.part.target];
  }
}

function receiverConfig(receiver: Receiver): ReceiverConfig {
  const { kind, name, severities = everySeverity } = receiver;
  return {
    kind,
    name,
    severities,
    urlFile: `${secretsFolder}/${name}`,
    ...(receiver.kind === "slack" ? { channel: receiver.channel } : {}),
  };
}

function destinations(
  receivers: readonly Receiver[],
  watchdog: Watchdog | undefined,
): { name: string; destination: Pick<Destination, "to" | "port"> }[] {
  return [
    ...receivers.map(receiver => ({ name: receiver.name, destination: receiver })),
    ...(watchdog === undefined ? [] : [{ name: "watchdog", destination: watchdog }]),
  ];
}
