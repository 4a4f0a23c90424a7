import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { Component, type ComponentArgs } from "../lib/component";
import { type Link, type Linkable, openLink } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { type Alertmanager, alertmanagerPort } from "./alertmanager";
import { dashboardProvider, datasources, grafanaIni, iniFile } from "./grafanaConfig";
import type { Loki } from "./loki";
import type { PrometheusAddress } from "./prometheus";
import type { Scrapeable, ScrapeTarget } from "./scrape";
import { asFile, configFolder, type Singleton, singleton } from "./singleton";

export interface GrafanaSettings {
  /** Password of the user `admin`. A change applies at the next start, which it causes. */
  adminPassword: pulumi.Input<string>;
  /** Where people open it. @default its Service's address, through `kubectl port-forward` */
  publicUrl?: string;
  /** @default 100 */
  cpuMillis?: number;
  /** @default 384 */
  memoryMiB?: number;
}

export interface GrafanaArgs extends GrafanaSettings, ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "grafana">;
  prometheus: PrometheusAddress;
  loki: Loki;
  alertmanager: Alertmanager;
  /** Dashboards as Grafana's JSON, by the name of their file. @default none */
  dashboards?: Record<string, object>;
}

export const grafanaDefaults = { cpuMillis: 100, memoryMiB: 384 };

export const grafanaPort = 3000;
const dataPath = "/var/lib/grafana";
const secretsFolder = "/run/bulkhead/grafana";
const dashboardsFolder = "/etc/bulkhead-dashboards";

/**
 * Shows metrics, logs and alerts. All that it shows is code: data sources and dashboards are files, and its own database goes with the pod, so
 * that a changed password or dashboard is what a restart brings, and nothing has to be backed up. What people click together is not kept.
 *
 * The image needs `grafana` (11 or later) on its PATH and its files in `/usr/share/grafana`.
 */
export class Grafana extends Component implements Linkable, Scrapeable {
  readonly url: pulumi.Output<string>;
  private readonly part: Singleton;

  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:observability:Grafana", name, { app: "grafana", role: "dashboards" }, args, opts);
    const { namespace, images, prometheus, loki, alertmanager, dashboards, publicUrl, cpuMillis, memoryMiB } = {
      ...grafanaDefaults,
      dashboards: {},
      ...args,
    };
    if (publicUrl !== undefined && !publicUrl.startsWith("https://")) {
      this.refuse("publicUrl must start with https://", publicUrl);
    }
    const metadata = { namespace: namespace.namespaceName };
    const peer = { namespace: namespace.namespaceName, podLabels: this.selector };
    openLink(this, peer, { ...prometheus, name: "prometheus" });
    openLink(this, peer, { ...loki.link(), name: "loki" });
    openLink(this, peer, { ...alertmanager.link(), name: "alertmanager" });

    const adminPassword = pulumi.secret(args.adminPassword);
    const secret = this.child(
      k8s.core.v1.Secret,
      "admin",
      { metadata, immutable: true, stringData: { password: adminPassword, "secret-key": secretKey(adminPassword) } },
      { autonamed: true },
    );
    const boards = this.child(
      k8s.core.v1.ConfigMap,
      "dashboards",
      {
        metadata,
        data: Object.fromEntries(
          Object.entries(dashboards).map(([file, content]) => [`${file}.json`, asFile(content)]),
        ),
      },
      { autonamed: true },
    );
    const provisioning = `${configFolder}/provisioning`;
    const ini = grafanaIni({
      port: grafanaPort,
      dataPath,
      provisioningPath: provisioning,
      adminPasswordFile: `${secretsFolder}/password`,
      secretKeyFile: `${secretsFolder}/secret-key`,
      ...(publicUrl === undefined ? {} : { publicUrl }),
    });
    const sources = pulumi
      .all([prometheus.url, loki.url, alertmanager.host])
      .apply(([p, l, a]) =>
        asFile(datasources({ prometheus: p, loki: l, alertmanager: `https://${a}:${alertmanagerPort}` })),
      );
    const provider = asFile(dashboardProvider(pulumi.getProject(), dashboardsFolder));
    this.part = singleton(this, {
      namespace,
      files: { "grafana.ini": iniFile(ini), "datasources.yaml": sources, "dashboards.yaml": provider },
      // Grafana wants its provisioning files in folders by kind, and the folders of the other kinds to be there.
      fileItems: {
        "grafana.ini": "grafana.ini",
        "datasources.yaml": "provisioning/datasources/bulkhead.yaml",
        "dashboards.yaml": "provisioning/dashboards/bulkhead.yaml",
      },
      container: {
        image: images.grafana,
        command: ["grafana"],
        args: ["server", "--homepath=/usr/share/grafana", `--config=${configFolder}/grafana.ini`, "--packaging=docker"],
        resources: { cpuMillis, memoryMiB },
        probes: {
          readiness: { http: "/api/health", port: grafanaPort },
          liveness: { http: "/api/health", port: grafanaPort, failures: 6 },
        },
        writablePaths: [
          { path: dataPath, sizeMiB: 256 },
          { path: "/tmp", sizeMiB: 64 },
        ],
        mounts: [
          { volume: "admin", path: secretsFolder },
          { volume: "dashboards", path: dashboardsFolder },
        ],
      },
      ports: { https: grafanaPort },
      volumes: [
        { name: "admin", secret: secret.metadata.name },
        { name: "dashboards", configMap: boards.metadata.name },
      ],
    });
    this.url =
      publicUrl === undefined ? pulumi.interpolate`https://${this.part.host}:${grafanaPort}` : pulumi.output(publicUrl);
    this.registerOutputs({ url: this.url });
  }

  link(): Link {
    return {
      name: this.name,
      peer: this.part.peer,
      ports: [grafanaPort],
      env: {},
      secretEnv: {},
      ready: [this.part.resource],
    };
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.part.target];
  }
}

/**
 * Key by which Grafana encrypts what its database keeps secret. Its built-in default is public. One more secret to set would gain nothing:
 * the database goes with the pod, and holds nothing secret but the password's own hash.
 */
function secretKey(adminPassword: pulumi.Output<string>): pulumi.Output<string> {
  return adminPassword.apply(password =>
    createHash("sha256").update(`bulkhead grafana secret key\n${password}`).digest("base64url"),
  );
}
