import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { compact, withDefaults } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import type { Placement } from "../network/secureNamespace";
import { Alertmanager, type Watchdog } from "./alertmanager";
import type { MuteTime } from "./alertmanagerConfig";
import type { AlertGroup, AlertOverride } from "./alerts/alert";
import { anyAvailability, availability } from "./alerts/availability";
import { checkGroups } from "./alerts/checkGroups";
import { alertGroups } from "./alerts/index";
import { checkOverrides, groupsFor, ruleDefaults, ruleFile } from "./alerts/rules";
import { Blackbox, type SyntheticProbe } from "./blackbox";
import { CertManagerMetrics, type CertManagerMetricsArgs } from "./certManagerMetrics";
import { ContainerMetrics, type ContainerMetricsArgs } from "./containerMetrics";
import type { Dashboard } from "./dashboards/dashboard";
import { dashboardFiles, dashboardsFor, panelOf } from "./dashboards/index";
import { Grafana, type GrafanaSettings } from "./grafana";
import { KubeStateMetrics, type KubeStateMetricsArgs } from "./kubeStateMetrics";
import { LogAgent } from "./logAgent";
import { logAlertGroups } from "./logAlerts/index";
import type { NodeAccess } from "./nodeAgent";
import { NodeExporter } from "./nodeExporter";
import { type MetricsSettings, Prometheus, prometheusAddress } from "./prometheus";
import type { Receiver } from "./receivers";
import type { Scrapeable, ScrapeTarget } from "./scrape";
import { checkStackArgs } from "./stackArgs";
import type { TelemetryCollector } from "./telemetryCollector";

export interface ObservabilityStackArgs extends ComponentArgs {
  /** Where the servers run. */
  namespace: Placement;
  /** Where the agents that see the node run: Pod Security level `privileged`, and nothing else in it. */
  nodeNamespace: Placement;
  images: Pick<
    Images,
    | "prometheus"
    | "alertmanager"
    | "grafana"
    | "otelCollector"
    | "nodeExporter"
    | "kubeStateMetrics"
    | "blackboxExporter"
  >;
  /** What the apps send to; its log store is shown in Grafana and gets the containers' logs. */
  collector: TelemetryCollector;
  /** Everything that has metrics. The stack's own parts need not be named. */
  targets: readonly Scrapeable[];
  /** Who answers for the agents that see the node, and until when. */
  nodeAccess: NodeAccess;
  /** @default 15 days on 20 GiB */
  metrics?: MetricsSettings;
  /** Who is told about alerts. @default nobody: they are seen in Grafana */
  receivers?: readonly Receiver[];
  /** Hours in which receivers that name them are told what is critical only. @default none */
  muteTimes?: readonly MuteTime[];
  /** Who notices when this stack is dead. @default nobody */
  watchdog?: Watchdog;
  /** What a stack wants otherwise about an alert, by its name; on logs, the panels follow it, and `logs.alerts.overrides` must say the same. @default as they are */
  alerts?: Readonly<Record<string, AlertOverride>>;
  /** Alerts of the system's own, beside those that the components bring. @default none */
  alertGroups?: readonly AlertGroup[];
  /** Where the runbook pages are, ending in `/`. @default "docs/runbooks/" */
  runbookUrl?: string;
  /** @default none */
  grafana?: GrafanaSettings;
  /** Metrics of the cluster's objects, which needs read access to its API; `{}` for all defaults. @default none */
  kubeStateMetrics?: Pick<KubeStateMetricsArgs, "apiServer" | "cpuMillis" | "memoryMiB">;
  /** What every node's kubelet measures of its containers; `{}` for all defaults. @default none */
  containerMetrics?: Omit<ContainerMetricsArgs, "namespace" | "images">;
  /** The cluster's own cert-manager, whose metrics tell the age of every certificate. @default they are not read */
  certManager?: CertManagerMetricsArgs;
  /** Addresses that are asked as a user would. @default none */
  probes?: readonly SyntheticProbe[];
  /** @default the cluster's default */
  storageClass?: string;
  /** Refuse to delete the volumes. @default true */
  deletionProtection?: boolean;
}

export const observabilityStackDefaults = {
  alerts: {} as Readonly<Record<string, AlertOverride>>,
  runbookUrl: ruleDefaults.runbookUrl,
  deletionProtection: true,
};

/**
 * Watches the system: metrics, alerts, dashboards, the nodes and their containers' logs. Made after what it watches, because the targets are
 * named by the program and not discovered.
 */
export class ObservabilityStack extends Component {
  readonly prometheusUrl: pulumi.Output<string>;
  readonly alertmanagerUrl: pulumi.Output<string>;
  readonly lokiUrl: pulumi.Output<string>;
  readonly otlpUrl: pulumi.Output<string>;
  /** Absent without Grafana. */
  readonly grafanaUrl: pulumi.Output<string> | undefined;
  /** For the edge to link to. Absent without Grafana. */
  readonly grafana: Grafana | undefined;

