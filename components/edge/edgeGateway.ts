import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkScaling, most, type Scaling, scalingDefaults } from "../app/availability";
import { deployment } from "../app/rollout";
import { type Images, versionOf } from "../images/catalogue";
import { checkWhole, isRecord } from "../lib/check";
import { compact, withDefaults } from "../lib/compact";
import { Component, type ComponentArgs, type Transform } from "../lib/component";
import { certificate, serviceNames, tlsMount, tlsVolume } from "../network/certificate";
import { connect, type Link, type Linkable, type Peer } from "../network/link";
import { checkPlacement, type Placement } from "../network/secureNamespace";
import { type Scrapeable, type ScrapeTarget, scrapeTarget } from "../observability/scrape";
import { type EdgeRules, edgeFiles, edgePorts, publicFolder, stateFolder, upstreamsOf } from "./edgeFiles";
import { type Exposure, expose, exposures } from "./exposure";
import { exporterPort, nginxExporter } from "./nginxExporter";
import { type AcmeArgs, publicCertificate } from "./publicCertificate";
import { trustedRanges } from "./trustedProxies";

/** A component that the edge can send requests to: its Service serves HTTPS with a certificate of the cluster's own authority. */
export interface EdgeUpstream extends Linkable {
  readonly name: string;
  /** Name of its Service and namespace, ending in `.svc`. */
  readonly host: pulumi.Input<string>;
  readonly port: number;
}

export interface EdgeGatewayArgs extends EdgeRules, Scaling, ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "nginx" | "nginxExporter">;
  /** Version of nginx in the image; the syntax follows it. @default as the image's tag says, else the catalogue's */
  nginxVersion?: string;
  /** @default "LoadBalancer" */
  exposure?: Exposure;
  /** A certificate that browsers trust. @default one by the namespace's issuer */
  acme?: AcmeArgs;
  /** CPU reserved per pod, in thousandths of a core; it may use four times that. @default 250 */
  cpuMillis?: number;
  /** Memory per pod, of which 64 are for requests on their way through. @default 256 */
  memoryMiB?: number;
  /** Time to finish open requests after SIGTERM, in seconds; WebSockets are cut then. @default 30 */
  drainSeconds?: number;
  /** Changes children before they are made. @default none */
  transform?: { deployment?: Transform<k8s.apps.v1.DeploymentArgs>; service?: Transform<k8s.core.v1.ServiceArgs> };
}

export const edgeGatewayDefaults = {
  ...scalingDefaults,
  exposure: "LoadBalancer" as const,
  cpuMillis: 250,
  memoryMiB: 256,
  drainSeconds: 30,
};

/** Time for endpoints to leave every load balancer before nginx is told to stop, in seconds. */
const leaveSeconds = 5;
/** In memory, where a full one refuses requests; on disk it would have the pod evicted. */
const stateMiB = 64;

/** The system's only door: an nginx that is told everything here, in front of services that it verifies. */
export class EdgeGateway extends Component implements Linkable, Scrapeable {
  /** Name other pods reach it by. */
  readonly host: pulumi.Output<string>;
  /** Secret with the certificate that browsers see. */
  readonly tlsSecretName: string;
  private readonly target: ScrapeTarget;
  private readonly edge: Peer;

