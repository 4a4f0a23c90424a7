import { counter, type Quiet } from "../support/ruleTests";

const gauge = (is: string, value: Quiet["series"][number]["value"]) => ({ is, kind: "gauge" as const, value });
const count = (is: string, value: Quiet["series"][number]["value"]) => ({ ...counter(is, 0, 0, 0), value });
const requests = (status: string, job = "flowmarine/api") =>
  `http_server_request_duration_seconds_count{job="${job}",http_route="/orders",http_response_status_code="${status}"}`;
const bucket = (le: string) =>
  `http_server_request_duration_seconds_bucket{job="flowmarine/api",http_route="/orders",http_response_status_code="200",le="${le}"}`;
const disk = 'instance="n1",device="/dev/sda1",fstype="ext4"';
const where = 'namespace="data",component="database"';

/** Long ago it burnt; in the short window it is just slow enough. */
const cooling = (alert: string, minutes: number, stepMinutes: number, bad: number, now: number): Quiet => ({
  alert,
  because: "the short window is below the limit",
  series: [
    count(requests("500"), minute => (minute <= minutes ? bad : now)),
    count(requests("200"), minute => 100_000 - (minute <= minutes ? bad : now)),
  ],
  fromMinute: minutes + minutes / 6,
  minutes: minutes + minutes / 5,
  stepMinutes,
});

