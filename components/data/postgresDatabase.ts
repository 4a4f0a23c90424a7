import * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/catalogue";
import { compact, withDefaults } from "../lib/compact";
import { Component, type ComponentArgs } from "../lib/component";
import { podDefaults } from "../lib/hardenedPod";
import { tlsFiles } from "../network/certificate";
import type { Link, Linkable } from "../network/link";
import type { Placement } from "../network/secureNamespace";
import type { Scrapeable, ScrapeTarget } from "../observability/scrape";
import type { Singleton } from "../observability/singleton";
import { moreCollectors, postgresExporter } from "./postgres/exporter";
import { postgresFiles } from "./postgres/files";
import { applicationConnections, tunePostgres } from "./postgres/memory";
import { heartbeat } from "./postgres/scripts";
import { checkPostgresServer, defaultPostgresPaths, type PostgresServer } from "./postgres/server";
import { type StoreOutputs, store } from "./store";
import { checkStoreArgs } from "./storeArgs";

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

/**
 * A PostgreSQL that its application reaches over verified TLS with scram, and nobody else does. Passwords and certificates change while it
 * runs.
 *
 * Of the image it needs `sh`, coreutils or busybox, and PostgreSQL's programs of the declared version on PATH or in
 * /usr/lib/postgresql/<version>/bin; of the exporter's image `postgres_exporter` on PATH.
 */
export class PostgresDatabase extends Component implements Linkable, Scrapeable {
  readonly outputs: StoreOutputs;
  /** Sessions that its application may have at once, in all its pods together; the server refuses more. */
  readonly connections: number;
  private readonly server: PostgresServer;
  private readonly part: Singleton;
  private readonly password: pulumi.Output<string>;

  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:data:PostgresDatabase", name, { app: "postgresql", role: "database" }, args, opts);
    const filled = withDefaults(postgresDatabaseDefaults, args);
    checkStoreArgs(this, filled, ["postgres", "postgresExporter"]);
    const {
      namespace,
      images,
      version,
      cpuMillis,
      memoryMiB,
      storageGiB,
      storageClass,
      deletionProtection,
      ...complete
    } = filled;
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
    const { sharedMemoryMiB } = this.checked(() => {
      checkPostgresServer(this.server);
      return tunePostgres(this.server);
    });
    this.connections = applicationConnections(this.server);
    this.password = pulumi.secret(args.password);
    this.part = store(this, {
      namespace,
      image: images.postgres,
      files: () => postgresFiles(this.server),
      paths,
      port,
      protocol: "postgres",
      username: this.server.user,
      password: this.password,
      cpuMillis,
      memoryMiB,
      storage: {
        giB: storageGiB,
        protect: deletionProtection,
        ...compact<{ storageClass?: string }>({ storageClass }),
      },
      heartbeat: heartbeat(this.server),
      exporter: {
        ...postgresExporter(this.server, "postgres_exporter", `:${exporterPort}`, moreCollectors),
        image: images.postgresExporter,
        port: exporterPort,
      },
      mounts: [
        { volume: "config", path: "/etc/passwd", subPath: "passwd" },
        { volume: "shm", path: "/dev/shm", readOnly: false },
      ],
      volumes: [{ name: "shm", emptyDirMiB: sharedMemoryMiB, memory: true }],
      // A recovery after a crash replays what was written since the last checkpoint: up to max_wal_size.
      startSeconds: 1800,
      stopSeconds: 120,
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

  /** `DATABASE_HOST`, `_PORT`, `_NAME`, `_USER`, `_CA_FILE`; `DATABASE_PASSWORD` and `DATABASE_URL` (libpq form, verifying) as secrets. */
  link(): Link {
    const { database, user } = this.server;
    const { host } = this.part;
    const url = pulumi
      .all([host, this.password])
      .apply(
        ([at, password]) =>
          `postgresql://${user}:${encodeURIComponent(password)}@${at}:${port}/${database}?sslmode=verify-full&sslrootcert=${tlsFiles.ca}`,
      );
    return {
      name: this.name,
      peer: this.part.peer,
      ports: [port],
      env: {
        DATABASE_HOST: host,
        DATABASE_PORT: `${port}`,
        DATABASE_NAME: database,
        DATABASE_USER: user,
        DATABASE_CA_FILE: tlsFiles.ca,
      },
      secretEnv: { DATABASE_PASSWORD: this.password, DATABASE_URL: pulumi.secret(url) },
      ready: [this.part.resource],
    };
  }

  scrapeTargets(): ScrapeTarget[] {
    return [this.part.target];
  }
}
