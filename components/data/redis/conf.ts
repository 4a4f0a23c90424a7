import { tuneRedis } from "./memory";
import { aclFile, type RedisServer, socketFile } from "./server";

type Directive = readonly [name: string, value: string | number];

const access = (server: RedisServer): Directive[] => [
  ["bind", server.bind],
  // Only TLS: the plain port is closed.
  ["port", 0],
  ["tls-port", server.port],
  ["tls-cert-file", `${server.paths.tls}/tls.crt`],
  ["tls-key-file", `${server.paths.tls}/tls.key`],
  ["tls-ca-cert-file", `${server.paths.tls}/ca.crt`],
  ["tls-protocols", server.tlsMinVersion === "1.3" ? '"TLSv1.3"' : '"TLSv1.2 TLSv1.3"'],
  // Clients prove who they are by user and password.
  ["tls-auth-clients", "no"],
  ["aclfile", aclFile(server)],
  ["unixsocket", socketFile(server)],
  ["unixsocketperm", 700],
  ["enable-protected-configs", "no"],
  ["enable-debug-command", "no"],
  ["enable-module-command", "no"],
  ["tcp-keepalive", 60],
  ["timeout", 0],
];

/** Threads help from four cores on, with one left to spare (redis.conf); the commands themselves stay in one. */
const ioThreads = (cpuMillis: number) => (cpuMillis < 4000 ? 1 : Math.min(8, Math.floor(cpuMillis / 1000) - 1));

const memory = (server: RedisServer): Directive[] => {
  const tuned = tuneRedis(server);
  return [
    ["maxmemory", `${tuned.maxMemoryMiB}mb`],
    ["maxmemory-policy", server.mode === "cache" ? "allkeys-lru" : "noeviction"],
    ["maxmemory-clients", `${tuned.clientsMiB}mb`],
    ["maxclients", tuned.maxClients],
    // A big key is freed by a thread, not while everybody waits.
    ["lazyfree-lazy-eviction", "yes"],
    ["lazyfree-lazy-expire", "yes"],
    ["lazyfree-lazy-server-del", "yes"],
    ["lazyfree-lazy-user-del", "yes"],
    ["io-threads", ioThreads(server.cpuMillis)],
  ];
};

const persistence = (server: RedisServer): Directive[] => [
  ["dir", server.paths.volume],
  ["save", '""'],
  ["appendonly", server.mode === "durable" ? "yes" : "no"],
  // At most one second of writes is lost with the machine.
  ["appendfsync", "everysec"],
  ["no-appendfsync-on-rewrite", "no"],
  ["aof-load-truncated", "yes"],
  ["rdb-save-incremental-fsync", "yes"],
];

const operation: Directive[] = [
  ["daemonize", "no"],
  ["logfile", '""'],
  ["loglevel", "notice"],
  ["always-show-logo", "no"],
  ["latency-monitor-threshold", 100],
  ["slowlog-log-slower-than", 10_000],
  ["slowlog-max-len", 128],
  ["shutdown-timeout", 10],
];

/** The whole configuration, in the words that Valkey and Redis share. */
export function redisConf(server: RedisServer): string {
  return [...access(server), ...memory(server), ...persistence(server), ...operation]
    .map(([name, value]) => `${name} ${value}\n`)
    .join("");
}
