import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { checkHighPort, checkList, checkUrlPath, checkWhole } from "../lib/check";
import { compact, withDefaults } from "../lib/compact";
import { Component, type ComponentArgs, type Transform } from "../lib/component";
import type { Probe } from "../lib/probes";
import { type Scrapeable, type ScrapeTarget, scrapeTarget } from "../observability/scrape";
import { checkScaling, type Scaling, scalingDefaults } from "./availability";
import { type Heartbeat, heartbeatDefaults, heartbeatEnv, heartbeatPath, heartbeatProbe } from "./heartbeat";
import { deployment, type Rollout } from "./rollout";
import { mostDrainSeconds } from "./webService";
import { type WorkloadArgs, workload, workloadDefaults } from "./workload";

export interface WorkerArgs extends WorkloadArgs, Scaling, ComponentArgs {
  /**
   * How to see that it works: a file that it touches (`HEARTBEAT_FILE`), or any other check. It is restarted when the check fails.
   * @default { heartbeatSeconds: 60 }
   */
  health?: Heartbeat | Probe;
  /** TCP port with Prometheus metrics over HTTPS, told to the program as METRICS_PORT. @default none */
  metricsPort?: number;
  /** @default "/metrics" */
  metricsPath?: string;
  /** Time to finish the work in hand after SIGTERM, in seconds. @default 30 */
  drainSeconds?: number;
  /** Whether two versions may work side by side while one follows the other. @default "rolling" */
  rollout?: Rollout;
  /** What must be ready before it starts, such as the service whose migration brings its schema. @default none */
  after?: readonly pulumi.Resource[];
  /** Changes children before they are made. @default none */
  transform?: { deployment?: Transform<k8s.apps.v1.DeploymentArgs> };
}

export const workerDefaults = {
  ...scalingDefaults,
  health: heartbeatDefaults,
  metricsPath: "/metrics",
  drainSeconds: 30,
  rollout: "rolling" as const,
};

const isHealth = (health: unknown): boolean =>
  typeof health === "object" &&
  health !== null &&
  ["heartbeatSeconds", "exec", "http", "tcp"].some(check => Object.hasOwn(health, check));

/** A program that takes work from a queue and serves nobody: a Deployment without a Service. */
export class Worker extends Component implements Scrapeable {
  private readonly target: ScrapeTarget | undefined;

  constructor(name: string, args: WorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:app:Worker", name, { app: name, role: "worker" }, args, opts);
    const { replicas, autoscale, health, metricsPort, metricsPath, drainSeconds, rollout, namespace, transform } =
      withDefaults(workerDefaults, args);
    this.checked(() => {
      if (metricsPort !== undefined) checkHighPort("metricsPort", metricsPort);
      checkUrlPath("metricsPath", metricsPath);
      checkWhole("drainSeconds", drainSeconds, 0, mostDrainSeconds);
      if (args.after !== undefined) checkList("after", args.after);
    });
    const scaling = compact({ replicas, autoscale });
    checkScaling(this, scaling);

    if (!isHealth(health)) this.refuse("health must be a heartbeat or a probe (exec, http or tcp)", health);
    const beats = "heartbeatSeconds" in health;
    const own = {
      ...(beats ? heartbeatEnv : {}),
      ...(metricsPort === undefined ? {} : { METRICS_PORT: `${metricsPort}` }),
    };
    const { container, volumes, serviceAccountName, peer, ready } = workload(this, args, own);
    const probe = this.checked(() => (beats ? heartbeatProbe(health) : health));

    deployment(this, {
      namespace: namespace.namespaceName,
      scaling,
      rollout,
      pod: {
        serviceAccountName,
        containers: [
          {
            ...container,
            writablePaths: [
              ...(args.writablePaths ?? workloadDefaults.writablePaths),
              ...(beats ? [heartbeatPath] : []),
            ],
            ...(metricsPort === undefined ? {} : { ports: { metrics: metricsPort } }),
            // The same check twice: ready only says that a rollout may go on.
            probes: { readiness: probe, liveness: probe },
          },
        ],
        volumes,
        terminationGracePeriodSeconds: drainSeconds,
      },
      ready: [...ready, ...(args.after ?? [])],
      transform: transform?.deployment,
    });

    this.target =
      metricsPort === undefined
        ? undefined
        : scrapeTarget(this, { peer, port: metricsPort, path: metricsPath, https: true });
    this.registerOutputs({});
  }

  scrapeTargets(): ScrapeTarget[] {
    return this.target === undefined ? [] : [this.target];
  }
}
