import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { compact } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import type { Placement } from "../network/secureNamespace";
import { Alertmanager, type Receiver, type Watchdog } from "./alertmanager";
import type { AlertOverride } from "./alerts/alert";
import { availability } from "./alerts/availability";
import { alertGroups } from "./alerts/index";
import { checkOverrides, groupsFor, ruleDefaults, ruleFile } from "./alerts/rules";
import { overview } from "./dashboards/overview";
import { Grafana, type GrafanaSettings } from "./grafana";
import { KubeStateMetrics, type KubeStateMetricsArgs } from "./kubeStateMetrics";
import { LogAgent } from "./logAgent";
import type { NodeAccess } from "./nodeAgent";
import { NodeExporter } from "./nodeExporter";
import { type MetricsSettings, Prometheus, prometheusAddress } from "./prometheus";
import type { Scrapeable, ScrapeTarget } from "./scrape";
import type { TelemetryCollector } from "./telemetryCollector";

export interface ObservabilityStackArgs extends ComponentArgs {
  /** Where the servers run. */
  namespace: Placement;
  /** Where the agents that see the node run: Pod Security level `privileged`, and nothing else in it. */
  nodeNamespace: Placement;
  images: Pick<
    Images,
    "prometheus" | "alertmanager" | "grafana" | "otelCollector" | "nodeExporter" | "kubeStateMetrics"
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
  /** Who notices when this stack is dead. @default nobody */
  watchdog?: Watchdog;
  /** What a stack wants otherwise about an alert, by its name. @default as they are */
  alerts?: Readonly<Record<string, AlertOverride>>;
  /** Where the runbook pages are, ending in `/`. @default "docs/runbooks/" */
  runbookUrl?: string;
  /** @default none */
  grafana?: GrafanaSettings;
  /** Metrics of the cluster's objects, which needs read access to its API; `{}` for all defaults. @default none */
  kubeStateMetrics?: Pick<KubeStateMetricsArgs, "apiServer" | "cpuMillis" | "memoryMiB">;
  /** @default the cluster's default */
  storageClass?: string;
  /** Refuse to delete the volumes. @default true */
  deletionProtection?: boolean;
}

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
    const { namespace, nodeNamespace, images, collector, nodeAccess } = args;
    args.targets.forEach((target, index) => {
      if (typeof (target as Partial<Scrapeable> | undefined)?.scrapeTargets !== "function") {
        this.refuse(`targets[${index}] must be a component with metrics, declared before this one`, target);
      }
    });
    const inside = { parent: this };
    const metricsName = this.childName("metrics");
    const stored = compact<{ storageClass?: string; deletionProtection?: boolean }>({
      storageClass: args.storageClass,
      deletionProtection: args.deletionProtection,
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
    const cluster =
      args.kubeStateMetrics &&
      new KubeStateMetrics(this.childName("cluster"), { ...args.kubeStateMetrics, namespace, images }, inside);
    const alertmanager = new Alertmanager(
      this.childName("alerts"),
      {
        ...stored,
        ...compact<{ receivers?: readonly Receiver[]; watchdog?: Watchdog }>({
          receivers: args.receivers,
          watchdog: args.watchdog,
        }),
        namespace,
        images,
      },
      inside,
    );
    this.grafana =
      args.grafana &&
      new Grafana(
        this.childName("grafana"),
        {
          ...args.grafana,
          namespace,
          images,
          prometheus: prometheusAddress(metricsName, namespace),
          loki: collector.loki,
          alertmanager,
          dashboards: { overview },
        },
        inside,
      );
    const scraped: Scrapeable[] = [
      ...args.targets,
      collector,
      nodes,
      logs,
      ...(cluster === undefined ? [] : [cluster]),
      alertmanager,
      ...(this.grafana === undefined ? [] : [this.grafana]),
    ];
    const targets = scraped.flatMap(component => component.scrapeTargets());
    const rules = this.checked(() => rulesFor(targets, args));
    const prometheus = new Prometheus(
      metricsName,
      { ...args.metrics, ...stored, namespace, images, alertmanager, targets, rules },
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

/** The alerts of what is deployed, as this stack wants them. */
function rulesFor(
  targets: readonly ScrapeTarget[],
  {
    alerts: overrides = {},
    runbookUrl = ruleDefaults.runbookUrl,
  }: Pick<ObservabilityStackArgs, "alerts" | "runbookUrl">,
): Record<string, object> {
  const present = availability(targets);
  checkOverrides([...alertGroups, present], overrides);
  const deployed = groupsFor(alertGroups, new Set(targets.map(({ app }) => app)));
  return Object.fromEntries(
    [...deployed, present].map(group => [group.name, ruleFile(group, { overrides, runbookUrl })]),
  );
}
