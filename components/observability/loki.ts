import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { checkWhole } from "../lib/check";
import { Component, type ComponentArgs } from "../lib/component";
import type { Link, Linkable } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { lokiConfig } from "./lokiConfig";
import { logsVolumeGiB } from "./retention";
import type { Scrapeable, ScrapeTarget } from "./scrape";
import { asFile, configFolder, type Singleton, singleton } from "./singleton";

export interface LogsSettings {
  /** How long logs are kept. @default 14 */
  retentionDays?: number;
  /** Size of the volume. Refused when the retention does not fit. @default 20 */
  volumeGiB?: number;
  /** What all programs write in a day, by which the retention's need is reckoned. @default 1024 */
  rawMiBPerDay?: number;
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

export const logsDefaults = { retentionDays: 14, volumeGiB: 20, rawMiBPerDay: 1024, cpuMillis: 100, memoryMiB: 512 };

export const lokiPort = 3100;
const dataPath = "/loki";

/** Keeps the logs. The image needs `loki` (3.x) on its PATH. */
export class Loki extends Component implements Linkable, Scrapeable {
  readonly host: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
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
    const needed = logsVolumeGiB({ rawMiBPerDay, days: retentionDays });
    if (needed > volumeGiB) {
      this.refuse(
        `volumeGiB must be at least ${Math.ceil(needed)} to keep ${rawMiBPerDay} MiB a day for ${retentionDays} days`,
        volumeGiB,
      );
    }
    this.part = singleton(this, {
      namespace,
      files: { "loki.yaml": asFile(lokiConfig({ retentionDays, dataPath, port: lokiPort })) },
      container: {
        image: args.images.loki,
        command: ["loki"],
        args: ["-target=all", `-config.file=${configFolder}/loki.yaml`],
        resources: { cpuMillis: resources.cpuMillis, memoryMiB: resources.memoryMiB },
        probes: {
          readiness: { http: "/ready", port: lokiPort },
          liveness: { tcp: lokiPort },
          // It replays its write-ahead log before it listens.
          startup: { tcp: lokiPort, periodSeconds: 5, failures: 120 },
        },
      },
      ports: { https: lokiPort },
      storage: {
        path: dataPath,
        giB: volumeGiB,
        protect: deletionProtection,
        ...(args.storageClass === undefined ? {} : { storageClass: args.storageClass }),
      },
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
