import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { checkHttpsUrl, checkSecret, checkText, checkTexts, isRecord } from "../lib/check";
import { withDefaults } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import { type Egress, type Link, type Linkable, openEgress, openLink } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import { type Alertmanager, alertmanagerPort } from "./alertmanager";
import { folders } from "./dashboards/dashboard";
import type { DashboardFile } from "./dashboards/index";
import { dashboardProvider, datasources, grafanaIni, iniFile, type OidcConfig } from "./grafanaConfig";
import type { Loki } from "./loki";
import type { PrometheusAddress } from "./prometheus";
import type { Scrapeable, ScrapeTarget } from "./scrape";
import { asFile, configFolder, type Singleton, singleton } from "./singleton";

export interface GrafanaSettings {
  /** Password of the user `admin`. A change applies at the next start, which it causes. */
  adminPassword: pulumi.Input<string>;
  /** Where people open it. @default its Service's address, through `kubectl port-forward` */
  publicUrl?: string;
  /** An identity provider that people log in with; needs `publicUrl`. The user `admin` stays. @default none */
  oidc?: OidcSettings;
  /** @default 100 */
  cpuMillis?: number;
  /** @default 384 */
  memoryMiB?: number;
}

/** An identity provider, by its OpenID Connect endpoints. */
export interface OidcSettings
  extends Omit<OidcConfig, "name" | "scopes" | "clientSecretFile">,
    Partial<Pick<OidcConfig, "name" | "scopes">> {
  clientSecret: pulumi.Input<string>;
  /** Addresses of the provider, for the NetworkPolicy. @default any public address */
  to?: Egress["to"];
}

export const oidcDefaults = { name: "Single sign-on", scopes: ["openid", "profile", "email", "groups"] };

export interface GrafanaArgs extends GrafanaSettings, ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "grafana">;
  prometheus: PrometheusAddress;
  loki: Loki;
  alertmanager: Alertmanager;
  /** @default none */
  dashboards?: readonly DashboardFile[];
}

export const grafanaDefaults = { cpuMillis: 100, memoryMiB: 384 };

export const grafanaPort = 3000;
const dataPath = "/var/lib/grafana";
/** It stands in grafana.ini, where these end a value or begin a comment, a quotation or a variable. */
const httpsUrl = /^https:\/\/[^\s$#;`"]+$/;
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
    const { namespace, images, prometheus, loki, alertmanager, dashboards, publicUrl, cpuMillis, memoryMiB, ...given } =
      withDefaults({ ...grafanaDefaults, dashboards: [] as readonly DashboardFile[] }, args);
    this.checked(() => checkSecret("adminPassword", given.adminPassword));
    const isUrl: boolean = typeof publicUrl === "string" && httpsUrl.test(publicUrl);
    if (publicUrl !== undefined && !isUrl) this.refuse("publicUrl must start with https://", publicUrl);
    if (given.oidc !== undefined && !isRecord(given.oidc)) this.refuse("oidc must be an object", given.oidc);
    const oidc = given.oidc && withDefaults(oidcDefaults, given.oidc);
    if (oidc !== undefined) this.checkOidc(oidc, publicUrl);
    const metadata = { namespace: namespace.namespaceName };
    const peer = { namespace: namespace.namespaceName, podLabels: this.selector };
    openLink(this, peer, { ...prometheus, name: "prometheus" });
    openLink(this, peer, { ...loki.link(), name: "loki" });
    openLink(this, peer, { ...alertmanager.link(), name: "alertmanager" });

    if (oidc !== undefined) {
      const ports = [oidc.tokenUrl, oidc.userInfoUrl].map(url => Number(new URL(url).port || 443));
      openEgress(this, peer, { name: "identity", to: oidc.to ?? "public", ports: [...new Set(ports)] });
    }

    const adminPassword = pulumi.secret(given.adminPassword);
    const secret = this.child(
      k8s.core.v1.Secret,
      "admin",
      {
        metadata,
        immutable: true,
        stringData: {
          password: adminPassword,
          "secret-key": secretKey(adminPassword),
          ...(oidc === undefined ? {} : { "oidc-client-secret": pulumi.secret(oidc.clientSecret) }),
        },
      },
      { autonamed: true },
    );
    const boards = this.child(
      k8s.core.v1.ConfigMap,
      "dashboards",
      {
        metadata,
        // On one line each: together they must stay below the megabyte that a ConfigMap holds.
        data: Object.fromEntries(dashboards.map(board => [keyOf(board), JSON.stringify(board.content)])),
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
      ...(oidc === undefined ? {} : { oidc: { ...oidc, clientSecretFile: `${secretsFolder}/oidc-client-secret` } }),
    });
    const sources = pulumi
      .all([prometheus.url, loki.url, alertmanager.host])
      .apply(([p, l, a]) =>
        asFile(datasources({ prometheus: p, loki: l, alertmanager: `https://${a}:${alertmanagerPort}` })),
      );
    const used = Object.fromEntries(dashboards.map(({ folder }) => [folder, folders[folder]]));
    const provider = asFile(dashboardProvider(used, dashboardsFolder));
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
        {
          name: "dashboards",
          configMap: boards.metadata.name,
          items: Object.fromEntries(dashboards.map(board => [keyOf(board), `${board.folder}/${board.name}.json`])),
        },
      ],
    });
    this.url =
      publicUrl === undefined ? pulumi.interpolate`https://${this.part.host}:${grafanaPort}` : pulumi.output(publicUrl);
    this.registerOutputs({ url: this.url });
  }

  private checkOidc(oidc: OidcSettings, publicUrl: string | undefined): void {
    if (publicUrl === undefined) this.fail("oidc needs publicUrl: the identity provider sends people back there");
    const { authUrl, tokenUrl, userInfoUrl, clientId, roleAttributePath, name = "" } = oidc;
    for (const [field, url] of Object.entries({ authUrl, tokenUrl, userInfoUrl })) {
      this.checked(() => checkHttpsUrl(`oidc.${field}`, url));
    }
    // A line break ends a setting, the others begin a comment, a quotation or a variable.
    const plain = (field: string, value: unknown) =>
      checkText(`oidc.${field}`, value, "one line without $ # ; and `", /^[^\r\n$#;`]+$/);
    this.checked(() => {
      plain("clientId", clientId);
      plain("roleAttributePath", roleAttributePath);
      plain("name", name);
      checkSecret("oidc.clientSecret", oidc.clientSecret);
      checkTexts("oidc.scopes", oidc.scopes);
      oidc.scopes?.forEach((scope, index) => plain(`scopes[${index}]`, scope));
      for (const url of [authUrl, tokenUrl, userInfoUrl]) plain("URLs", url);
    });
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

/** A dashboard's key in the ConfigMap, where there are no folders. */
const keyOf = ({ folder, name }: DashboardFile): string => `${folder}.${name}.json`;

/**
 * Key by which Grafana encrypts what its database keeps secret. Its built-in default is public. One more secret to set would gain nothing:
 * the database goes with the pod, and holds nothing secret but the password's own hash.
 */
function secretKey(adminPassword: pulumi.Output<string>): pulumi.Output<string> {
  return adminPassword.apply(password =>
    createHash("sha256").update(`bulkhead grafana secret key\n${password}`).digest("base64url"),
  );
}
