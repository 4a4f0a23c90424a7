import * as k8s from "@pulumi/kubernetes";
import { checkTexts, checkWhole } from "../lib/check";
import { compact, withDefaults } from "../lib/compact";
import type { Component } from "../lib/component";
import type { Workload } from "./workload";

/** A change of the database's schema that must be done before a version runs. Written so that the version before it still works. */
export interface Migration {
  command: readonly string[];
  /** Longest it may take; then it counts as failed. @default 600 */
  deadlineSeconds?: number;
}

export const migrationDefaults = { deadlineSeconds: 600 };

/** Time that the cluster may take to start and report a Job beyond its own deadline, in seconds. */
const slackSeconds = 120;

/**
 * A Job with the service's image, environment and links. It is autonamed: whatever changes in it (a new image) makes a new Job, which
 * runs once, and a failed one stops the rollout.
 */
export function migrate(
  owner: Component,
  migration: Migration,
  { container, volumes, serviceAccountName, peer, ready }: Workload,
): k8s.batch.v1.Job {
  const { command, deadlineSeconds } = withDefaults(migrationDefaults, migration);
  owner.checked(() => {
    checkTexts("migration.command", command, { atLeast: 1 });
    checkWhole("migration.deadlineSeconds", deadlineSeconds, 1, 86_400);
  });
  // The service's arguments are for the service's command.
  const program = compact<Workload["container"]>({ ...container, name: "migrate", command, args: undefined });
  return owner.child(
    k8s.batch.v1.Job,
    "migrate",
    {
      metadata: {
        namespace: peer.namespace,
        // Pulumi gives up on a Job after ten minutes unless told otherwise.
        annotations: { "pulumi.com/timeoutSeconds": `${deadlineSeconds + slackSeconds}` },
      },
      spec: {
        // A migration that failed half-way is looked at by a person, not run again.
        backoffLimit: 0,
        activeDeadlineSeconds: deadlineSeconds,
        template: {
          metadata: owner.podMetadata({ job: "migrate" }),
          spec: owner.pod({
            serviceAccountName,
            containers: [program],
            volumes,
            restartPolicy: "Never",
          }),
        },
      },
    },
    { autonamed: true, dependsOn: ready },
  );
}
