import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { SecurityHeadersArgs } from "../edge/headers";
import { exporterPort, nginxExporter } from "../edge/nginxExporter";
import { runScript } from "../edge/runScript";
import { versionOf } from "../images/catalogue";
import type { Image } from "../images/image";
import { compact, withDefaults } from "../lib/compact";
import { Component, type ComponentArgs, type Transform } from "../lib/component";
import { certificate, serviceNames, tlsFiles, tlsMount, tlsVolume } from "../network/certificate";
import type { Link, Linkable } from "../network/link";
import { checkPlacement, type Placement } from "../network/secureNamespace";
import { type Scrapeable, type ScrapeTarget, scrapeTarget } from "../observability/scrape";
import { checkScaling, type Scaling, scalingDefaults } from "./availability";
import { deployment } from "./rollout";
import { staticSiteConf } from "./staticSiteConf";

export interface StaticSiteArgs extends Scaling, ComponentArgs {
  namespace: Placement;
  /** Holds the files, and nginx to serve them: its entrypoint and configuration are not used. */
  image: Image;
  /** An exporter that runs beside nginx and gives its metrics. @default none: it has no metrics */
  exporterImage?: Image;
  /** Version of nginx in the image; the syntax follows it. @default the catalogue's */
  nginxVersion?: string;
  /** Where the files are in the image. @default "/srv/www" */
  contentFolder?: string;
  /** Answer a page that is no file with index.html, whose script knows what to show. @default true */
  singlePage?: boolean;
  /** Folders whose files change their name with their content: kept for a year. @default ["/assets"] */
  immutablePaths?: readonly string[];
  /** How long other files may be kept; index.html is asked for every time. @default 3600 */
  maxAgeSeconds?: number;
  /** The edge in front sets its own. @default the strictest that the OWASP Secure Headers Project recommends */
  headers?: SecurityHeadersArgs;
  /** Port it serves HTTPS on. @default 8443 */
  port?: number;
  /** CPU reserved per pod, in thousandths of a core; it may use four times that. @default 50 */
  cpuMillis?: number;
  /** Memory per pod. @default 64 */
  memoryMiB?: number;
  /** Time to finish open requests after SIGTERM, in seconds. @default 15 */
  drainSeconds?: number;
  /** Changes children before they are made. @default none */
  transform?: { deployment?: Transform<k8s.apps.v1.DeploymentArgs>; service?: Transform<k8s.core.v1.ServiceArgs> };
}

export const staticSiteDefaults = {
  ...scalingDefaults,
  contentFolder: "/srv/www",
  singlePage: true,
  immutablePaths: ["/assets"] as readonly string[],
  maxAgeSeconds: 3600,
  port: 8443,
  cpuMillis: 50,
  memoryMiB: 64,
  drainSeconds: 15,
};

const stateFolder = "/tmp/nginx";
const metrics = { statusPort: 8081, exporterPort, port: 9113 };
/** Time for endpoints to leave every proxy before nginx is told to stop, in seconds. */
const leaveSeconds = 5;

/** A site of files, served by nginx over TLS to the edge: a Deployment without downtime, its Service and certificate. */
export class StaticSite extends Component implements Linkable, Scrapeable {
  /** Name other pods reach it by. */
  readonly host: pulumi.Output<string>;
  readonly port: number;
  /** Secret with the site's certificate. */
  readonly tlsSecretName: string;
  private readonly deployment: k8s.apps.v1.Deployment;
  private readonly namespaceName: pulumi.Input<string>;
  private readonly target: ScrapeTarget | undefined;

