import { always, type Case, counter, gauge } from "../support/ruleTests";

const where = 'namespace="data",component="database"';
const labels = { namespace: "data", component: "database" };
const db = `{${where},datname="flowmarine"}`;
const ofDb = { ...labels, datname: "flowmarine" };

export const postgresCases: readonly Case[] = [
  {
    alert: "PostgresDown",
    series: [gauge(`pg_up{${where}}`, 0, 1, 1)],
    labels,
    says: "Its exporter runs, but cannot log in.",
  },
  {
    alert: "PostgresConnectionsHigh",
    series: [
      gauge(`pg_stat_activity_count{${where},datname="flowmarine",state="active"}`, 41, 40, 5),
      always(`pg_stat_activity_count{${where},datname="flowmarine",state="idle"}`, 40),
      always(`pg_settings_max_connections{${where},server="a"}`, 100),
      always(`pg_settings_max_connections{${where},server="old"}`, 20),
    ],
    labels,
    says: "81 % of its sessions are in use.",
  },
  {
    alert: "PostgresLongTransaction",
    series: [
      gauge(
        `pg_stat_activity_max_tx_duration{${where},datname="flowmarine",state="idle in transaction"}`,
        1860,
        1800,
        0,
      ),
      always(
        `pg_stat_activity_max_tx_duration{${where},datname="flowmarine",state="idle in transaction",server="b"}`,
        1,
      ),
      always(`pg_stat_activity_max_tx_duration{${where},datname="flowmarine",state="idle"}`, 9999),
    ],
    labels: { ...ofDb, state: "idle in transaction" },
    says: "It has been open for 31 minutes (idle in transaction).",
  },
  {
    alert: "PostgresDeadlocks",
    series: [
      counter(`pg_stat_database_deadlocks${db}`, 0.4, 0.15, 0),
      counter(`pg_stat_database_deadlocks{${where},datname="template1"}`, 9, 9, 9),
    ],
    labels: ofDb,
    says: "6 were aborted in 15 minutes.",
    firesAfter: 8,
    quietAfter: 8,
    badMinutes: 40,
  },
  {
    alert: "PostgresRollbacksHigh",
    series: [
      counter(`pg_stat_database_xact_rollback${db}`, 12, 10, 1),
      // More is done when things get bad: each rate has a window of its own.
      counter(`pg_stat_database_xact_commit${db}`, 88, 90, minute => (minute <= 20 ? 19 : 99)),
    ],
    labels: ofDb,
    says: "12 % are rolled back.",
    firesAfter: 19,
    quietAfter: 2,
    badMinutes: 40,
  },
  {
    alert: "PostgresTransactionIdsLow",
    series: [gauge(`pg_database_wraparound_age_datfrozenxid_seconds${db}`, 0.41 * 2147483647, 0.4 * 2147483647, 1e6)],
    labels: ofDb,
    says: "41 % of the transaction ids are used; at 100 % it stops writing.",
  },
  {
    alert: "PostgresSlotUnused",
    series: [gauge(`pg_replication_slot_slot_is_active{${where},slot_name="old"}`, 0, 1, 1)],
    labels: { ...labels, slot_name: "old" },
    says: "The server keeps its log for it until the volume is full.",
  },
];

export const mariadbCases: readonly Case[] = [
  {
    alert: "MariaDbDown",
    series: [gauge(`mysql_up{${where}}`, 0, 1, 1)],
    labels,
    says: "Its exporter runs, but cannot log in.",
  },
  {
    alert: "MariaDbConnectionsHigh",
    series: [
      gauge(`mysql_global_status_threads_connected{${where}}`, 81, 80, 5),
      always(`mysql_global_variables_max_connections{${where}}`, 100),
    ],
    labels,
    says: "81 % of its sessions are in use.",
  },
  {
    alert: "MariaDbDeadlocks",
    series: [counter(`mysql_global_status_innodb_deadlocks{${where}}`, 0.4, 0.15, 0)],
    labels,
    says: "6 were aborted in 15 minutes.",
    firesAfter: 8,
    quietAfter: 8,
    badMinutes: 40,
  },
  {
    alert: "MariaDbAbortedConnections",
    series: [counter(`mysql_global_status_aborted_connects{${where}}`, 7, 6, 0)],
    labels,
    says: "7 a minute.",
    firesAfter: 19,
    quietAfter: 2,
  },
  {
    alert: "MariaDbSlowQueries",
    series: [counter(`mysql_global_status_slow_queries{${where}}`, 13, 12, 0)],
    labels,
    says: "13 a minute take longer than long_query_time.",
    firesAfter: 25,
    quietAfter: 1,
    badMinutes: 40,
  },
  {
    alert: "MariaDbLogWaits",
    series: [counter(`mysql_global_status_innodb_log_waits{${where}}`, 11, 10, 0)],
    labels,
    says: "11 times a minute.",
    firesAfter: 29,
    quietAfter: 2,
    badMinutes: 40,
  },
];

const noeviction = always(`redis_instance_info{${where},maxmemory_policy="noeviction"}`, 1);

export const redisCases: readonly Case[] = [
  {
    alert: "RedisDown",
    series: [gauge(`redis_up{${where}}`, 0, 1, 1)],
    labels,
    says: "Its exporter runs, but cannot log in.",
  },
  {
    alert: "RedisMemoryHigh",
    series: [
      gauge(`redis_memory_used_bytes{${where}}`, 91, 90, 10),
      always(`redis_memory_max_bytes{${where}}`, 100),
      noeviction,
      // A cache that is full does what it should.
      always('redis_memory_used_bytes{namespace="data",component="cache"}', 100),
      always('redis_memory_max_bytes{namespace="data",component="cache"}', 100),
      always('redis_instance_info{namespace="data",component="cache",maxmemory_policy="allkeys-lfu"}', 1),
      always('redis_instance_info{namespace="other",component="cache",maxmemory_policy="noeviction"}', 1),
    ],
    labels,
    says: "91 % of its memory is used; at 100 % it refuses writes.",
  },
  {
    alert: "RedisEvictsFast",
    series: [counter(`redis_evicted_keys_total{${where}}`, 601, 600, 0)],
    labels,
    says: "It drops 601 keys a minute to make room.",
    firesAfter: 25,
    quietAfter: 1,
    badMinutes: 40,
  },
  {
    alert: "RedisConnectionsRejected",
    series: [counter(`redis_rejected_connections_total{${where}}`, 1, 0, 0)],
    labels,
    says: "5 in five minutes: maxclients is reached.",
    firesAfter: 1,
    quietAfter: 4,
  },
  {
    alert: "RedisAppendOnlyFailing",
    series: [gauge(`redis_aof_last_write_status{${where}}`, 0, 1, 1)],
    labels,
    says: "The last write of its append-only file failed: it refuses writes.",
  },
  {
    alert: "RedisSnapshotFailing",
    series: [gauge(`redis_rdb_last_bgsave_status{${where}}`, 0, 1, 1)],
    labels,
    says: "The last background save failed.",
  },
];
