import type { Dashboard } from "./dashboard";

const here = 'component=~"$component"';
const name = "{{component}}";

/** Valkey or Redis, by redis_exporter. */
export const redis: Dashboard = {
  uid: "bulkhead-redis",
  title: "Redis",
  description: "Memory, commands, clients and persistence of every Valkey or Redis.",
  folder: "data",
  variables: [{ name: "component", label: "Store", from: "redis_up", of: "component" }],
  sections: [
    {
      title: "Store",
      panels: [
        {
          title: "Up",
          description: "Whether the exporter can log in.",
          kind: "state",
          unit: "short",
          queries: [{ expr: `min by (component) (redis_up{${here}})`, legend: name }],
          alerts: ["RedisDown"],
        },
        {
          title: "Append-only file",
          description: "Whether the last write of it succeeded; a store that keeps nothing has none.",
          kind: "state",
          unit: "short",
          queries: [{ expr: `min by (component) (redis_aof_last_write_status{${here}})`, legend: name }],
          alerts: ["RedisAppendOnlyFailing"],
        },
        {
          title: "Snapshots",
          description: "Whether the last background save succeeded.",
          kind: "state",
          unit: "short",
          queries: [{ expr: `min by (component) (redis_rdb_last_bgsave_status{${here}})`, legend: name }],
          alerts: ["RedisSnapshotFailing"],
        },
      ],
    },
    {
      title: "Memory",
      panels: [
        {
          title: "Memory in use",
          description: "Of what it may use. A cache is meant to be full; what keeps its data must not be.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            { expr: `100 * redis_memory_used_bytes{${here}} / (redis_memory_max_bytes{${here}} > 0)`, legend: name },
          ],
          limit: { alert: "RedisMemoryHigh", threshold: "usedPercent", when: "above" },
        },
        {
          title: "Keys dropped to make room",
          description: "A minute.",
          kind: "timeseries",
          unit: "opm",
          queries: [{ expr: `60 * rate(redis_evicted_keys_total{${here}}[10m])`, legend: name }],
          limit: { alert: "RedisEvictsFast", threshold: "evictedPerMinute", when: "above" },
        },
        {
          title: "Keys",
          description: "Keys in each database.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `sum by (component, db) (redis_db_keys{${here}})`, legend: `${name} {{db}}` }],
        },
      ],
    },
    {
      title: "Work",
      panels: [
        {
          title: "Commands",
          description: "Commands a second.",
          kind: "timeseries",
          unit: "ops",
          queries: [{ expr: `rate(redis_commands_processed_total{${here}}[$__rate_interval])`, legend: name }],
        },
        {
          title: "Time in commands",
          description: "Seconds of work a second, by command: near 1 its one thread is busy.",
          kind: "timeseries",
          unit: "short",
          queries: [
            {
              expr: `topk(8, sum by (component, cmd) (rate(redis_commands_duration_seconds_total{${here}}[5m])))`,
              legend: "{{cmd}}",
            },
          ],
        },
        {
          title: "Found",
          description: "Share of the keys asked for that were there.",
          kind: "timeseries",
          unit: "percent",
          queries: [
            {
              expr:
                `100 * rate(redis_keyspace_hits_total{${here}}[5m])` +
                ` / (rate(redis_keyspace_hits_total{${here}}[5m]) + rate(redis_keyspace_misses_total{${here}}[5m]))`,
              legend: name,
            },
          ],
        },
        {
          title: "Clients",
          description: "Open connections, and those that wait in a blocking command.",
          kind: "timeseries",
          unit: "short",
          queries: [
            { expr: `redis_connected_clients{${here}}`, legend: `${name} connected` },
            { expr: `redis_blocked_clients{${here}}`, legend: `${name} blocked` },
          ],
        },
        {
          title: "Connections turned away",
          description: "In five minutes: maxclients is reached.",
          kind: "timeseries",
          unit: "short",
          queries: [{ expr: `increase(redis_rejected_connections_total{${here}}[5m])`, legend: name }],
          limit: { alert: "RedisConnectionsRejected", threshold: "rejected", when: "above" },
        },
        {
          title: "Network",
          description: "Bytes a second received (above nothing) and sent (below).",
          kind: "timeseries",
          unit: "Bps",
          queries: [
            { expr: `rate(redis_net_input_bytes_total{${here}}[$__rate_interval])`, legend: `${name} in` },
            { expr: `-rate(redis_net_output_bytes_total{${here}}[$__rate_interval])`, legend: `${name} out` },
          ],
        },
      ],
    },
  ],
};
