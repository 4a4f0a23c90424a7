/** A series of a simulated day, in promtool's notation; a step is a minute. */
export interface DaySeries {
  is: string;
  values: string;
}

/** By hour of the day, as traffic goes: little at night, most in the afternoon. */
const wave = (hour: number): number => 0.55 - 0.45 * Math.cos(((hour - 3) / 24) * 2 * Math.PI);

export interface Day {
  hours: number;
  vessels: number;
}

/** What is made of a day's length. */
class Clock {
  constructor(private readonly hours: number) {}

  private readonly all = () => Array.from({ length: this.hours }, (_, hour) => hour);

  /** The same all day. */
  flat = (value: number): string => `${value}x${this.hours * 60}`;
  /** By hour. */
  hourly = (value: (hour: number) => number): string =>
    this.all()
      .map(hour => `${value(hour).toFixed(3)}x59`)
      .join(" ");
  /** What is added each minute, by hour; restarted at these hours, as a deploy does. */
  counter = (perMinute: (hour: number) => number, restarts: readonly number[] = []): string => {
    let total = 0;
    return this.all()
      .map(hour => {
        if (restarts.includes(hour)) total = 0;
        const step = Number(perMinute(hour).toFixed(3));
        const text = `${total.toFixed(3)}+${step}x59`;
        total += step * 60;
        return text;
      })
      .join(" ");
  };
  /** A time stamp so old, and always as old. */
  aged = (seconds: number): string => `${-seconds}+60x${this.hours * 60}`;
  /** A time stamp that is set anew each night, at this hour; before that it is from the day before. */
  nightly = (at: number): string =>
    this.all()
      .map(hour => `${(hour >= at ? at : at - 24) * 3600}x59`)
      .join(" ");
}

const filesystem = '{instance="n1",device="/dev/sda1",fstype="ext4",mountpoint="/var"}';
const store = (name: string) => `namespace="flowmarine-data",component="${name}"`;
/** Hours of the day's deploy and of the night's jobs. */
const [deploy, night] = [14, 2];

