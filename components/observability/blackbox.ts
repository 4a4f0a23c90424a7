import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { checkBoolean, checkLabel, checkWhole } from "../lib/check";
import { withDefaults } from "../lib/compact";
import { Component } from "../lib/component";
import { type Linkable, openEgress, openLink } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { blackboxConfig, probeTarget } from "./blackboxConfig";
import type { Scrapeable, ScrapeTarget } from "./scrape";
import { asFile, configFolder, type Singleton, singleton } from "./singleton";
import { webConfig } from "./webConfig";

/** A component that answers HTTPS by a Service of the cluster. */
export interface ProbedService extends Linkable {
  readonly name: string;
  /** Name of its Service and namespace, ending in `.svc`. */
  readonly host: pulumi.Input<string>;
  /** Port of its Service. @default 443 */
  readonly port?: number;
}

/** An address that is asked again and again, as a user would. */
export interface SyntheticProbe {
  /** What dashboards call it; a DNS label. */
  name: string;
  /** `https://…`, or `wss://…` for the handshake of a WebSocket. */
  url: string;
  /** The answer that says all is well. @default any of 2xx; 101 for a WebSocket */
  status?: number;
  /**
   * Ask this component in the place of whatever DNS says, and trust the cluster's own authority: for an address that is not public.
   * @default the public address
   */
  through?: ProbedService;
  /**
   * False for a certificate of an authority that nobody trusts, such as a staging server's: its end is still told, who it is is not verified.
   * @default true
   */
  trusted?: boolean;
}

export interface BlackboxArgs {
  namespace: Placement;
  images: Pick<Images, "blackboxExporter">;
  probes: readonly SyntheticProbe[];
  /** @default 25 */
  cpuMillis?: number;
  /** @default 48 */
  memoryMiB?: number;
}

export const blackboxDefaults = { cpuMillis: 25, memoryMiB: 48 };

export const blackboxPort = 9115;

/** Command-line arguments. */
export function blackboxArguments(settings: { configFolder: string; listen?: string }): string[] {
  return [
    `--config.file=${settings.configFolder}/blackbox.yml`,
    `--web.config.file=${settings.configFolder}/web.yml`,
    `--web.listen-address=${settings.listen ?? `:${blackboxPort}`}`,
    "--log.format=json",
  ];
}

/**
 * Asks addresses as a user would: does it answer, how fast, for how long is its certificate good. The image needs `blackbox_exporter` (0.23 or
 * later) on its PATH, and the certificates of public authorities.
 */
export class Blackbox extends Component implements Scrapeable {
  private readonly part: Singleton;
  private readonly probes: readonly SyntheticProbe[];

  constructor(name: string, args: BlackboxArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:observability:Blackbox", name, { app: "blackbox-exporter", role: "synthetic-checks" }, {}, opts);
    const { namespace, images, cpuMillis, memoryMiB } = { ...blackboxDefaults, ...args };
    const probes = args.probes.map(probe => withDefaults({}, probe));
    this.check(probes);
    const peer = { namespace: namespace.namespaceName, podLabels: this.selector };

    const ports = probes.flatMap(({ url, through }) =>
      through === undefined ? [Number(new URL(url).port || 443)] : [],
    );
    if (ports.length > 0) openEgress(this, peer, { name: "public", to: "public", ports: [...new Set(ports)] });
    const services = new Set(probes.flatMap(({ through }) => (through === undefined ? [] : [through])));
    for (const service of services) openLink(this, peer, service.link());

    this.probes = probes;
    this.part = singleton(this, {
      namespace,
      files: {
        "blackbox.yml": asFile(
          blackboxConfig(probes.map(probe => ({ ...probe, private: probe.through !== undefined }))),
        ),
        "web.yml": asFile(webConfig()),
      },
      container: {
        image: images.blackboxExporter,
        command: ["blackbox_exporter"],
        args: blackboxArguments({ configFolder }),
        resources: { cpuMillis, memoryMiB },
        probes: {
          readiness: { http: "/-/healthy", port: blackboxPort },
          liveness: { http: "/-/healthy", port: blackboxPort, failures: 6 },
        },
      },
      ports: { https: blackboxPort },
    });
    this.registerOutputs({});
  }

  private check(probes: readonly SyntheticProbe[]): void {
    const seen = new Set<string>();
    for (const { name, url, status, through, trusted } of probes) {
      this.checked(() => {
        checkLabel("probes: name", name);
        if (status !== undefined) checkWhole(`probes.${name}.status`, status, 100, 599);
        if (trusted !== undefined) checkBoolean(`probes.${name}.trusted`, trusted);
      });
      if (seen.has(name)) this.refuse("probes must name each check once", name);
      seen.add(name);
      if (typeof url !== "string" || !URL.canParse(url) || !["https:", "wss:"].includes(new URL(url).protocol)) {
        this.refuse(`probes.${name}.url must be a URL that starts with https:// or wss://`, url);
      }
      if (through !== undefined && typeof (through as Partial<ProbedService>).link !== "function") {
        this.refuse(`probes.${name}.through must be a component that answers HTTPS, declared before this one`, through);
      }
    }
  }

  /** Its own metrics, and the answers to its checks. */
  scrapeTargets(): ScrapeTarget[] {
    const { target } = this.part;
    const checks = this.probes.map(({ name, url, through }) => ({
      probe: name,
      module: name,
      instance: url,
      target:
        through === undefined
          ? probeTarget({ url })
          : pulumi.output(through.host).apply(host => probeTarget({ url }, `${host}:${through.port ?? 443}`)),
    }));
    return [target, { ...target, job: `${target.job}-checks`, path: "/probe", checks }];
  }
}