  constructor(name: string, args: EdgeGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:edge:EdgeGateway", name, { app: "nginx", role: "edge" }, args, opts);
    const chosen = withDefaults(edgeGatewayDefaults, args);
    const { namespace: placement, images, exposure, cpuMillis, memoryMiB, drainSeconds, transform } = chosen;
    checkPlacement(this, placement);
    if (!isRecord(images)) this.refuse("images must be an object", images);
    if (args.acme !== undefined && !isRecord(args.acme)) this.refuse("acme must be an object", args.acme);
    const scaling = compact({ replicas: chosen.replicas, autoscale: chosen.autoscale });
    checkScaling(this, scaling);
    this.checked(() => checkWhole("memoryMiB", memoryMiB, stateMiB + 64, 65_536));
    if (!exposures.includes(exposure)) this.refuse(`exposure must be one of ${exposures.join(", ")}`, exposure);

    const namespace = placement.namespaceName;
    const metadata = { namespace };
    const edge = { namespace, podLabels: this.selector };
    this.edge = edge;
    const upstreams = upstreamsOf(this, args);
    const settings = {
      nginxVersion: args.nginxVersion ?? versionOf("nginx", images.nginx),
      maxReplicas: most(scaling),
      drainSeconds,
      exporterPort,
    };
    // Checked before anything is made, with names in the place of those that are known later.
    const standIns = new Map([...upstreams.keys()].map(each => [each, `${each}.checked.svc`]));
    this.checked(() => edgeFiles(args, settings, standIns, args.acme && "solver.checked.svc"));

    const hosts = args.sites.flatMap(site => site.hosts);
    const account = this.child(k8s.core.v1.ServiceAccount, "", { metadata, automountServiceAccountToken: false });
    const tls = certificate(this, { placement, dnsNames: serviceNames(name, namespace) });
    const shown = publicCertificate(this, placement, hosts, edge, args.acme);
    const connected = connect(this, edge, { links: [...upstreams.values()] });

    const { solver } = shown;
    const data = pulumi
      .all([
        pulumi.all([...upstreams.values()].map(({ host }) => host)),
        solver && pulumi.interpolate`${solver.service.metadata.name}.${solver.service.metadata.namespace}.svc`,
      ])
      .apply(([found, solverHost]) => {
        const named = [...upstreams.keys()].map((each, index) => [each, found[index] ?? ""] as const);
        return edgeFiles(args, settings, new Map(named), solverHost);
      });
    // Autonamed: a changed configuration is a new object, and so a rollout.
    const files = this.child(k8s.core.v1.ConfigMap, "conf", { metadata, immutable: true, data }, { autonamed: true });

    deployment(this, {
      namespace,
      scaling,
      rollout: "rolling",
      pod: {
        serviceAccountName: account.metadata.name,
        containers: [
          {
            name: "nginx",
            image: images.nginx,
            command: ["/bin/sh", "/etc/edge/run.sh"],
            ports: { http: edgePorts.http, https: edgePorts.https, metrics: edgePorts.metrics },
            resources: { cpuMillis, memoryMiB },
            writablePaths: [{ path: stateFolder, sizeMiB: stateMiB, memory: true }],
            mounts: [{ volume: "conf", path: "/etc/edge" }, { volume: "public-tls", path: publicFolder }, tlsMount],
            probes: {
              readiness: { http: "/healthz", port: edgePorts.http, https: false, periodSeconds: 5 },
              liveness: { tcp: edgePorts.http },
            },
            preStopSeconds: leaveSeconds,
          },
          nginxExporter({ image: images.nginxExporter, statusPort: edgePorts.status }),
        ],
        volumes: [
          { name: "conf", configMap: files.metadata.name },
          { name: "public-tls", secret: shown.secretName },
          tlsVolume(tls.secretName),
        ],
        terminationGracePeriodSeconds: leaveSeconds + drainSeconds + 5,
      },
      ready: [tls.resource, ...shown.ready, ...connected.ready],
      transform: transform?.deployment,
    });
    const service = expose(
      this,
      {
        ...{ edge, exposure, httpPort: edgePorts.http, httpsPort: edgePorts.https },
        ranges: this.checked(() => trustedRanges(args.trustedProxies)),
      },
      transform?.service,
    );
    this.target = scrapeTarget(this, { peer: edge, port: edgePorts.metrics, https: true });
    this.tlsSecretName = shown.secretName;
    this.host = pulumi.interpolate`${service.metadata.name}.${service.metadata.namespace}.svc`;
    this.registerOutputs({ host: this.host, tlsSecretName: this.tlsSecretName });
  }

  /** For who asks it from inside, such as a synthetic check. */
  link(): Link {
    return { name: this.name, peer: this.edge, ports: [edgePorts.https], env: {}, secretEnv: {}, ready: [] };
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.target];
  }
}
