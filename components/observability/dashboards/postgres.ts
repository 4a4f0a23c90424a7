import type { Dashboard } from "./dashboard";

const here = 'component=~"$component"';
// What belongs to no database has no name.
const own = `datname!~"|template.*|postgres",${here}`;

/** PostgreSQL, by postgres_exporter. */
export const postgres: Dashboard = {
  uid: "bulkhead-postgresql",
  title: "PostgreSQL",
  description: "Sessions, transactions, storage and maintenance of every PostgreSQL server.",
  folder: "data",
  variables: [{ name: "component", label: "Server", from: "pg_up", of: "component" }],
  sections: [
    {
      title: "Server",
      panels: [
        {
          title: "Up",
          description: "Whether the exporter can log in.",
          kind: "state",
          unit: "short",
          queries: [{ expr: `min by (component) (pg_up{${here}})`, legend: "{{component}}" }],
          alerts: ["PostgresDown"],
          width: 12,
        },
        {
          title: "Size",
          description: "Bytes on disk of all databases of each server.",
          kind: "stat",
          unit: "bytes",
          queries: [{ expr: `sum by (component) (pg_database_size_bytes{${here}})`, legend: "{{component}}" }],
          width: 12,
        },
        {
          title: "Sessions in use",
          description: "Of those that the server allows.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                `100 * sum by (namespace, component) (pg_stat_activity_count{${here}})` +
                ` / max by (namespace, component) (pg_settings_max_connections{${here}})`,
              legend: "{{component}}",
            },
          ],
          limit: { alert: "PostgresConnectionsHigh", threshold: "usedPercent", when: "above" },
        },
        {
          title: "Sessions by state",
          description: "What the sessions do: idle in transaction holds locks and stops vacuum.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `sum by (component, state) (pg_stat_activity_count{${here}})`, legend: "{{state}}" }],
        },
        {
          title: "Locks",
          description: "Locks that are held, by mode.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `sum by (component, mode) (pg_locks_count{${here}})`, legend: "{{mode}}" }],
        },
      ],
    },
    {
      title: "Transactions",
      panels: [
        {
          title: "Transactions",
          description: "Commits a second.",
          kind: "timeseries",
          unit: "ops",
          queries: [
            {
              expr: `sum by (component, datname) (rate(pg_stat_database_xact_commit{${own}}[$__rate_interval]))`,
              legend: "{{datname}}",
            },
          ],
        },
        {
          title: "Rolled back",
          description: "Share of the transactions that do not commit.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                `100 * rate(pg_stat_database_xact_rollback{${own}}[10m])` +
                ` / (rate(pg_stat_database_xact_rollback{${own}}[10m]) + rate(pg_stat_database_xact_commit{${own}}[10m]))`,
              legend: "{{datname}}",
            },
          ],
          limit: { alert: "PostgresRollbacksHigh", threshold: "rolledBackPercent", when: "above" },
        },
        {
          title: "Longest open transaction",
          description: "The oldest transaction that still runs or waits.",
          kind: "timeseries",
          unit: "m",
          queries: [
            {
              expr: `max by (component, datname, state) (pg_stat_activity_max_tx_duration{state!="idle",${here}}) / 60`,
              legend: "{{datname}} {{state}}",
            },
          ],
          limit: { alert: "PostgresLongTransaction", threshold: "openMinutes", when: "above" },
        },
        {
          title: "Deadlocks",
          description: "Transactions that were aborted because they blocked each other, in 15 minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `increase(pg_stat_database_deadlocks{${own}}[15m])`, legend: "{{datname}}" }],
          limit: { alert: "PostgresDeadlocks", threshold: "deadlocks", when: "above" },
        },
        {
          title: "Rows read and written",
          description: "Rows a second that are returned (above nothing) and changed (below).",
          kind: "timeseries",
          unit: "ops",
          queries: [
            {
              expr: `sum by (datname) (rate(pg_stat_database_tup_returned{${own}}[$__rate_interval]))`,
              legend: "{{datname}} returned",
            },
            {
              expr:
                `-sum by (datname) (rate(pg_stat_database_tup_inserted{${own}}[$__rate_interval])` +
                ` + rate(pg_stat_database_tup_updated{${own}}[$__rate_interval])` +
                ` + rate(pg_stat_database_tup_deleted{${own}}[$__rate_interval]))`,
              legend: "{{datname}} changed",
            },
          ],
        },
        {
          title: "Found in memory",
          description: "Share of the blocks that needed no read from the file system.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                `100 * rate(pg_stat_database_blks_hit{${own}}[5m])` +
                ` / (rate(pg_stat_database_blks_hit{${own}}[5m]) + rate(pg_stat_database_blks_read{${own}}[5m]))`,
              legend: "{{datname}}",
            },
          ],
        },
      ],
    },
    {
      title: "Storage and maintenance",
      panels: [
        {
          title: "Size of each database",
          description: "Bytes on disk.",
          kind: "timeseries",
          unit: "bytes",
          queries: [{ expr: `pg_database_size_bytes{${own}}`, legend: "{{datname}}" }],
        },
        {
          title: "Temporary files",
          description: "Bytes a second that did not fit into work_mem and were written to disk.",
          kind: "timeseries",
          unit: "Bps",
          queries: [
            {
              expr: `sum by (datname) (rate(pg_stat_database_temp_bytes{${own}}[$__rate_interval]))`,
              legend: "{{datname}}",
            },
          ],
        },
        {
          title: "Transaction ids used",
          description: "At 100 % the server stops writing: vacuum has to come before that.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: `100 * pg_database_wraparound_age_datfrozenxid_seconds{${here}} / 2147483647`,
              legend: "{{datname}}",
            },
          ],
          limit: { alert: "PostgresTransactionIdsLow", threshold: "usedPercent", when: "above" },
        },
        {
          title: "Replication slots",
          description: "Whether somebody reads each slot; for one that nobody reads the log is kept for ever.",
          kind: "state",
          unit: "short",
          queries: [
            {
              expr: `min by (component, slot_name) (pg_replication_slot_slot_is_active{${here}})`,
              legend: "{{slot_name}}",
            },
          ],
          alerts: ["PostgresSlotUnused"],
          width: 24,
        },
      ],
    },
  ],
};