  constructor(name: string, args: StaticSiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:app:StaticSite", name, { app: "nginx", role: "static-site" }, args, opts);
    const chosen = withDefaults(staticSiteDefaults, args);
    const { namespace: placement, image, exporterImage, port, cpuMillis, memoryMiB, drainSeconds, transform } = chosen;
    checkPlacement(this, placement);
    const scaling = compact({ replicas: chosen.replicas, autoscale: chosen.autoscale });
    checkScaling(this, scaling);
    const { contentFolder, singlePage, immutablePaths, maxAgeSeconds, headers } = chosen;
    const conf = this.checked(() =>
      staticSiteConf({
        ...{ contentFolder, singlePage, immutablePaths, maxAgeSeconds, port, drainSeconds, stateFolder },
        ...(headers && { headers }),
        nginxVersion: args.nginxVersion ?? versionOf("nginx"),
        certificate: { certificate: tlsFiles.certificate, key: tlsFiles.key },
        ...(exporterImage === undefined ? {} : { metrics }),
      }),
    );
    const script = runScript({
      conf: "/etc/site/nginx.conf",
      watched: [tlsFiles.certificate, tlsFiles.key],
      stateFolder,
      // The pod has lingered before the script hears of its end.
      lingerSeconds: 0,
      drainSeconds,
    });

    const namespace = placement.namespaceName;
    const metadata = { namespace };
    const account = this.child(k8s.core.v1.ServiceAccount, "", { metadata, automountServiceAccountToken: false });
    const tls = certificate(this, { placement, dnsNames: serviceNames(name, namespace) });
    // Autonamed: a changed configuration is a new object, and so a rollout.
    const files = this.child(
      k8s.core.v1.ConfigMap,
      "conf",
      { metadata, immutable: true, data: { "nginx.conf": conf, "run.sh": script } },
      { autonamed: true },
    );
    this.deployment = deployment(this, {
      namespace,
      scaling,
      rollout: "rolling",
      pod: {
        serviceAccountName: account.metadata.name,
        containers: [
          {
            name: "nginx",
            image,
            command: ["/bin/sh", "/etc/site/run.sh"],
            ports: { https: port, ...(exporterImage === undefined ? {} : { metrics: metrics.port }) },
            resources: { cpuMillis, memoryMiB },
            writablePaths: [{ path: stateFolder, sizeMiB: 8, memory: true }],
            mounts: [{ volume: "conf", path: "/etc/site" }, tlsMount],
            probes: { readiness: { http: "/healthz", port }, liveness: { tcp: port } },
            preStopSeconds: leaveSeconds,
          },
          ...(exporterImage === undefined
            ? []
            : [nginxExporter({ image: exporterImage, statusPort: metrics.statusPort })]),
        ],
        volumes: [{ name: "conf", configMap: files.metadata.name }, tlsVolume(tls.secretName)],
        terminationGracePeriodSeconds: leaveSeconds + drainSeconds + 5,
      },
      ready: [tls.resource],
      transform: transform?.deployment,
    });
    const service = this.child(
      k8s.core.v1.Service,
      "",
      { metadata, spec: { selector: this.selector, ports: [{ name: "https", port, targetPort: port }] } },
      { transform: transform?.service },
    );
    this.target =
      exporterImage === undefined
        ? undefined
        : scrapeTarget(this, {
            peer: { namespace, podLabels: this.selector },
            port: metrics.port,
            https: true,
          });
    this.port = port;
    this.namespaceName = namespace;
    this.tlsSecretName = tls.secretName;
    this.host = pulumi.interpolate`${service.metadata.name}.${service.metadata.namespace}.svc`;
    this.registerOutputs({ host: this.host, port, tlsSecretName: this.tlsSecretName });
  }

  /** `<NAME>_URL` for whoever calls it. */
  link(): Link {
    return {
      name: this.name,
      peer: { namespace: this.namespaceName, podLabels: this.selector },
      ports: [this.port],
      env: {
        [`${this.name.replace(/-/g, "_").toUpperCase()}_URL`]: pulumi.interpolate`https://${this.host}:${this.port}`,
      },
      secretEnv: {},
      ready: [this.deployment],
    };
  }
  scrapeTargets(): ScrapeTarget[] {
    return this.target === undefined ? [] : [this.target];
  }
}
