import { join } from "node:path";
import { repository } from "./settings.js";

/** A program of this repository that the lab can deploy. */
export interface Project {
  /** Folder of its Pulumi.yaml. */
  dir: string;
  /** The stack whose settings the lab takes as they are, but for what is set below. */
  stack: string;
  /** Secrets that the stack needs. */
  secrets: readonly string[];
  /** What the lab must set otherwise, by key: whole values are merged into the stack's own. */
  settings(images: Readonly<Record<string, string>>, isOwnCluster: boolean): Record<string, object>;
  /** References for images that the program would build, given to the preview by name. */
  builtImages(images: Readonly<Record<string, string>>): Record<string, string>;
}

/** Parts whose images cannot be had from package registries; each is listed in the report. */
const withoutImage = (images: Readonly<Record<string, string>>, isOwnCluster: boolean) => ({
  ...(isOwnCluster && images["grafana"] === undefined ? { grafana: false } : {}),
  ...(isOwnCluster && images["kubeStateMetrics"] === undefined ? { kubeStateMetrics: false } : {}),
});

/** The lab's ACME server proves names by fetching from them, like the public ones. */
const acme = { email: "lab@flowmarine.example", server: "https://pebble.cert-manager.svc/dir" };

export const projects: Record<string, Project> = {
  flowmarine: {
    dir: repository,
    stack: "local",
    secrets: ["databasePassword", "cachePassword", "jwtSecret", "grafanaAdminPassword"],
    settings: (images, isOwnCluster) => ({
      "flowmarine:images": images,
      "flowmarine:observability": withoutImage(images, isOwnCluster),
      // Two of each that serves, and room for more: what is promised of rollouts, drains and scaling needs them. And reservations with
      // which two cores hold the whole system, and a second version of a part of it during an update.
      "flowmarine:api": { autoscale: { minReplicas: 2, maxReplicas: 4 } },
      "flowmarine:web": { replicas: 2 },
      "flowmarine:edge": { replicas: 2, cpuMillis: 100, ...(isOwnCluster ? { acme } : {}) },
      "flowmarine:database": { cpuMillis: 150 },
      "flowmarine:cache": { cpuMillis: 50 },
      "flowmarine:worker": { cpuMillis: 50 },
    }),
    builtImages: () => ({}),
  },
  "express-mariadb": {
    dir: join(repository, "examples/express-mariadb"),
    stack: "local",
    secrets: ["databasePassword"],
    settings: images => ({
      "express-mariadb:images": Object.fromEntries(
        Object.entries(images).filter(([name]) => !["app", "web"].includes(name)),
      ),
    }),
    builtImages: ({ app = "", web = "" }) => ({ "app-image": app, "web-image": web }),
  },
};
