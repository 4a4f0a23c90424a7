import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { checkLabel, checkWhole, isRecord, shown } from "../lib/check";
import { Component, type ComponentArgs } from "../lib/component";
import { type Link, type Linkable, openLink } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { alertmanagerPort } from "./alertmanager";
import { alertmanagerOf } from "./alertmanagerAddress";
import { goProcessors } from "./goRuntime";
import { type LogAlertSettings, logRules } from "./logAlerts/index";
import { type LogsS3Settings, logsS3 } from "./logsS3";
import { lokiConfig, tenant } from "./lokiConfig";
import { logsVolumeBesideGiB, logsVolumeGiB } from "./retention";
import type { Scrapeable, ScrapeTarget } from "./scrape";
import { asFile, configFolder, type Singleton, singleton } from "./singleton";

export interface ServiceLogs {
  retentionDays: number;
  /** Its part of all programs' lines. */
  rawMiBPerDay: number;
}

export interface LogsSettings {
  /** How long logs are kept. @default 14 */
  retentionDays?: number;
  /** Size of the volume. Refused when the retention does not fit, or with `s3` its index and what waits for the bucket. @default 20 */
  volumeGiB?: number;
  /** What all programs write in a day, by which the retention's need is reckoned. @default 1024 */
  rawMiBPerDay?: number;
  /** Programs whose lines are kept for another time, by their name in the log store. @default none */
  services?: Readonly<Record<string, ServiceLogs>>;
  /** Keep lines in a bucket: what to do when one volume is outgrown. @default none */
  s3?: LogsS3Settings;
  /** Alerts on logs, sent to the Alertmanager of the `ObservabilityStack` of this name in the same namespace. @default none */
  alerts?: LogAlertSettings & { stack: string };
  /** @default 100 */
  cpuMillis?: number;
  /** @default 512 */
  memoryMiB?: number;
}

export interface LokiArgs extends LogsSettings, ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "loki">;
  /** @default the cluster's default */
  storageClass?: string;
  /** Refuse to delete the volume. @default true */
  deletionProtection?: boolean;
}

/** Limit of its CPU over what is reserved: a dashboard that reads a day of logs is not to wait (bench/cost.ts). */
export const lokiBurst = 10;

export const logsDefaults = { retentionDays: 14, volumeGiB: 20, rawMiBPerDay: 1024, cpuMillis: 100, memoryMiB: 512 };

export const lokiPort = 3100;
const dataPath = "/loki";
const rulesPath = `${configFolder}/rules`;

/** @throws RangeError naming the field that cannot be */
function servicesOf(services: unknown, rawMiBPerDay: number): [string, ServiceLogs][] {
  if (!isRecord(services)) throw new RangeError(`services must be an object, got ${shown(services)}`);
  const entries = Object.entries(services as Record<string, ServiceLogs>);
  for (const [name, kept] of entries) {
    checkLabel("a name in services", name);
    if (!isRecord(kept)) throw new RangeError(`services.${name} must be an object, got ${shown(kept)}`);
    checkWhole(`services.${name}.retentionDays`, kept.retentionDays, 1, 3650);
    checkWhole(`services.${name}.rawMiBPerDay`, kept.rawMiBPerDay, 1, 100_000_000);
  }
  const together = entries.reduce((sum, [, kept]) => sum + kept.rawMiBPerDay, 0);
  if (together > rawMiBPerDay) {
    throw new RangeError(`rawMiBPerDay must be at least that of all services, ${together}, got ${rawMiBPerDay}`);
  }
  return entries;
}

/** Where the files of the ConfigMap go: the groups of rules in a folder of the tenant's. */
const placed = (files: readonly string[], groups: readonly string[]): Record<string, string> => ({
  ...Object.fromEntries(files.map(file => [file, file])),
  ...Object.fromEntries(groups.map(group => [`${group}.yaml`, `rules/${tenant}/${group}.yaml`])),
});

/** Keeps the logs. The image needs `loki` (3.x) on its PATH. */
export class Loki extends Component implements Linkable, Scrapeable {
  readonly host: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  /** Name of the stack whose Alertmanager is told about alerts on logs. */
  readonly alertsTo: string | undefined;
  private readonly part: Singleton;

