import { applicationConnections, ariaCacheMiB, keyBufferMiB, logBufferMiB, sessionKiB, tuneMariaDb } from "./memory";
import { dataDirectory, type MariaDbServer, socketFile } from "./server";

type Value = string | number;

function memory(server: MariaDbServer): Record<string, Value> {
  const tuned = tuneMariaDb(server);
  return {
    max_connections: tuned.maxConnections,
    max_user_connections: applicationConnections(server),
    innodb_buffer_pool_size: `${tuned.bufferPoolMiB}M`,
    innodb_log_buffer_size: `${logBufferMiB}M`,
    aria_pagecache_buffer_size: `${ariaCacheMiB}M`,
    key_buffer_size: `${keyBufferMiB}M`,
    tmp_table_size: `${tuned.tmpTableKiB}K`,
    max_heap_table_size: `${tuned.tmpTableKiB}K`,
    thread_stack: `${sessionKiB.thread}K`,
    sort_buffer_size: `${sessionKiB.sort}K`,
    join_buffer_size: `${sessionKiB.join}K`,
    read_buffer_size: `${sessionKiB.read}K`,
    read_rnd_buffer_size: `${sessionKiB.readRandom}K`,
    binlog_cache_size: `${sessionKiB.binlog}K`,
    max_allowed_packet: "16M",
    // It has cost more than it gained since there were many cores, and is deprecated.
    query_cache_type: 0,
    query_cache_size: 0,
    performance_schema: "OFF",
  };
}

/** Durable at every commit; the redo log and the binary log each have a share of the volume. */
function storage(server: MariaDbServer): Record<string, Value> {
  const { volume } = server.paths;
  const volumeMiB = server.storageGiB * 1024;
  return {
    datadir: dataDirectory(server),
    // Sorts that do not fit into memory go to the volume: an emptyDir would be evicted with its pod.
    tmpdir: `${volume}/tmp`,
    innodb_flush_log_at_trx_commit: 1,
    sync_binlog: 1,
    // A twentieth of the volume, at most 1 GiB: more spares checkpoints and costs recovery time.
    innodb_log_file_size: `${Math.min(1024, Math.floor(volumeMiB / 20))}M`,
    // Solid-state and network volumes.
    innodb_flush_neighbors: 0,
    innodb_io_capacity: 1000,
    log_bin: `${volume}/binlog/binlog`,
    binlog_format: "ROW",
    binlog_expire_logs_seconds: server.binlogDays * 86_400,
    max_binlog_size: `${Math.min(256, Math.floor(volumeMiB / 40))}M`,
    server_id: 1,
    gtid_strict_mode: "ON",
    // Alternative file formats and links are ways out of the data directory.
    symbolic_links: 0,
  };
}

function access(server: MariaDbServer): Record<string, Value> {
  const { paths } = server;
  return {
    socket: socketFile(server),
    pid_file: `${paths.socket}/mariadb.pid`,
    bind_address: server.listenAddress,
    port: server.port,
    // With it off, an account is what its address says, and no DNS answer lets anybody in.
    skip_name_resolve: "ON",
    require_secure_transport: "ON",
    tls_version: server.tlsMinVersion === "1.3" ? "TLSv1.3" : "TLSv1.2,TLSv1.3",
    ssl_cert: `${paths.tls}/tls.crt`,
    ssl_key: `${paths.tls}/tls.key`,
    ssl_ca: `${paths.tls}/ca.crt`,
    local_infile: "OFF",
    // LOAD DATA INFILE and SELECT INTO OUTFILE see this folder only.
    secure_file_priv: `${paths.volume}/tmp`,
    // A pool that reconnects with a wrong password must not lock out its whole address.
    max_connect_errors: 4_294_967_295,
    connect_timeout: 15,
    wait_timeout: 3600,
    interactive_timeout: 3600,
    character_set_server: "utf8mb4",
    collation_server: "utf8mb4_unicode_520_ci",
    default_time_zone: "'+00:00'",
    default_storage_engine: "InnoDB",
    sql_mode: "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION",
    // Errors and refused logins go to stderr, because no log file is named; statements, which hold users' data, go nowhere.
    log_warnings: 2,
    general_log: "OFF",
    slow_query_log: "OFF",
  };
}

/** my.cnf: the only option file that is read. */
export function myCnf(server: MariaDbServer): string {
  const settings = { ...access(server), ...memory(server), ...storage(server) };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  return `[mariadbd]\n${lines.join("")}`;
}