/** A healthy day: a wave of traffic, a deploy, a node that restarts in its window, backups and jobs at night, links that come and go. */
export function healthyDay({ hours, vessels }: Day): DaySeries[] {
  const clock = new Clock(hours);
  const { flat, hourly, counter, aged, nightly } = clock;
  const all: Record<string, string> = {};
  const add = (is: string, values: string) => void (all[is] = values);

  for (const job of [
    "api",
    "worker",
    "database-exporter",
    "cache-exporter",
    "orders-exporter",
    "edge",
    "node",
    "metrics",
    "alerts",
  ]) {
    add(`up{job="${job}",component="${job.replace("-exporter", "")}",namespace="flowmarine"}`, flat(1));
  }
  add('prometheus_rule_evaluation_failures_total{rule_group="system"}', flat(0));
  add("prometheus_notifications_errors_total", flat(0));
  add(
    "prometheus_notifications_sent_total",
    counter(() => 4),
  );
  add(
    "prometheus_tsdb_storage_blocks_bytes",
    hourly(hour => 1e9 + hour * 1e7),
  );
  add(
    "prometheus_tsdb_wal_storage_size_bytes",
    hourly(hour => 1e8 + (hour % 2) * 5e7),
  );
  add("prometheus_tsdb_retention_limit_bytes", flat(1.6e10));
  add("prometheus_target_scrapes_exceeded_sample_limit_total", flat(0));
  add('alertmanager_notifications_failed_total{integration="webhook",reason="other"}', flat(0));
  add(
    'alertmanager_notifications_total{integration="webhook"}',
    counter(() => 0.2),
  );
  add('loki_discarded_samples_total{reason="rate_limited"}', flat(0));
  add("loki_ingester_chunks_flush_failures_total", flat(0));
  add(
    'loki_request_duration_seconds_count{route="push",status_code="204"}',
    counter(hour => 100 * wave(hour)),
  );
  add(
    'loki_request_duration_seconds_count{route="push",status_code="500"}',
    counter(hour => (hour === deploy ? 0.5 : 0)),
  );
  add(
    'otelcol_exporter_queue_size{component="logs"}',
    hourly(hour => 10 * wave(hour)),
  );
  add('otelcol_exporter_queue_capacity{component="logs"}', flat(1000));

  // Backups fill the disk for an hour, and prune it again.
  add(
    `node_filesystem_avail_bytes${filesystem}`,
    hourly(hour => (hour === night ? 38e9 : 42e9 - hour * 3e7)),
  );
  add(`node_filesystem_size_bytes${filesystem}`, flat(100e9));
  add(`node_filesystem_files${filesystem}`, flat(1e6));
  add(`node_filesystem_files_free${filesystem}`, flat(8e5));
  add(`node_filesystem_readonly${filesystem}`, flat(0));
  add(
    'node_memory_MemAvailable_bytes{instance="n1"}',
    hourly(hour => 16e9 - 8e9 * wave(hour)),
  );
  add('node_memory_MemTotal_bytes{instance="n1"}', flat(32e9));
  add('node_vmstat_oom_kill{instance="n1"}', flat(0));
  add(
    'node_pressure_cpu_waiting_seconds_total{instance="n1"}',
    counter(hour => (hour === night ? 25 : 15 * wave(hour))),
  );
  add(
    'node_disk_io_time_seconds_total{instance="n1",device="sda"}',
    counter(hour => (hour === night ? 45 : 12)),
  );
  add(
    'node_timex_offset_seconds{instance="n1"}',
    hourly(hour => 0.001 * (hour % 3)),
  );
  add('node_timex_sync_status{instance="n1"}', flat(1));
  add('node_timex_maxerror_seconds{instance="n1"}', flat(0.1));
  add(
    'node_filefd_allocated{instance="n1"}',
    hourly(hour => 2000 + 3000 * wave(hour)),
  );
  add('node_filefd_maximum{instance="n1"}', flat(1e6));
  add('node_boot_time_seconds{instance="n1"}', flat(-9e5));

  const app = 'namespace="flowmarine"';
  for (const node of ["n1", "n2"]) {
    add(`kube_node_status_condition{node="${node}",condition="Ready",status="true"}`, flat(1));
    add(`kube_node_status_condition{node="${node}",condition="DiskPressure",status="true"}`, flat(0));
  }
  for (const pod of ["api-1", "api-2", "worker-1"]) {
    add(`kube_pod_info{${app},pod="${pod}",node="n1"}`, flat(1));
    // One restart in the deploy.
    add(
      `kube_pod_container_status_restarts_total{${app},pod="${pod}",container="main"}`,
      hourly(hour => (hour >= deploy && pod === "worker-1" ? 1 : 0)),
    );
    add(
      `kube_pod_container_status_waiting_reason{${app},pod="${pod}",container="main",reason="CrashLoopBackOff"}`,
      flat(0),
    );
    add(`kube_pod_status_phase{${app},pod="${pod}",phase="Pending"}`, flat(0));
    const image = `api@sha256:${"a".repeat(64)}`;
    add(
      `kube_pod_container_info{${app},pod="${pod}",container="main",image_spec="${image}",image_id="${image}"}`,
      flat(1),
    );
  }
  add(`kube_deployment_status_condition{${app},deployment="api",condition="Progressing",status="false"}`, flat(0));
  add(
    `kube_deployment_spec_replicas{${app},deployment="api"}`,
    hourly(hour => (wave(hour) > 0.7 ? 3 : 2)),
  );
  add(
    `kube_deployment_status_replicas_available{${app},deployment="api"}`,
    hourly(hour => (wave(hour) > 0.7 ? 3 : 2)),
  );
  add(`kube_statefulset_replicas{${app},statefulset="database"}`, flat(1));
  add(`kube_statefulset_status_replicas_ready{${app},statefulset="database"}`, flat(1));
  add(`kube_daemonset_status_desired_number_scheduled{${app},daemonset="logs"}`, flat(2));
  add(`kube_daemonset_status_number_ready{${app},daemonset="logs"}`, flat(2));
  add(`kube_job_status_failed{${app},job_name="prune-1"}`, flat(0));
  add(`kube_job_status_completion_time{${app},job_name="prune-1"}`, nightly(night));
  add(
    `kube_cronjob_next_schedule_time{${app},cronjob="prune"}`,
    hourly(hour => (hour >= night ? night + 24 : night) * 3600),
  );
  add(`kube_cronjob_spec_suspend{${app},cronjob="prune"}`, flat(0));
  add(
    `kube_horizontalpodautoscaler_status_current_replicas{${app},horizontalpodautoscaler="api"}`,
    hourly(hour => 2 + 3 * wave(hour)),
  );
  add(`kube_horizontalpodautoscaler_spec_max_replicas{${app},horizontalpodautoscaler="api"}`, flat(6));
  add(`kube_horizontalpodautoscaler_spec_min_replicas{${app},horizontalpodautoscaler="api"}`, flat(2));
  add(`kube_poddisruptionbudget_status_current_healthy{${app},poddisruptionbudget="api"}`, flat(2));
  add(`kube_poddisruptionbudget_status_desired_healthy{${app},poddisruptionbudget="api"}`, flat(1));
  add(
    `kube_resourcequota{${app},resourcequota="q",resource="pods",type="used"}`,
    hourly(hour => (hour === deploy ? 30 : 20)),
  );
  add(`kube_resourcequota{${app},resourcequota="q",resource="pods",type="hard"}`, flat(60));

  const database = store("database");
  add(`pg_up{${database}}`, flat(1));
  add(
    `pg_stat_activity_count{${database},datname="flowmarine",state="active"}`,
    hourly(hour => 2 + 10 * wave(hour)),
  );
  add(
    `pg_stat_activity_max_tx_duration{${database},datname="flowmarine",state="active"}`,
    hourly(hour => (hour === night ? 900 : 2)),
  );
  add(`pg_settings_max_connections{${database}}`, flat(100));
  add(`pg_stat_database_deadlocks{${database},datname="flowmarine"}`, flat(0));
  add(
    `pg_stat_database_xact_rollback{${database},datname="flowmarine"}`,
    counter(hour => 4 * wave(hour)),
  );
  add(
    `pg_stat_database_xact_commit{${database},datname="flowmarine"}`,
    counter(hour => 400 * wave(hour)),
  );
  add(
    `pg_database_wraparound_age_datfrozenxid_seconds{${database},datname="flowmarine"}`,
    hourly(hour => 1e8 + hour * 2e6),
  );
  add(`pg_replication_slot_slot_is_active{${database},slot_name="standby"}`, flat(1));
  const orders = store("orders");
  add(`mysql_up{${orders}}`, flat(1));
  add(
    `mysql_global_status_threads_connected{${orders}}`,
    hourly(hour => 3 + 20 * wave(hour)),
  );
  add(`mysql_global_variables_max_connections{${orders}}`, flat(100));
  add(
    `mysql_global_status_innodb_deadlocks{${orders}}`,
    hourly(hour => Math.floor(hour / 8)),
  );
  add(
    `mysql_global_status_aborted_connects{${orders}}`,
    counter(() => 0.1),
  );
  add(
    `mysql_global_status_slow_queries{${orders}}`,
    counter(hour => (hour === night ? 6 : 1)),
  );
  add(`mysql_global_status_innodb_log_waits{${orders}}`, flat(0));
  const cache = store("cache");
  add(`redis_up{${cache}}`, flat(1));
  add(
    `redis_memory_used_bytes{${cache}}`,
    hourly(hour => 8e8 + 1.9e8 * wave(hour)),
  );
  add(`redis_memory_max_bytes{${cache}}`, flat(1e9));
  add(`redis_instance_info{${cache},maxmemory_policy="allkeys-lfu"}`, flat(1));
  add(
    `redis_evicted_keys_total{${cache}}`,
    counter(hour => 200 * wave(hour)),
  );
  add(`redis_rejected_connections_total{${cache}}`, flat(0));
  add(`redis_aof_last_write_status{${cache}}`, flat(1));
  add(`redis_rdb_last_bgsave_status{${cache}}`, flat(1));

  for (const instance of ["e1", "e2"]) {
    const edge = `namespace="flowmarine",component="edge",instance="${instance}"`;
    const traffic = (share: number) => counter(hour => share * wave(hour), [deploy]);
    add(`nginx_up{${edge}}`, flat(1));
    add(`nginx_connections_accepted{${edge}}`, traffic(200));
    add(`nginx_connections_handled{${edge}}`, traffic(200));
    add(
      `nginx_connections_active{${edge}}`,
      hourly(hour => 900 * wave(hour)),
    );
    add(`nginx_http_requests_total{${edge}}`, traffic(3000));
  }
  const http = (status: string) =>
    `http_server_request_duration_seconds_count{job="api",http_route="/api/vessels",http_response_status_code="${status}"}`;
  // Exceptions that are known: what users send wrongly.
  add(
    'traces_span_metrics_events_total{service_name="api",span_name="POST /orders",exception_type="ValidationError"}',
    `0x30 1+1x${hours * 60 - 31}`,
  );
  // Some requests fail, most of them in the deploy: far less than a thousandth in a month.
  const perMinute: Record<string, number> = { "200": 3000, "401": 10, "403": 2, "429": 5, "500": 0.5 };
  for (const [status, share] of Object.entries(perMinute)) {
    add(
      http(status),
      counter(hour => share * wave(hour) * (status === "500" && hour === deploy ? 4 : 1), [deploy]),
    );
  }
  for (const [le, share] of [
    ["0.1", 2700],
    ["0.5", 2990],
    ["1", 3000],
    ["+Inf", 3000],
  ] as const) {
    const is = `http_server_request_duration_seconds_bucket{job="api",http_route="/api/vessels",http_response_status_code="200",le="${le}"}`;
    add(
      is,
      counter(hour => share * wave(hour), [deploy]),
    );
  }
  add(
    'flowmarine_websocket_connections{job="api",instance="a"}',
    hourly(hour => 20 + 150 * wave(hour)),
  );
  add(
    'flowmarine_queue_oldest_job_age_seconds{job="worker",queue="quotes"}',
    hourly(hour => (hour === deploy ? 300 : 20)),
  );

  for (const provider of ["ais", "satellite"]) {
    add(
      `flowmarine_position_messages_total{provider="${provider}"}`,
      counter(hour => 150 + 50 * wave(hour), [deploy]),
    );
    add(`flowmarine_position_feed_connected{provider="${provider}"}`, flat(1));
    add(
      `flowmarine_weather_forecast_timestamp_seconds{provider="${provider}"}`,
      hourly(hour => Math.floor(hour / 6) * 21_600),
    );
  }
  for (let index = 0; index < vessels; index++) {
    const vessel = `V${index}`;
    const [vesselClass, provider] = [index % 5 === 0 ? "moored" : "under_way", index % 3 === 0 ? "satellite" : "ais"];
    // The moored are seen every six hours; those at sea every few minutes, over a satellite after half an hour.
    const position =
      vesselClass === "moored" ? hourly(hour => Math.floor(hour / 6) * 21_600) : aged(provider === "ais" ? 180 : 1800);
    add(
      `flowmarine_vessel_position_timestamp_seconds{vessel="${vessel}",vessel_class="${vesselClass}",provider="${provider}"}`,
      position,
    );
    // Every tenth is in a harbour's shadow for an hour, stores, and sends what it stored when it is back: normal.
    const away = index % 10 === 7 ? 5 : -1;
    add(
      `flowmarine_satellite_link_up{vessel="${vessel}"}`,
      hourly(hour => (hour === away ? 0 : 1)),
    );
    add(
      `flowmarine_sync_backlog_oldest_timestamp_seconds{vessel="${vessel}"}`,
      away < 0 ? aged(120) : hourly(hour => (hour === away || hour === away + 1 ? away : hour) * 3600),
    );
    if (index % 20 === 0) {
      add(`flowmarine_critical_spare_deadline_timestamp_seconds{vessel="${vessel}",part="pump"}`, flat(20 * 86_400));
      add(`flowmarine_critical_spare_delivered{vessel="${vessel}",part="pump"}`, flat(index % 40 === 0 ? 1 : 0));
    }
  }
  add(
    'flowmarine_requisition_oldest_age_seconds{stage="approval"}',
    hourly(hour => 3600 * (hour % 12)),
  );
  add('flowmarine_currency_rates_timestamp_seconds{base="USD"}', nightly(night + 4));

  const certificate = 'name="edge-tls",exported_namespace="flowmarine"';
  add(`certmanager_certificate_expiration_timestamp_seconds{${certificate}}`, flat(40 * 86_400));
  add(`certmanager_certificate_not_before_timestamp_seconds{${certificate}}`, flat(-50 * 86_400));
  add(`certmanager_certificate_ready_status{${certificate},condition="False"}`, flat(0));
  add(
    'apiserver_validating_admission_policy_check_total{policy="pods",enforcement_action="deny"}',
    hourly(hour => (hour >= deploy ? 1 : 0)),
  );
  add('probe_success{probe="api"}', flat(1));
  add(
    'probe_duration_seconds{probe="api"}',
    hourly(hour => 0.2 + 0.4 * wave(hour)),
  );
  add('probe_ssl_earliest_cert_expiry{probe="api"}', flat(40 * 86_400));
  add('flowmarine_backup_expected{component="database"}', flat(1));
  add('flowmarine_backup_archive_timestamp_seconds{component="database"}', aged(120));
  add('flowmarine_backup_success_timestamp_seconds{component="database",kind="full"}', nightly(night + 1));
  add('flowmarine_backup_verified_restore_timestamp_seconds{component="database"}', flat(-3 * 86_400));
  add('flowmarine_backup_drill_failed{component="database",scenario="lost volume"}', flat(0));
  add(
    'flowmarine_waf_requests_total{component="edge",category="none",action="passed"}',
    counter(hour => 3000 * wave(hour)),
  );
  add(
    'flowmarine_waf_requests_total{component="edge",category="sqli",action="blocked"}',
    counter(() => 3),
  );
  add(
    'falcosecurity_falco_rules_matches_total{rule_name="Noise",priority="6"}',
    counter(() => 5),
  );
  add(
    'falcosecurity_scap_n_evts_total{instance="n1"}',
    counter(hour => 1e5 * wave(hour)),
  );
  add(
    'falcosecurity_scap_n_drops_total{instance="n1"}',
    counter(hour => 100 * wave(hour)),
  );
  return Object.entries(all).map(([is, values]) => ({ is, values }));
}
