import { type AlertGroup, count, minutes, percent } from "./alert";

/** The databases of applications: not the server's own, and not the row of what all databases share, which has no name. */
const ours = 'datname!~"|template.*|postgres"';

/** PostgreSQL, by postgres_exporter. */
export const postgres: AlertGroup = {
  name: "postgres",
  apps: ["postgresql"],
  alerts: [
    {
      name: "PostgresDown",
      severity: "critical",
      owner: "data",
      forMinutes: 2,
      thresholds: {},
      expr: () => "pg_up == 0",
      summary: "PostgreSQL {{ $labels.component }} does not answer",
      description: "Its exporter runs, but cannot log in.",
      runbook: {
        meaning: "The exporter beside the server cannot open a session.",
        impact: "The application has no database.",
        checks: [
          "kubectl logs of the pod, container of the server",
          "Is its volume full? FilesystemSpaceLow",
          "All sessions in use? PostgresConnectionsHigh",
        ],
        fix: ["Let crash recovery finish: do not kill it meanwhile", "Restore from backup when its files are damaged"],
      },
    },
    {
      name: "PostgresConnectionsHigh",
      severity: "warning",
      owner: "data",
      forMinutes: 5,
      thresholds: { usedPercent: percent(80) },
      expr: limit =>
        "100 * sum by (namespace, component) (pg_stat_activity_count)" +
        ` / max by (namespace, component) (pg_settings_max_connections) > ${limit("usedPercent")}`,
      summary: "PostgreSQL {{ $labels.component }} is running out of connections",
      description: '{{ $value | printf "%.0f" }} % of its sessions are in use.',
      runbook: {
        meaning: "Nearly all sessions that the server allows are open.",
        impact: "New ones are refused: requests of users fail.",
        checks: [
          "SELECT state, application_name, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC",
          "A replica of the app too many? A pool without a limit?",
        ],
        fix: [
          "Close idle ones: pg_terminate_backend",
          "Lower the apps' pools; give the database more memory, which raises the limit",
        ],
      },
    },
    {
      name: "PostgresLongTransaction",
      severity: "warning",
      owner: "data",
      forMinutes: 2,
      thresholds: { openMinutes: minutes(30) },
      expr: limit =>
        `max by (namespace, component, datname, state) (pg_stat_activity_max_tx_duration{state!="idle"}) / 60 > ${limit("openMinutes")}`,
      summary: "A transaction on {{ $labels.datname }} stays open",
      description: 'It has been open for {{ $value | printf "%.0f" }} minutes ({{ $labels.state }}).',
      runbook: {
        meaning: "Somebody began a transaction and does not end it.",
        impact: "VACUUM cannot remove old rows: tables grow, and locks may be held.",
        checks: ["SELECT pid, usename, xact_start, state, query FROM pg_stat_activity ORDER BY xact_start LIMIT 5"],
        fix: ["pg_terminate_backend(pid)", "Set idle_in_transaction_session_timeout for that role"],
      },
    },
    {
      name: "PostgresDeadlocks",
      severity: "warning",
      owner: "backend",
      forMinutes: 0,
      thresholds: { deadlocks: count(3) },
      expr: limit => `increase(pg_stat_database_deadlocks{${ours}}[15m]) >= ${limit("deadlocks")}`,
      summary: "Transactions on {{ $labels.datname }} block each other",
      description: '{{ $value | printf "%.0f" }} were aborted in 15 minutes.',
      runbook: {
        meaning: "Two transactions took the same locks in different order.",
        impact: "One of them fails each time; users may see errors.",
        checks: ["The server's log names both statements"],
        fix: ["Take locks in one order; retry on SQLSTATE 40P01"],
      },
    },
    {
      name: "PostgresRollbacksHigh",
      severity: "warning",
      owner: "backend",
      forMinutes: 15,
      thresholds: { rolledBackPercent: percent(10) },
      expr: limit =>
        `100 * rate(pg_stat_database_xact_rollback{${ours}}[10m])` +
        " / (rate(pg_stat_database_xact_rollback[10m])" +
        " + rate(pg_stat_database_xact_commit[10m]))" +
        ` > ${limit("rolledBackPercent")}`,
      summary: "Many transactions on {{ $labels.datname }} fail",
      description: '{{ $value | printf "%.0f" }} % are rolled back.',
      runbook: {
        meaning: "The application gives up an unusual share of its transactions.",
        impact: "Requests fail, or are repeated.",
        checks: ["Since when: a new version?", "The application's log for database errors"],
        fix: ["Roll back the version", "Repair the statement that fails"],
      },
    },
    {
      name: "PostgresTransactionIdsLow",
      severity: "critical",
      owner: "data",
      forMinutes: 10,
      thresholds: { usedPercent: percent(40) },
      expr: limit => `100 * pg_database_wraparound_age_datfrozenxid_seconds / 2147483647 > ${limit("usedPercent")}`,
      summary: "Vacuum does not keep up with {{ $labels.datname }}",
      description: '{{ $value | printf "%.0f" }} % of the transaction ids are used; at 100 % it stops writing.',
      runbook: {
        meaning: "The oldest transaction id that is still needed is very old.",
        impact: "The server refuses writes before ids run out.",
        checks: [
          "PostgresLongTransaction; prepared transactions: pg_prepared_xacts",
          "Replication slots that nobody reads",
          "SELECT relname, age(relfrozenxid) FROM pg_class WHERE relkind='r' ORDER BY 2 DESC LIMIT 10",
        ],
        fix: ["End what holds the horizon, then VACUUM FREEZE the oldest tables"],
      },
    },
    {
      name: "PostgresSlotUnused",
      severity: "warning",
      owner: "data",
      forMinutes: 30,
      thresholds: {},
      expr: () => "pg_replication_slot_slot_is_active == 0",
      summary: "Nobody reads replication slot {{ $labels.slot_name }}",
      description: "The server keeps its log for it until the volume is full.",
      runbook: {
        meaning: "A replica or subscriber is gone, its slot is not.",
        impact: "WAL grows until the volume is full; then the server stops.",
        checks: ["SELECT * FROM pg_replication_slots"],
        fix: ["Bring the reader back", "SELECT pg_drop_replication_slot(name)"],
      },
    },
  ],
};
