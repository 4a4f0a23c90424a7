import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkHighPort, checkUrlPath, checkWhole } from "../lib/check";
import { compact, withDefaults } from "../lib/compact";
import { Component, type ComponentArgs, type Transform } from "../lib/component";
import type { Link, Linkable } from "../network/link";
import { type Scrapeable, type ScrapeTarget, scrapeTarget } from "../observability/scrape";
import { checkScaling, type Scaling, scalingDefaults } from "./availability";
import { type Migration, migrate } from "./migration";
import { deployment } from "./rollout";
import { type WorkloadArgs, workload } from "./workload";

export interface WebServiceArgs extends WorkloadArgs, Scaling, ComponentArgs {
  /** TCP port the process serves HTTPS on, with the certificate in TLS_CERT_FILE. Above 1023, because the process is not root. @default 8443 */
  port?: number;
  /** Path that answers 2xx when the service can do its work. @default "/api/health" */
  healthPath?: string;
  /** Path of Prometheus metrics on the same port. @default none */
  metricsPath?: string;
  /** Time to finish open requests after SIGTERM, in seconds. @default 30 */
  drainSeconds?: number;
  /** A Job that runs to its end before the new version starts; when it fails, the old version stays. @default none */
  migration?: Migration;
  /** Changes children before they are made. @default none */
  transform?: { deployment?: Transform<k8s.apps.v1.DeploymentArgs>; service?: Transform<k8s.core.v1.ServiceArgs> };
}

export const webServiceDefaults = {
  port: 8443,
  healthPath: "/api/health",
  ...scalingDefaults,
  drainSeconds: 30,
};

/** Time for endpoints to leave every proxy before the process is told to stop, in seconds. */
const leaveSeconds = 5;

/** An hour: a drain of a node waits as long as the slowest pod on it. */
export const mostDrainSeconds = 3600;

/** A stateless HTTPS service: a Deployment without downtime, its Service and certificate. */
export class WebService extends Component implements Linkable, Scrapeable {
  /** Name other pods reach it by. */
  readonly host: pulumi.Output<string>;
  readonly port: number;
  /** Secret with the service's certificate. */
  readonly tlsSecretName: string;
  private readonly deployment: k8s.apps.v1.Deployment;
  private readonly target: ScrapeTarget | undefined;
  private readonly namespaceName: pulumi.Input<string>;

  constructor(name: string, args: WebServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:app:WebService", name, { app: name, role: "web-service" }, args, opts);
    const { port, healthPath, metricsPath, replicas, drainSeconds, autoscale, namespace, migration, transform } =
      withDefaults(webServiceDefaults, args);
    this.checked(() => {
      checkHighPort("port", port);
      checkUrlPath("healthPath", healthPath);
      if (metricsPath !== undefined) checkUrlPath("metricsPath", metricsPath);
      checkWhole("drainSeconds", drainSeconds, 0, mostDrainSeconds);
    });
    const scaling = compact({ replicas, autoscale });
    checkScaling(this, scaling);
    const parts = workload(this, args, { PORT: `${port}` });
    const { container, volumes, serviceAccountName, peer, ready, tlsSecretName } = parts;
    this.port = port;
    this.namespaceName = namespace.namespaceName;
    const migrated = migration && migrate(this, migration, parts);

    this.deployment = deployment(this, {
      namespace: namespace.namespaceName,
      scaling,
      rollout: "rolling",
      pod: {
        serviceAccountName,
        containers: [
          {
            ...container,
            ports: { https: port },
            probes: { readiness: { http: healthPath, port }, liveness: { tcp: port } },
            preStopSeconds: leaveSeconds,
          },
        ],
        volumes,
        terminationGracePeriodSeconds: leaveSeconds + drainSeconds,
      },
      ready: migrated === undefined ? ready : [...ready, migrated],
      transform: transform?.deployment,
    });
    const service = this.child(
      k8s.core.v1.Service,
      "",
      {
        metadata: { namespace: namespace.namespaceName },
        spec: { selector: this.selector, ports: [{ name: "https", port, targetPort: port }] },
      },
      { transform: transform?.service },
    );

    this.target =
      metricsPath === undefined ? undefined : scrapeTarget(this, { peer, port, path: metricsPath, https: true });
    this.tlsSecretName = tlsSecretName;
    this.host = pulumi.interpolate`${service.metadata.name}.${service.metadata.namespace}.svc`;
    this.registerOutputs({ host: this.host, port, tlsSecretName });
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
