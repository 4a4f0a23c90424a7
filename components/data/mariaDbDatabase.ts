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
import { mariaDbExporter } from "./mariadb/exporter";
import { mariaDbFiles } from "./mariadb/files";
import { applicationConnections } from "./mariadb/memory";
import { heartbeat } from "./mariadb/scripts";
import { checkMariaDbServer, defaultMariaDbPaths, type MariaDbServer } from "./mariadb/server";
import { type StoreOutputs, store } from "./store";
import { checkStoreArgs } from "./storeArgs";

/** Where it runs. More kinds follow; outputs and links stay the same. */
export interface MariaDbBackend {
  /** One server on one volume. */
  kind: "standalone";
}

export interface MariaDbDatabaseArgs extends ComponentArgs {
  namespace: Placement;
  images: Pick<Images, "mariadb" | "mysqldExporter">;
  /** Password of the application's user. A change takes effect while the server runs. */
  password: pulumi.Input<string>;
  /** @default { kind: "standalone" } */
  backend?: MariaDbBackend;
  /** Release series of the program in the image. @default "11.8" */
  version?: string;
  /** Upgrade data of an older series in place. It cannot be undone: take a backup first. @default false */
  allowUpgrade?: boolean;
  /** Database that the application may do everything in. @default "app" */
  database?: string;
  /** User of the application. @default "app" */
  user?: string;
  /** CPU reserved for the server, in thousandths of a core; it may use four times that. @default 250 */
  cpuMillis?: number;
  /** Memory of the server. Everything in my.cnf that depends on memory follows. @default 512 */
  memoryMiB?: number;
  /** Size of the volume. It can grow, never shrink. @default 20 */
  storageGiB?: number;
  /** @default the cluster's default */
  storageClass?: string;
  /** Most sessions at once. @default derived from the memory */
  maxConnections?: number;
  /** Oldest TLS version accepted. @default "1.3" */
  tlsMinVersion?: "1.2" | "1.3";
  /** Days that binary logs are kept, for point-in-time recovery, at most 99. @default 7 */
  binlogDays?: number;
  /** Refuse to delete the volume. @default true */
  deletionProtection?: boolean;
}

export const mariaDbDatabaseDefaults = {
  backend: { kind: "standalone" as const },
  version: "11.8",
  allowUpgrade: false,
  database: "app",
  user: "app",
  cpuMillis: 250,
  memoryMiB: 512,
  storageGiB: 20,
  tlsMinVersion: "1.3" as const,
  binlogDays: 7,
  deletionProtection: true,
};

const port = 3306;
const exporterPort = 9104;

/**
 * A MariaDB that its application reaches over verified TLS, and nobody else does. Passwords and certificates change while it runs.
 *
 * Of the image it needs `sh`, coreutils and findutils or busybox, and MariaDB's programs of the declared series on PATH (`mariadbd`,
 * `mariadb-install-db`, `mariadb-upgrade`, `mariadb-admin`, `mariadb`); of the exporter's image `/bin/mysqld_exporter`.
 */
export class MariaDbDatabase extends Component implements Linkable, Scrapeable {
  readonly outputs: StoreOutputs;
  /** Sessions that its application may have at once, in all its pods together; the server refuses more. */
  readonly connections: number;
  private readonly server: MariaDbServer;
  private readonly part: Singleton;
  private readonly password: pulumi.Output<string>;

  constructor(name: string, args: MariaDbDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bulkhead:data:MariaDbDatabase", name, { app: "mariadb", role: "database" }, args, opts);
    const complete = withDefaults(mariaDbDatabaseDefaults, args);
    checkStoreArgs(this, complete, ["mariadb", "mysqldExporter"]);
    const { namespace, images, cpuMillis, memoryMiB, storageGiB, storageClass, deletionProtection } = complete;
    const { version, allowUpgrade, database, user, maxConnections, tlsMinVersion, binlogDays } = complete;
    const paths = defaultMariaDbPaths;
    this.server = {
      version,
      allowUpgrade,
      database,
      user,
      memoryMiB,
      storageGiB,
      maxConnections,
      tlsMinVersion,
      binlogDays,
      port,
      listenAddress: "*",
      pollSeconds: 10,
      uid: podDefaults.uid,
      gid: podDefaults.gid,
      paths,
    };
    this.connections = this.checked(() => {
      checkMariaDbServer(this.server);
      return applicationConnections(this.server);
    });
    this.password = pulumi.secret(args.password);
    this.part = store(this, {
      namespace,
      image: images.mariadb,
      files: () => mariaDbFiles(this.server),
      paths,
      port,
      protocol: "mysql",
      username: user,
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
        ...mariaDbExporter(this.server, "/bin/mysqld_exporter", `:${exporterPort}`),
        image: images.mysqldExporter,
        port: exporterPort,
      },
      mounts: [{ volume: "config", path: "/etc/passwd", subPath: "passwd" }],
      // A recovery after a crash replays the redo log; an upgrade in place converts the system tables before anybody may connect.
      startSeconds: 1800,
      stopSeconds: 120,
    });
    this.outputs = {
      engine: "mariadb",
      host: this.part.host,
      port,
      name: database,
      secretName: `${name}-password`,
      caSecretName: this.part.tlsSecretName,
    };
    this.registerOutputs({ ...this.outputs });
  }

  /**
   * `DATABASE_HOST`, `_PORT`, `_NAME`, `_USER`, `_CA_FILE`; `DATABASE_PASSWORD` and `DATABASE_URL` (`mysql://`) as secrets. A URL cannot
   * name the authority in a way that all clients know: verify with DATABASE_CA_FILE.
   */
  link(): Link {
    const { database, user } = this.server;
    const { host } = this.part;
    const url = pulumi
      .all([host, this.password])
      .apply(([at, password]) => `mysql://${user}:${encodeURIComponent(password)}@${at}:${port}/${database}`);
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
