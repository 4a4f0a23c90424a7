import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { checkSecret, checkTexts, checkWhole } from "../lib/check";
import { withDefaults } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import { type Egress, type Link, type Linkable, openEgress } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { alertmanagerConfig, type MuteTime, weekdays } from "./alertmanagerConfig";
import { checkReceivers, defaultPort, isSecureUrl, type Receiver, receiverConfig, secretOf } from "./receivers";
import type { Scrapeable, ScrapeTarget } from "./scrape";
import { asFile, configFolder, type Singleton, singleton } from "./singleton";
import { webConfig } from "./webConfig";

/** A service outside that raises the alarm when it is not called for a while: the only thing that notices that this pipeline is dead. */
export interface Watchdog extends Partial<Pick<Egress, "to">> {
  /** TCP port of the destination. @default 443 */
  port?: number;
  url: pulumi.Input<string>;
  /** Time between two calls. @default 300 */
  intervalSeconds?: number;
}

export interface AlertmanagerArgs extends ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "alertmanager">;
  /** @default none: alerts are seen in Grafana only */
  receivers?: readonly Receiver[];
  /** Hours in which receivers that name them are told what is critical only. @default none */
  muteTimes?: readonly MuteTime[];
  /** Groups of alerts that there are, which receivers may name. @default not checked */
  domains?: ReadonlySet<string>;
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
export const watchdogDefaults = { port: 443, intervalSeconds: 300 };

export const alertmanagerPort = 9093;
const dataPath = "/alertmanager";
/** Names of the IANA database; UTC is not among them. */
const timeZones = new Set([...Intl.supportedValuesOf("timeZone"), "UTC"]);
const secretsFolder = "/run/bulkhead/receivers";

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
    const settings = withDefaults(alertmanagerDefaults, args);
    const { namespace } = settings;
    const receivers = (settings.receivers ?? []).map(one => withDefaults({}, one) as Receiver);
    const muteTimes = (settings.muteTimes ?? []).map(one => withDefaults({}, one));
    const watchdog = settings.watchdog && withDefaults({}, settings.watchdog);
    this.checkTimes(muteTimes, watchdog);
    checkReceivers(this, receivers, args.domains, muteTimes);

    const peer = { namespace: namespace.namespaceName, podLabels: this.selector };
    const destinations = [
      ...receivers.map(({ name: to, kind, ...rest }) => ({ port: defaultPort[kind], ...rest, name: to })),
      ...(watchdog === undefined ? [] : [{ port: watchdogDefaults.port, ...watchdog, name: "watchdog" }]),
    ];
    for (const { name: to, to: addresses = "public", port } of destinations) {
      openEgress(this, peer, { name: to, to: addresses, ports: [port] });
    }
    const secrets: Record<string, pulumi.Input<string>> = Object.fromEntries(
      receivers.map(receiver => [receiver.name, secretOf(receiver)]),
    );
    if (watchdog !== undefined) secrets["watchdog"] = watchdog.url;
    const secret =
      Object.keys(secrets).length === 0
        ? undefined
        : this.child(
            k8s.core.v1.Secret,
            "receivers",
            { metadata: { namespace: namespace.namespaceName }, immutable: true, stringData: secrets },
            { autonamed: true },
          );

    this.part = singleton(this, {
      namespace,
      files: {
        "alertmanager.yml": asFile(
          alertmanagerConfig({
            receivers: receivers.map(receiver => receiverConfig(receiver, secretsFolder)),
            muteTimes,
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

  private checkTimes(muteTimes: readonly MuteTime[], watchdog: Watchdog | undefined): void {
    const seen = new Set<string>();
    muteTimes.forEach(({ name, days, from = "00:00", to = "24:00", timeZone = "UTC" }, index) => {
      const field = `muteTimes[${index}]`;
      if (seen.has(name) || typeof name !== "string" || name === "") {
        this.refuse(`${field}.name must be given, and not be taken`, name);
      }
      seen.add(name);
      this.checked(() => checkTexts(`${field}.days`, days));
      if (days.length === 0) this.refuse(`${field}.days must not be empty`, days);
      const none = days.find(day => !weekdays.includes(day));
      if (none !== undefined) this.refuse(`${field}.days must be of ${weekdays.join(", ")}`, none);
      if (
        ![from, to].every(time => typeof time === "string" && /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(time)) ||
        from >= to
      ) {
        this.refuse(`${field} must be from HH:MM to a later HH:MM, at most 24:00`, `${from} to ${to}`);
      }
      if (!timeZones.has(timeZone)) this.refuse(`${field}.timeZone must be one such as Europe/Oslo, or UTC`, timeZone);
    });
    if (watchdog === undefined) return;
    this.checked(() => {
      checkWhole("watchdog.intervalSeconds", watchdog.intervalSeconds ?? watchdogDefaults.intervalSeconds, 60, 86_400);
      checkSecret("watchdog.url", watchdog.url);
    });
    if (typeof watchdog.url === "string" && !isSecureUrl(watchdog.url))
      this.fail("watchdog.url must start with https://");
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
