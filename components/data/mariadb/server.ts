import { checkBoolean, checkText, checkWhole } from "../../lib/check";
import { tlsFolder } from "../../network/certificate";
import { checkAtLeast, checkIdentifier } from "../invalidSetting";
import { reservedConnections } from "./memory";

/** Where things are in the container. Every path is a mount of ours: nothing depends on an image's layout. */
export interface MariaDbPaths {
  /** Mount point of the persistent volume: `data`, `binlog` and `tmp` lie below it, because a new volume may hold `lost+found`. */
  readonly volume: string;
  /** The configuration files and scripts, from a ConfigMap. */
  readonly config: string;
  /** `password` of the application's user, from a Secret that is updated in place. */
  readonly secrets: string;
  /** `tls.crt`, `tls.key`, `ca.crt`. */
  readonly tls: string;
  /** Unix socket. Only containers that may act as superuser mount it. */
  readonly socket: string;
  /** Passwords that never leave the pod (`exporter/password`, and `exporter/my.cnf` made of it). */
  readonly credentials: string;
  /** Scratch space. */
  readonly scratch: string;
}

/** A standalone MariaDB server, as its configuration files and scripts see it. */
export interface MariaDbServer {
  /** Release series of the program in the image, such as `11.8`. */
  readonly version: string;
  /** Database that the application may do everything in. */
  readonly database: string;
  /** User of the application. */
  readonly user: string;
  /** Memory limit of the server's container, in MiB. */
  readonly memoryMiB: number;
  /** Size of the volume, in GiB: what the binary log may take of it follows. */
  readonly storageGiB: number;
  /** Most sessions at once. Undefined: derived from the memory. */
  readonly maxConnections?: number | undefined;
  /** Oldest TLS version accepted. */
  readonly tlsMinVersion: "1.2" | "1.3";
  readonly port: number;
  /** Address to listen on; `*` for all. */
  readonly listenAddress: string;
  /** Days that binary logs are kept, for point-in-time recovery. */
  readonly binlogDays: number;
  /** Upgrade the data of an older series in place. It cannot be undone: take a backup first. */
  readonly allowUpgrade: boolean;
  /** How often the steward looks for a new password or certificate, in seconds. */
  readonly pollSeconds: number;
  /** User and group the server runs as. */
  readonly uid: number;
  readonly gid: number;
  readonly paths: MariaDbPaths;
}

/** The volume is mounted where the published images declare their own VOLUME, so that no anonymous writable one appears beside it. */
export const defaultMariaDbPaths: MariaDbPaths = {
  volume: "/var/lib/mysql",
  config: "/etc/bulkhead",
  secrets: "/run/bulkhead/secrets",
  tls: tlsFolder,
  socket: "/run/bulkhead/socket",
  credentials: "/run/bulkhead/credentials",
  scratch: "/tmp",
};

/** User of the exporter: sees counters, not data, and comes from inside the pod only. */
export const exporterUser = "exporter";

/** Superuser and operating-system name of the server's uid: no password, through the socket only. */
export const superuser = "mysql";

export const dataDirectory = (server: MariaDbServer): string => `${server.paths.volume}/data`;
export const socketFile = (server: MariaDbServer): string => `${server.paths.socket}/mariadb.sock`;

/** Below this, fixed costs leave nothing for the buffer pool. */
export const minMemoryMiB = 192;

export function checkMariaDbServer(server: MariaDbServer): void {
  checkText("version", server.version, "a release series such as 11.8", /^1[0-9]\.[0-9]{1,2}$/);
  checkBoolean("allowUpgrade", server.allowUpgrade);
  checkIdentifier("database", server.database, ["mysql", "information_schema", "performance_schema", "sys"]);
  checkIdentifier("user", server.user, [superuser, exporterUser, "root", "mariadb"]);
  checkAtLeast("memoryMiB", minMemoryMiB, server.memoryMiB);
  checkAtLeast("storageGiB", 1, server.storageGiB);
  // One for the application beside what is kept from it: none left would mean to the server that there is no limit.
  if (server.maxConnections !== undefined) {
    checkAtLeast("maxConnections", reservedConnections + 1, server.maxConnections);
  }
  // MariaDB keeps no binary log for longer, and says so in its log only.
  checkWhole("binlogDays", server.binlogDays, 1, 99);
  checkAtLeast("pollSeconds", 1, server.pollSeconds);
}
