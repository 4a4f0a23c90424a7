import type * as pulumi from "@pulumi/pulumi";
import { all, interpolate, secret } from "@pulumi/pulumi";
import type { Images } from "../images/catalogue.js";
import { checkWhole } from "../lib/check.js";
import { compact, withDefaults } from "../lib/compact.js";
import { Component, type ComponentArgs } from "../lib/component.js";
import { type ContainerArgs, podDefaults } from "../lib/hardenedPod.js";
import type { Volume } from "../lib/volumes.js";
import { tlsFiles, tlsMount } from "../network/certificate.js";
import type { Link, Linkable } from "../network/link.js";
import type { Placement } from "../network/secureNamespace.js";
import type { Scrapeable, ScrapeTarget } from "../observability/scrape.js";
import { type Singleton, singleton } from "../observability/singleton.js";
import { InvalidSetting } from "./invalidSetting.js";
import { postgresFiles } from "./postgres/files.js";
import { tunePostgres } from "./postgres/memory.js";
import { heartbeat } from "./postgres/scripts.js";
import { defaultPostgresPaths, exporterRole, type PostgresServer } from "./postgres/server.js";
import { heartbeatProbe } from "./shell.js";
import { passwordSecret, type StoreOutputs } from "./store.js";

/** Where it runs. More kinds follow; outputs and links stay the same. */
export interface PostgresBackend {
  /** One server on one volume. */
  kind: "standalone";
}

export interface PostgresDatabaseArgs extends ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "postgres" | "postgresExporter">;
  /** Password of the application's role. A change takes effect while the server runs. */
  password: pulumi.Input<string>;
  /** @default { kind: "standalone" } */
  backend?: PostgresBackend;
  /** Major version of the program in the image, 15 to 18. @default 17 */
  version?: number;
  /** Database that the application owns. @default "app" */
  database?: string;
  /** Role of the application. @default "app" */
  user?: string;
  /** CPU reserved for the server, in thousandths of a core; it may use four times that. @default 250 */
  cpuMillis?: number;
  /** Memory of the server. Everything in postgresql.conf that depends on memory follows. @default 512 */
  memoryMiB?: number;
  /** Size of the volume. It can grow, never shrink. @default 20 */
  storageGiB?: number;
  /** @default the cluster's default */
  storageClass?: string;
  /** Most sessions at once. @default derived from the memory */
  maxConnections?: number;
  /** Oldest TLS version accepted. @default "1.3" */
  tlsMinVersion?: "1.2" | "1.3";
  /** Extensions made in the application's database. @default none */
  extensions?: readonly string[];
  /** Statements slower than this are logged, without parameters. @default 1000 */
  logSlowMillis?: number;
  /** Refuse to delete the volume. @default true */
  deletionProtection?: boolean;
}

export const postgresDatabaseDefaults = {
  backend: { kind: "standalone" as const },
  version: 17,
  database: "app",
  user: "app",
  cpuMillis: 250,
  memoryMiB: 512,
  storageGiB: 20,
  tlsMinVersion: "1.3" as const,
  extensions: [] as readonly string[],
  logSlowMillis: 1000,
  deletionProtection: true,
};

const port = 5432;
const exporterPort = 9187;

/** Time for sessions to end and a last checkpoint to be written; SIGKILL after it means crash recovery, not loss. */
const stopSeconds = 120;

/**
 * A PostgreSQL that its application reaches over verified TLS with scram, and nobody else does. Passwords and certificates change while it
 * runs.
 *
 * Of the image it needs `sh`, coreutils or busybox, and PostgreSQL's programs of the declared version on PATH or in
 * /usr/lib/postgresql/<version>/bin; of the exporter's image `postgres_exporter` on PATH.
 */
export class PostgresDatabase extends Component implements Linkable, Scrapeable {
  readonly outputs: StoreOutputs;
  private readonly server: PostgresServer;
  private readonly part: Singleton;
  private readonly password: pulumi.Output<string>;

  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:data:PostgresDatabase", name, { app: "postgresql", role: "database" }, args, opts);
    const { namespace, images, version, cpuMillis, memoryMiB, storageGiB, deletionProtection, ...complete } =
      withDefaults(postgresDatabaseDefaults, args);
    this.checked(() => {
      checkWhole("storageGiB", storageGiB, 1, 65_536);
    });
    const paths = defaultPostgresPaths(version);
    this.server = {
      ...complete,
      version,
      cpuMillis: cpuMillis * 4,
      memoryMiB,
      storageGiB,
      port,
      listenAddresses: "*",
      preloadLibraries: ["pg_stat_statements"],
      pollSeconds: 10,
      uid: podDefaults.uid,
      gid: podDefaults.gid,
      paths,
    };
    const files = this.files();
    this.password = secret(args.password);
    const credentials = passwordSecret(this, namespace.namespaceName, this.server.user, this.password);

