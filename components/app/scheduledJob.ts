import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { checkWhole } from "../lib/check";
import { withDefaults } from "../lib/compact";
import { Component, type ComponentArgs, type Transform } from "../lib/component";
import { checkSchedule, checkTimeZone } from "./cron";
import { type WorkloadArgs, workload } from "./workload";

export interface ScheduledJobArgs extends WorkloadArgs, ComponentArgs {
  /** When it runs, as a cron expression of five fields, such as `0 3 * * *`. */
  schedule: string;
  /** Time zone of the schedule, by its IANA name. @default "Etc/UTC" */
  timeZone?: string;
  /** Longest it may take, in seconds; then it is stopped and counts as failed. @default 3600 */
  deadlineSeconds?: number;
  /** How late it may still start when its time was missed, in seconds; after that the run is left out. @default 300 */
  startingDeadlineSeconds?: number;
  /** How often a failed run is tried again. Above 0 only for a program that may run twice. @default 0 */
  retries?: number;
  /** Runs that are kept to look at. @default { succeeded: 1, failed: 3 } */
  history?: { succeeded: number; failed: number };
  /** Keep what is there, and start no new run. @default false */
  suspended?: boolean;
  /** Changes children before they are made. @default none */
  transform?: { cronJob?: Transform<k8s.batch.v1.CronJobArgs> };
}

export const scheduledJobDefaults = {
  timeZone: "Etc/UTC",
  deadlineSeconds: 3600,
  startingDeadlineSeconds: 300,
  retries: 0,
  history: { succeeded: 1, failed: 3 },
  suspended: false,
};

const secondsPerDay = 86_400;

/** A program that runs on a schedule, never twice at once. Kubernetes may rarely start a run twice or leave one out: be idempotent. */
export class ScheduledJob extends Component {
  constructor(name: string, args: ScheduledJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:app:ScheduledJob", name, { app: name, role: "scheduled-job" }, args, opts);
    const { schedule, timeZone, deadlineSeconds, startingDeadlineSeconds, retries, history, suspended, transform } =
      withDefaults(scheduledJobDefaults, args);
    this.checked(() => {
      checkSchedule(schedule);
      checkTimeZone(timeZone);
      checkWhole("deadlineSeconds", deadlineSeconds, 1, 7 * secondsPerDay);
      // The controller looks every 10 s: a shorter deadline would leave every run out.
      checkWhole("startingDeadlineSeconds", startingDeadlineSeconds, 10, secondsPerDay);
      checkWhole("retries", retries, 0, 10);
      checkWhole("history.succeeded", history.succeeded, 0, 100);
      checkWhole("history.failed", history.failed, 0, 100);
    });
    const { container, volumes, serviceAccountName, peer, ready } = workload(this, args);

    this.child(
      k8s.batch.v1.CronJob,
      "",
      {
        metadata: { namespace: peer.namespace },
        spec: {
          schedule,
          timeZone,
          suspend: suspended,
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds,
          successfulJobsHistoryLimit: history.succeeded,
          failedJobsHistoryLimit: history.failed,
          jobTemplate: {
            metadata: this.podMetadata(),
            spec: {
              backoffLimit: retries,
              activeDeadlineSeconds: deadlineSeconds,
              template: {
                metadata: this.podMetadata(),
                spec: this.pod({ serviceAccountName, containers: [container], volumes, restartPolicy: "Never" }),
              },
            },
          },
        },
      },
      { dependsOn: ready, transform: transform?.cronJob },
    );
    this.registerOutputs({});
  }
}
