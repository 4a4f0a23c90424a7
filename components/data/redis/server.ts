import { checkOneOf, checkTexts } from "../../lib/check";
import { tlsFolder } from "../../network/certificate";
import { checkAtLeast, checkIdentifier, InvalidSetting } from "../invalidSetting";

/** Where things are in the container. Every path is a mount of ours: nothing depends on an image's layout. */
export interface RedisPaths {
  /** Mount point of the volume: persistent when durable, scratch for a cache. */
  readonly volume: string;
  /** The configuration files and scripts, from a ConfigMap. */
  readonly config: string;
  /** `password` of the application's user, from a Secret that is updated in place. */
  readonly secrets: string;
  /** `tls.crt`, `tls.key`, `ca.crt`. */
  readonly tls: string;
  /** Unix socket, and the ACL file that is made at each start. */
  readonly socket: string;
  /** Passwords that never leave the pod (`exporter/password`, `exporter/passwords.json` made of it, `steward/password`). */
  readonly credentials: string;
  /** Scratch space. */
  readonly scratch: string;
}

/** A standalone Valkey or Redis server (7.0 or later), as its configuration files and scripts see it. */
export interface RedisServer {
  /** The server program: `valkey-server` or `redis-server`, on PATH or with its path. */
  readonly serverProgram: string;
  /** Its client: `valkey-cli` or `redis-cli`. */
  readonly clientProgram: string;
  /** `cache`: what is used least goes when memory is short, and a restart empties it. `durable`: nothing goes; writes are refused instead. */
  readonly mode: "cache" | "durable";
  /** ACL user of the application. */
  readonly user: string;
  /** Commands the application may use beside the safe ones, such as `keys` or `client|list`. */
  readonly extraCommands: readonly string[];
  /** Memory limit of the server's container, in MiB. */
  readonly memoryMiB: number;
  /** CPU limit of the server's container, in thousandths of a core: network threads need four cores. */
  readonly cpuMillis: number;
  /** Oldest TLS version accepted. */
  readonly tlsMinVersion: "1.2" | "1.3";
  readonly port: number;
  /** Addresses to listen on, as in redis.conf. */
  readonly bind: string;
  /** How often the steward looks for a new password or certificate, in seconds. */
  readonly pollSeconds: number;
  readonly paths: RedisPaths;
}

/** The volume is mounted where the published images declare their own VOLUME, so that no anonymous writable one appears beside it. */
export const defaultRedisPaths: RedisPaths = {
  volume: "/data",
  config: "/etc/bulkhead",
  secrets: "/run/bulkhead/secrets",
  tls: tlsFolder,
  socket: "/run/bulkhead/socket",
  credentials: "/run/bulkhead/credentials",
  scratch: "/tmp",
};

/** User of the exporter: counters only, no key. */
export const exporterUser = "exporter";

/** User that changes passwords and certificates; its password never leaves the pod. */
export const stewardUser = "steward";

export const socketFile = (server: RedisServer): string => `${server.paths.socket}/server.sock`;
export const aclFile = (server: RedisServer): string => `${server.paths.socket}/users.acl`;

/** Commands that would hand over the server, whatever the application needs them for. */
const never = [
  "acl",
  "config",
  "debug",
  "module",
  "replicaof",
  "slaveof",
  "shutdown",
  "monitor",
  "psync",
  "sync",
  "migrate",
];

export function checkRedisServer(server: RedisServer): void {
  checkIdentifier("user", server.user, ["default", exporterUser, stewardUser]);
  checkOneOf("mode", server.mode, ["cache", "durable"]);
  checkTexts("extraCommands", server.extraCommands);
  for (const command of server.extraCommands as readonly unknown[]) {
    const [, name] = (typeof command === "string" && /^([a-z]+)(?:\|[a-z-]+)?$/.exec(command)) || [];
    if (name === undefined || never.includes(name)) {
      const rule = `must hold command names in lower case, such as keys or client|list, and none of ${never.join(", ")}`;
      throw new InvalidSetting("extraCommands", rule, command);
    }
  }
  for (const [name, program] of Object.entries({
    serverProgram: server.serverProgram,
    clientProgram: server.clientProgram,
  })) {
    if (!/^[\w./-]+$/.test(program)) throw new InvalidSetting(name, "must be a program's name or path", program);
  }
  checkAtLeast("memoryMiB", 32, server.memoryMiB);
  checkAtLeast("cpuMillis", 1, server.cpuMillis);
  checkAtLeast("pollSeconds", 1, server.pollSeconds);
}