  constructor(name: string, args: ObservabilityStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:observability:ObservabilityStack", name, { app: "observability", role: "monitoring" }, args, opts);
    const given = withDefaults(observabilityStackDefaults, args);
    checkStackArgs(this, given);
    const { namespace, nodeNamespace, images, collector, nodeAccess } = given;
    const groups = [...alertGroups, ...(given.alertGroups ?? [])];
    const named = [...groups, anyAvailability, ...logAlertGroups([])];
    this.checked(() => {
      checkGroups(named, given.alertGroups);
      checkOverrides(named, given.alerts);
    });
    const inside = { parent: this };
    const metricsName = this.childName("metrics");
    const stored = compact<{ storageClass?: string; deletionProtection?: boolean }>({
      storageClass: given.storageClass,
      deletionProtection: given.deletionProtection,
    });

    const nodes = new NodeExporter(
      this.childName("node"),
      { namespace: nodeNamespace, images, access: nodeAccess },
      inside,
    );
    const logs = new LogAgent(
      this.childName("logs"),
      { namespace: nodeNamespace, images, loki: collector.loki, access: nodeAccess },
      inside,
    );
    const parts: Scrapeable[] = [
      nodes,
      logs,
      ...some(
        given.kubeStateMetrics,
        settings => new KubeStateMetrics(this.childName("cluster"), { ...settings, namespace, images }, inside),
      ),
      ...some(
        given.containerMetrics,
        settings => new ContainerMetrics(this.childName("containers"), { ...settings, namespace, images }, inside),
      ),
      ...some(given.certManager, settings => new CertManagerMetrics(this.childName("certificates"), settings, inside)),
      ...some(given.probes, probes => new Blackbox(this.childName("probes"), { namespace, images, probes }, inside)),
    ];
    const alertmanager = new Alertmanager(
      this.childName("alerts"),
      {
        ...stored,
        ...compact<Pick<ObservabilityStackArgs, "receivers" | "muteTimes" | "watchdog">>({
          receivers: given.receivers,
          muteTimes: given.muteTimes,
          watchdog: given.watchdog,
        }),
        domains: new Set(named.map(group => group.name)),
        namespace,
        images,
      },
      inside,
    );
    const measured: Scrapeable[] = [...given.targets, collector, ...parts, alertmanager];
    const apps = new Set(measured.flatMap(component => component.scrapeTargets().map(({ app }) => app)));
    const { alerts: overrides, runbookUrl } = given;
    const boards = dashboardsFor(apps);
    this.grafana =
      given.grafana &&
      new Grafana(
        this.childName("grafana"),
        {
          ...given.grafana,
          namespace,
          images,
          prometheus: prometheusAddress(metricsName, namespace),
          loki: collector.loki,
          alertmanager,
          dashboards: this.checked(() =>
            dashboardFiles(boards, { overrides, runbookUrl, deployments: apps.has("kube-state-metrics") }),
          ),
        },
        inside,
      );
    const targets = [...measured, ...some(this.grafana, grafana => grafana)].flatMap(each => each.scrapeTargets());
    const rules = this.checked(() =>
      rulesFor(groups, targets, { overrides, runbookUrl }, this.grafana && { url: this.grafana.url, boards }),
    );
    const prometheus = new Prometheus(
      metricsName,
      { ...given.metrics, ...stored, namespace, images, alertmanager, targets, rules },
      inside,
    );
    this.prometheusUrl = prometheus.url;
    this.alertmanagerUrl = alertmanager.url;
    this.lokiUrl = collector.loki.url;
    this.otlpUrl = collector.otlpUrl;
    this.grafanaUrl = this.grafana?.url;
    this.registerOutputs({
      prometheusUrl: this.prometheusUrl,
      alertmanagerUrl: this.alertmanagerUrl,
      lokiUrl: this.lokiUrl,
      otlpUrl: this.otlpUrl,
      ...(this.grafanaUrl === undefined ? {} : { grafanaUrl: this.grafanaUrl }),
    });
  }
}

/** What is made of a setting, where it is set. */
const some = <T, R>(given: T | undefined, make: (value: T) => R): R[] => (given === undefined ? [] : [make(given)]);

/** The alerts of what is deployed, as this stack wants them, each with the address of the panel that shows what it is about. */
function rulesFor(
  all: readonly AlertGroup[],
  targets: readonly ScrapeTarget[],
  options: { overrides: Readonly<Record<string, AlertOverride>>; runbookUrl: string },
  grafana: { url: pulumi.Output<string>; boards: readonly Dashboard[] } | undefined,
): Record<string, pulumi.Input<object>> {
  const present = availability(targets);
  const groups = [...groupsFor(all, new Set(targets.map(({ app }) => app))), present];
  return Object.fromEntries(
    groups.map(group => {
      // Made at once, so that what is wrong with it is said now and not when an address is known.
      const plain = ruleFile(group, options);
      const linked = grafana?.url.apply(url => {
        const dashboardUrl = (alert: string) => panelUrl(url, panelOf(alert, grafana.boards));
        return ruleFile(group, { ...options, dashboardUrl });
      });
      return [group.name, linked ?? plain];
    }),
  );
}

const panelUrl = (grafana: string, path: string | undefined) =>
  path === undefined ? undefined : `${grafana.replace(/\/$/, "")}/${path}`;