    const run = (script: string, ...argv: string[]) => ["/bin/sh", `${paths.config}/${script}`, ...argv];
    const shared = [
      { volume: "config", path: paths.config },
      { volume: "config", path: "/etc/passwd", subPath: "passwd" },
      { volume: "credentials", path: paths.credentials },
      { volume: "socket", path: paths.socket, readOnly: false },
      { volume: "password", path: paths.secrets },
    ];
    const scratch = [{ path: paths.scratch, sizeMiB: 16 }];
    const steward: ContainerArgs = {
      name: "steward",
      image: images.postgres,
      command: run("steward.sh"),
      resources: { cpuMillis: 10, cpuLimitMillis: 200, memoryMiB: 32 },
      writablePaths: scratch,
      mounts: [...shared, tlsMount],
      probes: probesOf({ exec: heartbeatProbe(heartbeat(this.server)) }),
    };
    const exporter: ContainerArgs = {
      name: "exporter",
      image: images.postgresExporter,
      command: ["postgres_exporter"],
      args: [`--web.config.file=${paths.config}/exporter-web.yml`, `--web.listen-address=:${exporterPort}`],
      env: {
        DATA_SOURCE_URI: `localhost:${port}/postgres?sslmode=verify-full&sslrootcert=${tlsFiles.ca}`,
        DATA_SOURCE_USER: exporterRole,
        DATA_SOURCE_PASS_FILE: `${paths.credentials}/${exporterRole}`,
      },
      ports: { metrics: exporterPort },
      resources: { cpuMillis: 10, cpuLimitMillis: 200, memoryMiB: 64 },
      mounts: [{ volume: "config", path: paths.config }, { volume: "credentials", path: paths.credentials }, tlsMount],
      probes: probesOf({ tcp: exporterPort }),
    };
    const volumes: Volume[] = [
      { name: "password", secret: credentials.metadata.name, items: { password: "password" } },
      { name: "credentials", emptyDirMiB: 1, memory: true },
      { name: "socket", emptyDirMiB: 1, memory: true },
      { name: "shm", emptyDirMiB: tunePostgres(this.server).sharedMemoryMiB, memory: true },
    ];

    this.part = singleton(this, {
      namespace,
      files,
      dnsNames: ["localhost"],
      before: [
        {
          name: "credentials",
          image: images.postgres,
          command: run("credentials.sh"),
          resources: { cpuMillis: 10, cpuLimitMillis: 200, memoryMiB: 16 },
          mounts: [
            { volume: "config", path: paths.config },
            { volume: "credentials", path: paths.credentials, readOnly: false },
          ],
        },
      ],
      container: {
        image: images.postgres,
        command: run("start.sh"),
        resources: { cpuMillis, memoryMiB },
        writablePaths: scratch,
        mounts: [
          ...shared.filter(({ path }) => path !== paths.config),
          { volume: "shm", path: "/dev/shm", readOnly: false },
        ],
        probes: {
          readiness: { exec: run("probe.sh", "ready") },
          liveness: { exec: run("probe.sh", "live"), failures: 6 },
          // A recovery after a crash replays what was written since the last checkpoint: up to max_wal_size.
          startup: { exec: run("probe.sh", "started"), periodSeconds: 5, failures: 360 },
        },
      },
      beside: [steward, exporter],
      ports: { postgres: port },
      metricsPort: exporterPort,
      storage: {
        path: paths.volume,
        giB: storageGiB,
        protect: deletionProtection,
        ...compact<{ storageClass?: string }>({ storageClass: args.storageClass }),
      },
      volumes,
      terminationGracePeriodSeconds: stopSeconds,
    });
    this.outputs = {
      engine: "postgresql",
      host: this.part.host,
      port,
      name: this.server.database,
      secretName: `${name}-password`,
      caSecretName: this.part.tlsSecretName,
    };
    this.registerOutputs({ ...this.outputs });
  }

  /** The configuration; what cannot work is said in the component's name. */
  private files(): Record<string, string> {
    try {
      return postgresFiles(this.server);
    } catch (error) {
      if (error instanceof InvalidSetting) this.fail(error.message);
      throw error;
    }
  }

  /** `DATABASE_HOST`, `_PORT`, `_NAME`, `_USER`, `_CA_FILE`; `DATABASE_PASSWORD` and `DATABASE_URL` (libpq form, verifying) as secrets. */
  link(): Link {
    const { database, user } = this.server;
    const { host } = this.part;
    const url = all([host, this.password]).apply(
      ([at, password]) =>
        `postgresql://${user}:${encodeURIComponent(password)}@${at}:${port}/${database}?sslmode=verify-full&sslrootcert=${tlsFiles.ca}`,
    );
    return {
      name: this.name,
      peer: this.part.peer,
      ports: [port],
      env: {
        DATABASE_HOST: interpolate`${host}`,
        DATABASE_PORT: `${port}`,
        DATABASE_NAME: database,
        DATABASE_USER: user,
        DATABASE_CA_FILE: tlsFiles.ca,
      },
      secretEnv: { DATABASE_PASSWORD: this.password, DATABASE_URL: secret(url) },
      ready: [this.part.resource],
    };
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.part.target];
  }
}

const probesOf = (check: { exec: string[] } | { tcp: number }) => ({ readiness: check, liveness: check });
