import { reservedConnections, tunePostgres } from "./memory";
import { dataDirectory, type PostgresServer } from "./server";

type Value = string | number | boolean;

const render = (value: Value): string => {
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
};

function memory(server: PostgresServer): Record<string, Value> {
  const tuned = tunePostgres(server);
  return {
    max_connections: tuned.maxConnections,
    superuser_reserved_connections: reservedConnections,
    shared_buffers: `${tuned.sharedBuffersMiB}MB`,
    effective_cache_size: `${tuned.effectiveCacheSizeMiB}MB`,
    work_mem: `${tuned.workMemKiB}kB`,
    maintenance_work_mem: `${tuned.maintenanceWorkMemMiB}MB`,
    autovacuum_work_mem: `${tuned.autovacuumWorkMemMiB}MB`,
    autovacuum_max_workers: tuned.autovacuumWorkers,
    max_worker_processes: 8 + tuned.parallelWorkers,
    max_parallel_workers: tuned.parallelWorkers,
    max_parallel_workers_per_gather: Math.min(4, Math.floor(tuned.parallelWorkers / 2)),
    max_parallel_maintenance_workers: Math.min(4, Math.floor(tuned.parallelWorkers / 2)),
    // A node may have huge pages that this pod has no limit for: "try" then ends in SIGBUS (kubernetes/kubernetes#71233).
    huge_pages: "off",
    // Compiling pays for long analytical queries only; here it costs memory and first-query time.
    jit: false,
  };
}

/** WAL and temporary files live on the same volume as the tables: each has a ceiling, so that neither can fill it. */
function storage(server: PostgresServer): Record<string, Value> {
  const volumeMiB = server.storageGiB * 1024;
  return {
    wal_level: "replica",
    wal_compression: true,
    checkpoint_timeout: "15min",
    checkpoint_completion_target: 0.9,
    // A tenth of the volume, at most 4 GiB: fewer checkpoints beyond that, but a longer recovery.
    max_wal_size: `${Math.min(4096, Math.floor(volumeMiB / 10))}MB`,
    min_wal_size: "80MB",
    // A replication slot whose reader has gone must not fill the volume.
    max_slot_wal_keep_size: `${Math.floor(volumeMiB / 5)}MB`,
    temp_file_limit: `${Math.floor(volumeMiB / 5)}MB`,
    // Solid-state and network volumes: random reads cost about what sequential ones do, and many go at once.
    random_page_cost: 1.1,
    effective_io_concurrency: 200,
  };
}

function access(server: PostgresServer): Record<string, Value> {
  const { paths } = server;
  return {
    data_directory: dataDirectory(server),
    hba_file: `${paths.config}/pg_hba.conf`,
    ident_file: `${paths.config}/pg_ident.conf`,
    listen_addresses: server.listenAddresses,
    port: server.port,
    unix_socket_directories: paths.socket,
    unix_socket_permissions: "0700",
    password_encryption: "scram-sha-256",
    authentication_timeout: "15s",
    ssl: true,
    ssl_cert_file: `${paths.tls}/tls.crt`,
    ssl_key_file: `${paths.tls}/tls.key`,
    ssl_min_protocol_version: `TLSv${server.tlsMinVersion}`,
    // Dead peers hold locks: found after two minutes, and before a long query has run to its end for nobody.
    tcp_keepalives_idle: 60,
    tcp_keepalives_interval: 10,
    tcp_keepalives_count: 6,
    client_connection_check_interval: "10s",
    idle_in_transaction_session_timeout: "10min",
    // What ALTER SYSTEM writes would outlive and contradict this file.
    ...(server.version >= 17 ? { allow_alter_system: false } : {}),
  };
}

/**
 * To stderr, one `key=value` prefix a line: JSON and CSV exist only through the logging collector, which writes to files. Bind parameters are
 * never logged: they are users' data.
 */
function logging(server: PostgresServer): Record<string, Value> {
  return {
    logging_collector: false,
    log_destination: "stderr",
    log_line_prefix: "ts=%m pid=%p user=%u db=%d host=%h app=%a state=%e ",
    log_timezone: "UTC",
    timezone: "UTC",
    lc_messages: "C",
    log_connections: true,
    log_disconnections: true,
    log_checkpoints: true,
    log_lock_waits: true,
    log_temp_files: "10MB",
    log_autovacuum_min_duration: "10s",
    log_min_duration_statement: server.logSlowMillis,
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    // A role that changes its own password would put it into the log with "ddl".
    log_statement: "none",
    shared_preload_libraries: server.preloadLibraries.join(","),
    track_io_timing: true,
  };
}

/** postgresql.conf: everything the server is told; nothing is left to the file that initdb makes. */
export function postgresqlConf(server: PostgresServer): string {
  const settings = { ...access(server), ...memory(server), ...storage(server), ...logging(server) };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${render(value)}\n`)
    .join("");
}