  constructor(name: string, args: LokiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:observability:Loki", name, { app: "loki", role: "logs" }, args, opts);
    const { namespace, retentionDays, volumeGiB, rawMiBPerDay, deletionProtection, ...resources } = {
      ...logsDefaults,
      deletionProtection: true,
      ...args,
    };
    this.checked(() => {
      checkWhole("retentionDays", retentionDays, 1, 3650);
      checkWhole("volumeGiB", volumeGiB, 1, 65_536);
      checkWhole("rawMiBPerDay", rawMiBPerDay, 1, 100_000_000);
    });
    const services = this.checked(() => servicesOf(args.services ?? {}, rawMiBPerDay));
    const others = services.map(([, kept]) => ({ rawMiBPerDay: kept.rawMiBPerDay, days: kept.retentionDays }));
    const volumeOf = args.s3 === undefined ? logsVolumeGiB : logsVolumeBesideGiB;
    const needed = volumeOf({ rawMiBPerDay, days: retentionDays, others });
    if (needed > volumeGiB) {
      const longer = services.map(([name, kept]) => `, ${name} for ${kept.retentionDays}`).join("");
      this.refuse(
        `volumeGiB must be at least ${Math.ceil(needed)} to keep ${rawMiBPerDay} MiB a day for ${retentionDays} days${longer}`,
        volumeGiB,
      );
    }
    if (args.alerts !== undefined) this.checked(() => checkLabel("alerts.stack", args.alerts?.stack));
    const rules = args.alerts === undefined ? {} : this.checked(() => logRules(args.alerts ?? {}));
    this.alertsTo = args.alerts?.stack;
    const told = args.alerts && alertmanagerOf(args.alerts.stack, namespace);
    const peer = { namespace: namespace.namespaceName, podLabels: this.selector };
    if (told !== undefined) openLink(this, peer, { ...told, name: "alerts" });
    const cpuLimitMillis = resources.cpuMillis * lokiBurst;
    const bucket = args.s3 === undefined ? undefined : logsS3(this, peer, args.s3);
    this.part = singleton(this, {
      namespace,
      files: {
        "loki.yaml": pulumi.output(told?.host).apply(host =>
          asFile(
            lokiConfig({
              retentionDays,
              retentionDaysOf: Object.fromEntries(services.map(([name, kept]) => [name, kept.retentionDays])),
              dataPath,
              port: lokiPort,
              ...(host === undefined ? {} : { alerts: { host, port: alertmanagerPort, rulesPath } }),
              ...(bucket === undefined ? {} : { s3: bucket.config }),
            }),
          ),
        ),
        ...bucket?.files,
        ...Object.fromEntries(Object.entries(rules).map(([group, file]) => [`${group}.yaml`, asFile(file)])),
      },
      ...(told === undefined
        ? {}
        : { fileItems: placed(["loki.yaml", ...Object.keys(bucket?.files ?? {})], Object.keys(rules)) }),
      container: {
        image: args.images.loki,
        command: ["loki"],
        args: ["-target=all", `-config.file=${configFolder}/loki.yaml`],
        resources: { cpuMillis: resources.cpuMillis, cpuLimitMillis, memoryMiB: resources.memoryMiB },
        probes: {
          readiness: { http: "/ready", port: lokiPort },
          liveness: { tcp: lokiPort },
          // It replays its write-ahead log before it listens.
          startup: { tcp: lokiPort, periodSeconds: 5, failures: 120 },
        },
        ...bucket?.container,
        env: { ...goProcessors(cpuLimitMillis), ...bucket?.container.env },
      },
      ports: { https: lokiPort },
      storage: {
        path: dataPath,
        giB: volumeGiB,
        protect: deletionProtection,
        ...(args.storageClass === undefined ? {} : { storageClass: args.storageClass }),
      },
      ...bucket?.pod,
      terminationGracePeriodSeconds: 120,
    });
    this.host = this.part.host;
    this.url = pulumi.interpolate`https://${this.host}:${lokiPort}`;
    this.registerOutputs({ url: this.url });
  }

  link(): Link {
    return {
      name: this.name,
      peer: this.part.peer,
      ports: [lokiPort],
      env: {},
      secretEnv: {},
      ready: [this.part.resource],
    };
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.part.target];
  }
}
