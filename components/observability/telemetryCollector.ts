import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { checkImages } from "../images/image";
import { checkHttpsUrl, checkObject, checkWhole } from "../lib/check";
import { compact, withDefaults } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import { tlsFiles } from "../network/certificate";
import { type Link, type Linkable, openEgress, openLink } from "../network/link";
import { checkPlacement, type Placement } from "../network/secureNamespace";
import { collectorConfig } from "./collectorConfig";
import { collectorContainer } from "./collectorContainer";
import { type LogsSettings, Loki, lokiPort } from "./loki";
import type { Scrapeable, ScrapeTarget } from "./scrape";
import { asFile, checkKept, configFolder, type Singleton, singleton } from "./singleton";

export interface TelemetryCollectorArgs extends ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "otelCollector" | "loki">;
  /** The log store behind it. @default 14 days on 20 GiB */
  logs?: LogsSettings;
  /** OTLP endpoint (`https://…`) of a trace store outside; durations and errors become metrics in any case. @default none */
  tracesEndpoint?: string;
  /** Volume of the queue that survives a restart and an outage of the log store. @default 2 */
  queueGiB?: number;
  /** @default 100 */
  cpuMillis?: number;
  /** @default 256 */
  memoryMiB?: number;
  /** @default the cluster's default */
  storageClass?: string;
  /** Refuse to delete the volumes. @default true */
  deletionProtection?: boolean;
}

export const telemetryCollectorDefaults = { queueGiB: 2, cpuMillis: 100, memoryMiB: 256, deletionProtection: true };

export const collectorPorts = { metrics: 8889, otlp: 4318, health: 13_133, internal: 8888 };
const dataPath = "/var/lib/otelcol";
/** Variable with the name of the pod, which the attributes refer to. */
const podName = "OTEL_POD_NAME";

/**
 * The receiving end of telemetry: apps link to it and get an OTLP endpoint (HTTPS, protobuf); behind it are the log store, which it makes,
 * and the metrics that Prometheus reads. Made before the apps; `ObservabilityStack` comes after them.
 *
 * The image needs the contrib distribution of the OpenTelemetry Collector (0.158 or later) at `/otelcol-contrib`.
 */
export class TelemetryCollector extends Component implements Linkable, Scrapeable {
  /** The log store. */
  readonly loki: Loki;
  /** `https://host:4318` */
  readonly otlpUrl: pulumi.Output<string>;
  private readonly part: Singleton;

  constructor(name: string, args: TelemetryCollectorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:observability:TelemetryCollector", name, { app: "otel-collector", role: "telemetry" }, args, opts);
    const { namespace, images, tracesEndpoint, queueGiB, cpuMillis, memoryMiB, deletionProtection, logs, ...rest } =
      withDefaults(telemetryCollectorDefaults, args);
    this.checked(() => {
      checkWhole("queueGiB", queueGiB, 1, 65_536);
      checkKept(rest.storageClass, deletionProtection);
      if (logs !== undefined) checkObject("logs", logs);
      if (tracesEndpoint !== undefined) checkHttpsUrl("tracesEndpoint", tracesEndpoint);
    });
    checkPlacement(this, namespace);
    this.checked(() => checkImages("images", images, ["otelCollector", "loki"]));
    const storageClass = compact<{ storageClass?: string }>({ storageClass: rest.storageClass });
    this.loki = new Loki(
      this.childName("loki"),
      { ...logs, ...storageClass, namespace, images, deletionProtection },
      { parent: this },
    );

    const peer = { namespace: namespace.namespaceName, podLabels: this.selector };
    openLink(this, peer, { ...this.loki.link(), name: "loki" });
    if (tracesEndpoint !== undefined) openEgress(this, peer, { name: "traces", to: "public" });

    this.part = singleton(this, {
      namespace,
      files: {
        "config.yaml": this.loki.host.apply(host =>
          asFile(
            collectorConfig({
              loki: { host, port: lokiPort },
              dataPath,
              ports: collectorPorts,
              ...(tracesEndpoint === undefined ? {} : { tracesEndpoint }),
            }),
          ),
        ),
      },
      container: {
        ...collectorContainer(images.otelCollector, { cpuMillis, memoryMiB, healthPort: collectorPorts.health }),
        args: [`--config=${configFolder}/config.yaml`],
      },
      ports: { metrics: collectorPorts.metrics, otlp: collectorPorts.otlp },
      // Apps' metrics carry their own job and instance.
      honorLabels: true,
      storage: { path: dataPath, giB: queueGiB, protect: deletionProtection, ...storageClass },
    });
    this.otlpUrl = pulumi.interpolate`https://${this.part.host}:${collectorPorts.otlp}`;
    this.registerOutputs({ otlpUrl: this.otlpUrl });
  }

  /** The environment that OpenTelemetry SDKs read; a consumer is told its name, and each of its pods its own. */
  link(consumer?: Component): Link {
    return {
      name: this.name,
      peer: this.part.peer,
      ports: [collectorPorts.otlp],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: this.otlpUrl,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
        OTEL_EXPORTER_OTLP_CERTIFICATE: tlsFiles.ca,
        ...(consumer === undefined
          ? {}
          : {
              OTEL_SERVICE_NAME: consumer.name,
              // Without an instance the series of two replicas would be one.
              OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=$(${podName}),k8s.pod.name=$(${podName}),deployment.environment.name=${pulumi.getStack()}`,
            }),
      },
      secretEnv: {},
      ...(consumer === undefined ? {} : { podEnv: { [podName]: "metadata.name" } }),
      ready: [this.part.resource],
    };
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.part.target, ...this.loki.scrapeTargets()];
  }
}