/** Looks like what an alert is about, and is not: each made of a change of the expression that no case noticed. */
export const quietCases: readonly Quiet[] = [
  cooling("ErrorBudgetBurnsFast", 60, 1, 20_000, 1400),
  cooling("ErrorBudgetBurns", 360, 5, 9000, 590),
  cooling("ErrorBudgetBurnsSlowly", 4320, 60, 2000, 98),
  {
    alert: "LatencyHigh",
    because: "hardly anybody asks",
    series: [count(bucket("2"), 0), count(bucket("4"), 6), count(bucket("+Inf"), 6), count(requests("200"), 6)],
  },
  {
    alert: "NewException",
    because: "it comes once a day, just before a day is over",
    series: [
      {
        is: 'traces_span_metrics_events_total{service_name="api",exception_type="TypeError"}',
        kind: "gauge",
        value: minute => (minute % 1440 <= 15 ? 1 : Number.NaN),
      },
    ],
    fromMinute: 20,
    minutes: 4500,
    stepMinutes: 5,
  },
  {
    alert: "NewException",
    because: "another operation has met it before",
    series: [
      {
        is: 'traces_span_metrics_events_total{service_name="api",span_name="read",exception_type="TypeError"}',
        kind: "gauge",
        value: 5,
      },
      {
        is: 'traces_span_metrics_events_total{service_name="api",span_name="write",exception_type="TypeError"}',
        kind: "gauge",
        value: minute => (minute < 40 ? Number.NaN : 1),
      },
    ],
    fromMinute: 20,
  },
  {
    alert: "NewException",
    because: "it was something else than an exception",
    series: [{ is: 'traces_span_metrics_events_total{service_name="api"}', kind: "gauge", value: 3 }],
  },
  {
    alert: "NoRequests",
    because: "there has hardly been any traffic",
    series: [
      count(requests("200"), minute => (minute < 70 ? 3 : 0)),
      count(requests("404"), minute => (minute < 70 ? 3 : 0)),
    ],
    minutes: 120,
  },
  {
    alert: "WafSilent",
    because: "there has hardly been any traffic",
    series: ["passed", "blocked"].map(action =>
      count(`flowmarine_waf_requests_total{component="edge",category="a",action="${action}"}`, minute =>
        minute < 70 ? 3 : 0,
      ),
    ),
    minutes: 120,
  },
  {
    alert: "WebSocketsDropped",
    because: "there have been few",
    series: ["a", "b"].map(instance =>
      gauge(`flowmarine_websocket_connections{job="flowmarine/api",instance="${instance}"}`, minute =>
        minute < 30 ? 10 : 1,
      ),
    ),
  },
  {
    alert: "EdgeIdle",
    because: "there has hardly been any traffic",
    series: [count('nginx_http_requests_total{namespace="app",component="edge"}', minute => (minute < 60 ? 60 : 0))],
    minutes: 120,
  },
  {
    alert: "EdgeConnectionsDropped",
    because: "all that was accepted was handled",
    series: ["accepted", "handled"].map(which =>
      count(`nginx_connections_${which}{instance="e1"}`, minute => minute % 7),
    ),
  },
  {
    alert: "CertificateNotReady",
    because: "it is ready",
    series: [gauge('certmanager_certificate_ready_status{name="a",exported_namespace="b",condition="True"}', 1)],
  },
  ...["MemoryPressure", "DiskPressure", "Ready"].map(condition => ({
    alert: "NodeNotReady",
    because: `${condition} is as it should be`,
    series: ["true", "false", "unknown"].map(status =>
      gauge(
        `kube_node_status_condition{node="n1",condition="${condition}",status="${status}"}`,
        (status === "true") === (condition === "Ready") ? 1 : 0,
      ),
    ),
  })),
  ...["MemoryPressure", "Ready"].map(condition => ({
    alert: "NodeUnderPressure",
    because: `${condition} is as it should be`,
    series: ["true", "false"].map(status =>
      gauge(
        `kube_node_status_condition{node="n1",condition="${condition}",status="${status}"}`,
        (status === "true") === (condition === "Ready") ? 1 : 0,
      ),
    ),
  })),
  {
    alert: "PodNotReady",
    because: "it runs",
    series: [
      gauge('kube_pod_status_phase{namespace="app",pod="a",phase="Running"}', 1),
      gauge('kube_pod_status_phase{namespace="app",pod="a",phase="Pending"}', 0),
      gauge('kube_pod_info{namespace="app",pod="a",node="n1"}', 1),
    ],
  },
  ...(["Progressing", "Available"] as const).map(condition => ({
    alert: "RolloutStuck",
    because: `${condition} ${condition === "Progressing" ? "is true" : "is false: another alert's"}`,
    series: ["true", "false"].map(status =>
      gauge(
        `kube_deployment_status_condition{namespace="app",deployment="api",condition="${condition}",status="${status}"}`,
        (status === "true") === (condition === "Progressing") ? 1 : 0,
      ),
    ),
  })),
  {
    alert: "QuotaNearlyUsed",
    because: "nothing of it is allowed, and nothing is used",
    series: [
      gauge('kube_resourcequota{namespace="a",resourcequota="q",resource="services",type="used"}', 1),
      gauge('kube_resourcequota{namespace="a",resourcequota="q",resource="services",type="hard"}', 0),
    ],
  },
  {
    alert: "MetricsStorageFull",
    because: "no size was given",
    series: ["tsdb_storage_blocks", "tsdb_wal_storage_size", "tsdb_retention_limit"].map(which =>
      gauge(`prometheus_${which}_bytes{instance="p1"}`, which === "tsdb_retention_limit" ? 0 : 99),
    ),
  },
  {
    alert: "RedisMemoryHigh",
    because: "no limit was given",
    series: [
      gauge(`redis_memory_used_bytes{${where}}`, 99),
      gauge(`redis_memory_max_bytes{${where}}`, 0),
      gauge(`redis_instance_info{${where},maxmemory_policy="noeviction"}`, 1),
    ],
  },
  ...["template1", "postgres", ""].flatMap(datname => [
    {
      alert: "PostgresDeadlocks",
      because: `${datname || "what all databases share"} is nobody's`,
      series: [count(`pg_stat_database_deadlocks{${where},datname="${datname}"}`, 9)],
    },
    {
      alert: "PostgresRollbacksHigh",
      because: `${datname || "what all databases share"} is nobody's`,
      series: [
        count(`pg_stat_database_xact_rollback{${where},datname="${datname}"}`, 90),
        count(`pg_stat_database_xact_commit{${where},datname="${datname}"}`, 10),
      ],
    },
  ]),
  ...(["LoginFailuresBurst", "ForbiddenBurst", "RateLimitedBurst"] as const).map(alert => ({
    alert,
    because: "all is answered well",
    series: [count(requests("200"), 9000)],
  })),
  ...["FilesystemSpaceLow", "FilesystemInodesLow"].map(alert => ({
    alert,
    because: "it is read-only: nothing can be written",
    series: [
      gauge(`node_filesystem_avail_bytes{${disk},mountpoint="/cd"}`, 0),
      gauge(`node_filesystem_size_bytes{${disk},mountpoint="/cd"}`, 100),
      gauge(`node_filesystem_files_free{${disk},mountpoint="/cd"}`, 0),
      gauge(`node_filesystem_files{${disk},mountpoint="/cd"}`, 100),
      gauge(`node_filesystem_readonly{${disk},mountpoint="/cd"}`, 1),
    ],
  })),
  ...([0, 1] as const).map(readOnly => ({
    alert: "FilesystemFillsUp",
    because: readOnly === 1 ? "it is read-only" : "nearly half of it is free still",
    series: [
      gauge(
        `node_filesystem_avail_bytes{${disk},mountpoint="/"}`,
        minute => (readOnly === 1 ? 30 : 83) - minute * 0.05,
      ),
      gauge(`node_filesystem_size_bytes{${disk},mountpoint="/"}`, 100),
      gauge(`node_filesystem_readonly{${disk},mountpoint="/"}`, readOnly),
    ],
    minutes: readOnly === 1 ? 400 : 860,
    stepMinutes: 5,
  })),
  {
    alert: "FilesystemReadOnly",
    because: "it is meant to be so",
    series: [gauge(`node_filesystem_readonly{${disk},mountpoint="/snap/core"}`, 1)],
  },
  ...["loop0", "ram1", "sr0"].map(device => ({
    alert: "DiskSaturated",
    because: `${device} is no disk`,
    series: [count(`node_disk_io_time_seconds_total{instance="n1",device="${device}"}`, 60)],
  })),
  {
    alert: "ClockNotSynchronised",
    because: "it is synchronised, or another node's is not",
    series: [
      gauge('node_timex_sync_status{instance="n1"}', 1),
      gauge('node_timex_maxerror_seconds{instance="n1"}', 16),
      gauge('node_timex_sync_status{instance="n2"}', 0),
      gauge('node_timex_maxerror_seconds{instance="n2"}', 1),
    ],
  },
  {
    alert: "PositionFeedSilent",
    because: "it is not connected: PositionFeedDown's",
    series: [
      count('flowmarine_position_messages_total{provider="ais"}', 0),
      gauge('flowmarine_position_feed_connected{provider="ais"}', 0),
      gauge('flowmarine_position_feed_connected{provider="other"}', 1),
    ],
  },
  ...["PositionStaleUnderWay", "PositionStaleMoored"].map(alert => ({
    alert,
    because: "its class reports otherwise",
    series: [
      gauge(
        `flowmarine_vessel_position_timestamp_seconds{vessel="Aurora",vessel_class="${alert === "PositionStaleMoored" ? "under_way" : "laid_up"}",provider="ais"}`,
        -90_000,
      ),
    ],
  })),
  {
    alert: "CriticalSpareLate",
    because: "it is delivered; what else is delivered counts for nothing",
    series: [
      gauge('flowmarine_critical_spare_deadline_timestamp_seconds{vessel="A",part="pump"}', 86_400),
      gauge('flowmarine_critical_spare_delivered{vessel="A",part="pump"}', 1),
    ],
  },
  {
    alert: "SyncBacklogOld",
    because: "six hours are allowed",
    series: [
      gauge('flowmarine_sync_backlog_oldest_timestamp_seconds{vessel="A"}', minute => minute * 60 - 6 * 3600),
      gauge('flowmarine_satellite_link_up{vessel="A"}', 1),
    ],
  },
];
