import * as k8s from "@pulumi/kubernetes";
import type { Component } from "../lib/component.js";
import type { Placement } from "../network/secureNamespace.js";
import type { Workload } from "./workload.js";

/** A change of the database's schema that must be done before a version runs. Written so that the version before it still works. */
export interface Migration {
  command: readonly string[];
  /** Longest it may take; then it counts as failed. @default 600 */
  deadlineSeconds?: number;
}

export const migrationDefaults = { deadlineSeconds: 600 };

/**
 * A Job with the service's image, environment and links. It is autonamed: whatever changes in it (a new image) makes a new Job, which
 * runs once, and a failed one stops the rollout.
 */
export function migrate(
  owner: Component,
  migration: Migration,
  {
    container,
    volumes,
    serviceAccountName,
    namespace,
    ready,
  }: Pick<Workload, "container" | "volumes" | "serviceAccountName" | "ready"> & { namespace: Placement },
): k8s.batch.v1.Job {
  const { command, deadlineSeconds } = { ...migrationDefaults, ...migration };
  if (command.length === 0) owner.refuse("migration.command must not be empty", command);
  return owner.child(
    k8s.batch.v1.Job,
    "migrate",
    {
      metadata: { namespace: namespace.namespaceName },
      spec: {
        // A migration that failed half-way is looked at by a person, not run again.
        backoffLimit: 0,
        activeDeadlineSeconds: deadlineSeconds,
        template: {
          metadata: owner.podMetadata({ job: "migrate" }),
          spec: owner.pod({
            serviceAccountName,
            containers: [{ ...container, name: "migrate", command }],
            volumes,
            restartPolicy: "Never",
          }),
        },
      },
    },
    { autonamed: true, dependsOn: ready },
  );
}
