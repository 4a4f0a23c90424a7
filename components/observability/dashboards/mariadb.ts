import type { Dashboard } from "./dashboard";

const here = 'component=~"$component"';
const name = "{{component}}";

/** MariaDB, by mysqld_exporter. */
export const mariadb: Dashboard = {
  uid: "bulkhead-mariadb",
  title: "MariaDB",
  description: "Sessions, statements and InnoDB of every MariaDB server.",
  folder: "data",
  variables: [{ name: "component", label: "Server", from: "mysql_up", of: "component" }],
  sections: [
    {
      title: "Server",
      panels: [
        {
          title: "Up",
          description: "Whether the exporter can log in.",
          kind: "state",
          unit: "short",
          queries: [{ expr: `min by (component) (mysql_up{${here}})`, legend: name }],
          alerts: ["MariaDbDown"],
          width: 12,
        },
        {
          title: "Running for",
          description: "Time since the server was started.",
          kind: "stat",
          unit: "s",
          queries: [{ expr: `max by (component) (mysql_global_status_uptime{${here}})`, legend: name }],
          width: 12,
        },
        {
          title: "Sessions in use",
          description: "Of those that the server allows.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr: `100 * mysql_global_status_threads_connected{${here}} / mysql_global_variables_max_connections{${here}}`,
              legend: name,
            },
          ],
          limit: { alert: "MariaDbConnectionsHigh", threshold: "usedPercent", when: "above" },
        },
        {
          title: "Statements that run",
          description: "Sessions that do something at that moment.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `mysql_global_status_threads_running{${here}}`, legend: name }],
        },
        {
          title: "Logins that fail",
          description: "Connections a minute that were not let in.",
          kind: "timeseries",
          unit: "opm",
          queries: [{ expr: `60 * rate(mysql_global_status_aborted_connects{${here}}[10m])`, legend: name }],
          limit: { alert: "MariaDbAbortedConnections", threshold: "abortedPerMinute", when: "above" },
        },
      ],
    },
    {
      title: "Statements",
      panels: [
        {
          title: "Statements",
          description: "Statements a second.",
          kind: "timeseries",
          unit: "ops",
          queries: [{ expr: `rate(mysql_global_status_queries{${here}}[$__rate_interval])`, legend: name }],
        },
        {
          title: "By kind",
          description: "Statements a second that read and change rows.",
          kind: "timeseries",
          unit: "ops",
          queries: [
            {
              expr: `sum by (command) (rate(mysql_global_status_commands_total{command=~"select|insert|update|delete|commit|rollback",${here}}[$__rate_interval]))`,
              legend: "{{command}}",
            },
          ],
        },
        {
          title: "Slow statements",
          description: "A minute, longer than long_query_time.",
          kind: "timeseries",
          unit: "opm",
          queries: [{ expr: `60 * rate(mysql_global_status_slow_queries{${here}}[10m])`, legend: name }],
          limit: { alert: "MariaDbSlowQueries", threshold: "slowPerMinute", when: "above" },
        },
      ],
    },
    {
      title: "InnoDB",
      panels: [
        {
          title: "Deadlocks",
          description: "Transactions that were aborted because they blocked each other, in 15 minutes.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `increase(mysql_global_status_innodb_deadlocks{${here}}[15m])`, legend: name }],
          limit: { alert: "MariaDbDeadlocks", threshold: "deadlocks", when: "above" },
        },
        {
          title: "Commits that wait for the log",
          description: "A minute: the redo log's buffer is full before the disk has taken it.",
          kind: "timeseries",
          unit: "opm",
          queries: [{ expr: `60 * rate(mysql_global_status_innodb_log_waits{${here}}[15m])`, legend: name }],
          limit: { alert: "MariaDbLogWaits", threshold: "waitsPerMinute", when: "above" },
        },
        {
          title: "Waits for row locks",
          description: "A second.",
          kind: "timeseries",
          unit: "ops",
          queries: [
            { expr: `rate(mysql_global_status_innodb_row_lock_waits{${here}}[$__rate_interval])`, legend: name },
          ],
        },
        {
          title: "Found in memory",
          description: "Share of the reads that the buffer pool answers.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                `100 * (1 - rate(mysql_global_status_innodb_buffer_pool_reads{${here}}[5m])` +
                ` / rate(mysql_global_status_innodb_buffer_pool_read_requests{${here}}[5m]))`,
              legend: name,
            },
          ],
        },
        {
          title: "Network",
          description: "Bytes a second received (above nothing) and sent (below).",
          kind: "timeseries",
          unit: "Bps",
          queries: [
            { expr: `rate(mysql_global_status_bytes_received{${here}}[$__rate_interval])`, legend: `${name} in` },
            { expr: `-rate(mysql_global_status_bytes_sent{${here}}[$__rate_interval])`, legend: `${name} out` },
          ],
        },
      ],
    },
  ],
};
