import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../images/image";
import type { Component } from "../lib/component";
import type { Probes } from "../lib/probes";
import type { Mount, Volume, WritablePath } from "../lib/volumes";
import { tlsMount } from "../network/certificate";
import type { Placement } from "../network/secureNamespace";
import { type Singleton, singleton } from "../observability/singleton";
import type { ExporterCommand } from "./exporter";
import { heartbeatProbe } from "./shell";

/** What every data store exports: where it is and which Secrets hold credentials and authority. No secret value. */
export interface StoreOutputs {
  engine: string;
  host: pulumi.Output<string>;
  port: number;
  /** Database, or user for a store that has no databases. */
  name: string;
  /** Secret with `username` and `password`, in the store's namespace. */
  secretName: string;
  /** Secret with `ca.crt`, in the store's namespace. */
  caSecretName: string;
}

/** Where the scripts of a store expect things. */
interface StorePaths {
  volume: string;
  config: string;
  secrets: string;
  socket: string;
  credentials: string;
  scratch: string;
}

export interface StoreArgs {
  namespace: Placement;
  /** Holds the server, its client, `sh` and coreutils or busybox. */
  image: Image;
  /** Configuration and scripts: `credentials.sh`, `start.sh`, `steward.sh`, `probe.sh live|started|ready`. May throw InvalidSetting. */
  files: () => Record<string, string>;
  paths: StorePaths;
  port: number;
  /** Name of the port: the protocol. */
  protocol: string;
  username: string;
  password: pulumi.Output<string>;
  cpuMillis: number;
  memoryMiB: number;
  /** The volume; without one the data lie in scratch space of this size and go with the pod. */
  storage: { giB: number; storageClass?: string; protect: boolean } | { scratchMiB: number };
  /** The steward touches it after each round. */
  heartbeat: string;
  /** The exporter: its port serves metrics over TLS. Configuration, credentials and certificate are mounted for it. */
  exporter: ExporterCommand & { image: Image; port: number };
  /** More of the server's and the steward's mounts and volumes. @default none */
  mounts?: readonly Mount[];
  /** @default none */
  volumes?: readonly Volume[];
  /** Patience while data is loaded or recovered, in seconds. */
  startSeconds: number;
  /** Time to end sessions and write what is in memory. SIGKILL after it means recovery, not loss. */
  stopSeconds: number;
}

const small = (memoryMiB: number) => ({ cpuMillis: 20, cpuLimitMillis: 200, memoryMiB });
const always = (check: { exec: string[] } | { http: string; port: number }): Probes => ({
  readiness: check,
  liveness: check,
});
const startPeriodSeconds = 5;

/**
 * The pod of a data store: an init container makes the passwords that never leave it; the server runs; a steward beside it brings new
 * passwords and certificates in without a restart; an exporter reads its metrics.
 */
export function store(owner: Component, args: StoreArgs): Singleton {
  const { namespace, image, paths, port, storage, exporter } = args;
  const files = owner.checked(args.files);
  // Its name is fixed, so that the pod sees a new password without a restart. The provider replaces a Secret whose data change; whoever
  // took a property from it might be replaced with it, so the pod is given the name in plain text.
  const password = owner.child(k8s.core.v1.Secret, "password", {
    metadata: { namespace: namespace.namespaceName },
    type: "kubernetes.io/basic-auth",
    stringData: { username: args.username, password: args.password },
  });

  const run = (script: string, ...argv: string[]) => ["/bin/sh", `${paths.config}/${script}`, ...argv];
  const config: Mount = { volume: "config", path: paths.config };
  const credentials: Mount = { volume: "credentials", path: paths.credentials };
  // Only its own folder: the steward's password would make the exporter an administrator.
  const exporterCredentials: Mount = {
    volume: "credentials",
    path: `${paths.credentials}/exporter`,
    subPath: "exporter",
  };
  const server: Mount[] = [
    credentials,
    { volume: "socket", path: paths.socket, readOnly: false },
    { volume: "password", path: paths.secrets },
    ...(args.mounts ?? []),
  ];
  const scratch: WritablePath = { path: paths.scratch, sizeMiB: 16 };
  const inMemory = { emptyDirMiB: 1, memory: true };

  return singleton(owner, {
    namespace,
    files,
    dnsNames: ["localhost"],
    before: [
      {
        name: "credentials",
        image,
        command: run("credentials.sh"),
        resources: small(32),
        mounts: [config, { ...credentials, readOnly: false }],
      },
    ],
    container: {
      image,
      command: run("start.sh"),
      resources: { cpuMillis: args.cpuMillis, memoryMiB: args.memoryMiB },
      writablePaths: [
        scratch,
        ...("scratchMiB" in storage ? [{ path: paths.volume, sizeMiB: storage.scratchMiB }] : []),
      ],
      mounts: server,
      probes: {
        readiness: { exec: run("probe.sh", "ready") },
        liveness: { exec: run("probe.sh", "live"), failures: 6 },
        startup: {
          exec: run("probe.sh", "started"),
          periodSeconds: startPeriodSeconds,
          failures: Math.ceil(args.startSeconds / startPeriodSeconds),
        },
      },
    },
    beside: [
      {
        name: "steward",
        image,
        command: run("steward.sh"),
        resources: small(48),
        writablePaths: [scratch],
        mounts: [config, ...server, tlsMount],
        probes: always({ exec: heartbeatProbe(args.heartbeat) }),
      },
      {
        image: exporter.image,
        command: exporter.command,
        env: exporter.env,
        name: "exporter",
        ports: { metrics: exporter.port },
        resources: small(64),
        mounts: [config, exporterCredentials, tlsMount],
        // A bare TCP connection would be a failed handshake in its log at every probe.
        probes: always({ http: "/", port: exporter.port }),
      },
    ],
    ports: { [args.protocol]: port },
    metricsPort: exporter.port,
    ...("giB" in storage ? { storage: { path: paths.volume, ...storage } } : {}),
    volumes: [
      { name: "password", secret: owner.childName("password"), items: { password: "password" } },
      { name: "credentials", ...inMemory },
      { name: "socket", ...inMemory },
      ...(args.volumes ?? []),
    ],
    terminationGracePeriodSeconds: args.stopSeconds,
    dependsOn: [password],
  });
}
