import { checkTexts, checkWhole } from "../../lib/check";
import { tlsFolder } from "../../network/certificate";
import { checkAtLeast, checkIdentifier, InvalidSetting } from "../invalidSetting";
import { exporterConnections, reservedConnections } from "./memory";

/** Where things are in the container. Every path is a mount of ours: nothing depends on an image's layout. */
export interface PostgresPaths {
  /** Mount point of the persistent volume. The cluster lies in `pgdata` below it, because a new volume may hold `lost+found`. */
  readonly volume: string;
  /** The configuration files and scripts, from a ConfigMap. */
  readonly config: string;
  /** `password` of the application's role, from a Secret that is updated in place. */
  readonly secrets: string;
  /** `tls.crt`, `tls.key`, `ca.crt`. The key must be root's with mode 0440, or the server's own with 0400. */
  readonly tls: string;
  /** Unix socket. Only containers that may act as superuser mount it. */
  readonly socket: string;
  /** Passwords that never leave the pod (`exporter/password`). */
  readonly credentials: string;
  /** Scratch space. */
  readonly scratch: string;
}

/** A standalone PostgreSQL server, as its configuration files and scripts see it. */
export interface PostgresServer {
  /** Major version of the program in the image, 15 to 18: initdb and postgresql.conf differ. */
  readonly version: number;
  /** Database that the application owns. */
  readonly database: string;
  /** Role of the application. No superuser, creates no roles and no databases. */
  readonly user: string;
  /** Memory limit of the server's container, in MiB. */
  readonly memoryMiB: number;
  /** CPU limit of the server's container, in thousandths of a core: parallel query needs two cores. */
  readonly cpuMillis: number;
  /** Size of the volume, in GiB: what WAL and temporary files may take of it follows. */
  readonly storageGiB: number;
  /** Most sessions at once. Undefined: derived from the memory. */
  readonly maxConnections?: number | undefined;
  /** Oldest TLS version accepted. */
  readonly tlsMinVersion: "1.2" | "1.3";
  readonly port: number;
  /** Addresses to listen on, as in postgresql.conf. */
  readonly listenAddresses: string;
  /** Libraries loaded at start; the image must hold them. */
  readonly preloadLibraries: readonly string[];
  /** Extensions made in the application's database, by the superuser. */
  readonly extensions: readonly string[];
  /** Statements slower than this are logged, without their parameters, in milliseconds. */
  readonly logSlowMillis: number;
  /** How often the steward looks for a new password or certificate, in seconds. */
  readonly pollSeconds: number;
  /** User and group the server runs as. */
  readonly uid: number;
  readonly gid: number;
  readonly paths: PostgresPaths;
}

/**
 * The volume is mounted where the published images declare their own VOLUME, so that no anonymous writable one appears beside it; that
 * place moved up with 18.
 */
export function defaultPostgresPaths(version: number): PostgresPaths {
  return {
    volume: version >= 18 ? "/var/lib/postgresql" : "/var/lib/postgresql/data",
    config: "/etc/bulkhead",
    secrets: "/run/bulkhead/secrets",
    tls: tlsFolder,
    socket: "/run/bulkhead/socket",
    credentials: "/run/bulkhead/credentials",
    scratch: "/tmp",
  };
}

/** Role of the exporter: pg_monitor, from inside the pod only. */
export const exporterRole = "exporter";

/** File that holds its password. */
export const exporterPassword = ({ paths }: PostgresServer): string => `${paths.credentials}/${exporterRole}/password`;

/** The superuser: no password, local socket only. */
export const superuser = "postgres";

export const dataDirectory = (server: PostgresServer): string => `${server.paths.volume}/pgdata`;

/** Below this, fixed costs leave nothing for queries. */
export const minMemoryMiB = 128;

export function checkPostgresServer(server: PostgresServer): void {
  if (!Number.isInteger(server.version) || server.version < 15 || server.version > 18) {
    throw new InvalidSetting("version", "must be a major version from 15 to 18", server.version);
  }
  checkIdentifier("database", server.database, ["postgres", "template0", "template1"]);
  checkIdentifier("user", server.user, [superuser, exporterRole, "public", "none"]);
  if (server.user.startsWith("pg_")) throw new InvalidSetting("user", "must not start with pg_", server.user);
  checkTexts("extensions", server.extensions);
  for (const extension of server.extensions as readonly unknown[]) {
    if (typeof extension !== "string" || !/^[a-z][a-z0-9_-]*$/.test(extension)) {
      throw new InvalidSetting("extensions", "must hold names such as pg_trgm or uuid-ossp", extension);
    }
  }
  for (const library of server.preloadLibraries) checkIdentifier("preloadLibraries", library);
  checkAtLeast("memoryMiB", minMemoryMiB, server.memoryMiB);
  checkAtLeast("cpuMillis", 1, server.cpuMillis);
  // What is kept from the application, and a session for it: a limit below that would be none at all.
  const least = reservedConnections + exporterConnections + 1;
  if (server.maxConnections !== undefined) checkAtLeast("maxConnections", least, server.maxConnections);
  // -1 is PostgreSQL's word for never; it does not start with more than 31 bits.
  checkWhole("logSlowMillis", server.logSlowMillis, -1, 2 ** 31 - 1);
  checkAtLeast("storageGiB", 1, server.storageGiB);
  checkAtLeast("pollSeconds", 1, server.pollSeconds);
}
