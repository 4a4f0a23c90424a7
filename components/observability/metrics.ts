/**
 * Every metric that an alert or a dashboard reads: a name that is not here is a mistake. Names are those of the programs that give them;
 * the application's are OpenTelemetry's semantic conventions as Prometheus writes them, and `flowmarine_*` where there is none.
 */

export type MetricType = "counter" | "gauge" | "histogram";

/** What gives a metric. */
export interface Emitter {
  title: string;
  /** `app` label of its target. */
  app?: string;
  /** Why it is not there yet: alerts on it are tested, and silent. @default it is there */
  notYet?: string;
}

export const emitters = {
  prometheus: { title: "Prometheus", app: "prometheus" },
  alertmanager: { title: "Alertmanager", app: "alertmanager" },
  loki: { title: "Loki", app: "loki" },
  collector: { title: "OpenTelemetry Collector", app: "otel-collector" },
  node: { title: "node_exporter", app: "node-exporter" },
  kubeState: { title: "kube-state-metrics", app: "kube-state-metrics" },
  postgres: { title: "postgres_exporter", app: "postgresql" },
  mariadb: { title: "mysqld_exporter", app: "mariadb" },
  redis: { title: "redis_exporter", app: "valkey" },
  nginx: { title: "nginx-prometheus-exporter", app: "nginx" },
  app: { title: "the application, by OTLP", app: "otel-collector" },
  certManager: { title: "cert-manager", app: "cert-manager" },
  kubelet: { title: "the kubelet of each node", app: "container-metrics" },
  apiServer: { title: "the API server", notYet: "the API server's metrics are not read yet" },
  blackbox: { title: "blackbox_exporter", app: "blackbox-exporter" },
  backup: { title: "backups and their drills", app: "backup", notYet: "there are no backups yet" },
  waf: { title: "the web application firewall", app: "waf", notYet: "the edge has no firewall yet" },
  runtime: { title: "Falco", app: "falco", notYet: "no runtime sensor is deployed" },
} as const satisfies Record<string, Emitter>;

export type EmitterName = keyof typeof emitters;

export interface Metric {
  type: MetricType;
  /** What it counts: a unit of UCUM, or 1. */
  unit: string;
  /** Labels that tell its series apart, beside those of the target. */
  labels: readonly string[];
  emitter: EmitterName;
}

const metric = (emitter: EmitterName, type: MetricType, unit: string, ...labels: string[]): Metric => ({
  emitter,
  type,
  unit,
  labels,
});

const filesystem = ["device", "fstype", "mountpoint"];
const vessel = ["vessel", "vessel_class", "provider"];
const container = ["namespace", "pod", "container", "node"];
const span = ["service_name", "span_name", "span_kind"];
/** Which check it was: a label of the target. */
const probe = ["probe"];
const http = ["http_request_method", "http_route", "http_response_status_code"];

export const metrics: Readonly<Record<string, Metric>> = {
  // Prometheus itself, and what every target has.
  up: metric("prometheus", "gauge", "1"),
  ALERTS: metric("prometheus", "gauge", "1", "alertname", "alertstate", "severity"),
  prometheus_rule_evaluation_failures_total: metric("prometheus", "counter", "1", "rule_group"),
  prometheus_notifications_errors_total: metric("prometheus", "counter", "1", "alertmanager"),
  prometheus_notifications_sent_total: metric("prometheus", "counter", "1", "alertmanager"),
  prometheus_tsdb_storage_blocks_bytes: metric("prometheus", "gauge", "By"),
  prometheus_tsdb_wal_storage_size_bytes: metric("prometheus", "gauge", "By"),
  prometheus_tsdb_retention_limit_bytes: metric("prometheus", "gauge", "By"),
  prometheus_target_scrapes_exceeded_sample_limit_total: metric("prometheus", "counter", "1"),
  prometheus_tsdb_head_series: metric("prometheus", "gauge", "1"),
  prometheus_tsdb_head_samples_appended_total: metric("prometheus", "counter", "1", "type"),
  scrape_duration_seconds: metric("prometheus", "gauge", "s"),
  scrape_samples_scraped: metric("prometheus", "gauge", "1"),
  alertmanager_notifications_failed_total: metric("alertmanager", "counter", "1", "integration", "reason"),
  alertmanager_notifications_total: metric("alertmanager", "counter", "1", "integration"),
  loki_ingester_chunks_flush_failures_total: metric("loki", "counter", "1"),
  loki_discarded_samples_total: metric("loki", "counter", "1", "reason"),
  loki_request_duration_seconds_count: metric("loki", "counter", "1", "route", "method", "status_code"),
  loki_distributor_lines_received_total: metric("loki", "counter", "1", "tenant"),
  otelcol_exporter_queue_size: metric("collector", "gauge", "1", "exporter"),
  otelcol_exporter_queue_capacity: metric("collector", "gauge", "1", "exporter"),

  node_filesystem_avail_bytes: metric("node", "gauge", "By", ...filesystem),
  node_filesystem_size_bytes: metric("node", "gauge", "By", ...filesystem),
  node_filesystem_files: metric("node", "gauge", "1", ...filesystem),
  node_filesystem_files_free: metric("node", "gauge", "1", ...filesystem),
  node_filesystem_readonly: metric("node", "gauge", "1", ...filesystem),
  node_memory_MemAvailable_bytes: metric("node", "gauge", "By"),
  node_memory_MemTotal_bytes: metric("node", "gauge", "By"),
  node_vmstat_oom_kill: metric("node", "counter", "1"),
  node_pressure_cpu_waiting_seconds_total: metric("node", "counter", "s"),
  node_disk_io_time_seconds_total: metric("node", "counter", "s", "device"),
  node_timex_offset_seconds: metric("node", "gauge", "s"),
  node_timex_sync_status: metric("node", "gauge", "1"),
  node_timex_maxerror_seconds: metric("node", "gauge", "s"),
  node_filefd_allocated: metric("node", "gauge", "1"),
  node_filefd_maximum: metric("node", "gauge", "1"),
  node_boot_time_seconds: metric("node", "gauge", "s"),
  node_cpu_seconds_total: metric("node", "counter", "s", "cpu", "mode"),
  node_load5: metric("node", "gauge", "1"),
  node_disk_read_bytes_total: metric("node", "counter", "By", "device"),
  node_disk_written_bytes_total: metric("node", "counter", "By", "device"),

  kube_node_status_condition: metric("kubeState", "gauge", "1", "node", "condition", "status"),
  kube_pod_container_status_waiting_reason: metric(
    "kubeState",
    "gauge",
    "1",
    "namespace",
    "pod",
    "container",
    "reason",
  ),
  kube_pod_container_status_restarts_total: metric("kubeState", "counter", "1", "namespace", "pod", "container"),
  kube_pod_status_phase: metric("kubeState", "gauge", "1", "namespace", "pod", "phase"),
  kube_deployment_status_condition: metric("kubeState", "gauge", "1", "namespace", "deployment", "condition", "status"),
  kube_deployment_spec_replicas: metric("kubeState", "gauge", "1", "namespace", "deployment"),
  kube_deployment_status_replicas_available: metric("kubeState", "gauge", "1", "namespace", "deployment"),
  kube_statefulset_replicas: metric("kubeState", "gauge", "1", "namespace", "statefulset"),
  kube_statefulset_status_replicas_ready: metric("kubeState", "gauge", "1", "namespace", "statefulset"),
  kube_daemonset_status_desired_number_scheduled: metric("kubeState", "gauge", "1", "namespace", "daemonset"),
  kube_daemonset_status_number_ready: metric("kubeState", "gauge", "1", "namespace", "daemonset"),
  kube_job_status_failed: metric("kubeState", "gauge", "1", "namespace", "job_name"),
  kube_job_status_completion_time: metric("kubeState", "gauge", "s", "namespace", "job_name"),
  kube_cronjob_next_schedule_time: metric("kubeState", "gauge", "s", "namespace", "cronjob"),
  kube_cronjob_spec_suspend: metric("kubeState", "gauge", "1", "namespace", "cronjob"),
  kube_horizontalpodautoscaler_status_current_replicas: metric(
    "kubeState",
    "gauge",
    "1",
    "namespace",
    "horizontalpodautoscaler",
  ),
  kube_horizontalpodautoscaler_spec_max_replicas: metric(
    "kubeState",
    "gauge",
    "1",
    "namespace",
    "horizontalpodautoscaler",
  ),
  kube_horizontalpodautoscaler_spec_min_replicas: metric(
    "kubeState",
    "gauge",
    "1",
    "namespace",
    "horizontalpodautoscaler",
  ),
  kube_poddisruptionbudget_status_current_healthy: metric(
    "kubeState",
    "gauge",
    "1",
    "namespace",
    "poddisruptionbudget",
  ),
  kube_poddisruptionbudget_status_desired_healthy: metric(
    "kubeState",
    "gauge",
    "1",
    "namespace",
    "poddisruptionbudget",
  ),
  kube_pod_info: metric("kubeState", "gauge", "1", "namespace", "pod", "node"),
  kube_pod_container_info: metric("kubeState", "gauge", "1", "namespace", "pod", "container", "image_spec", "image_id"),
  kube_resourcequota: metric("kubeState", "gauge", "1", "namespace", "resourcequota", "resource", "type"),
  kube_replicaset_created: metric("kubeState", "gauge", "s", "namespace", "replicaset"),

  container_cpu_usage_seconds_total: metric("kubelet", "counter", "s", ...container),
  container_cpu_cfs_periods_total: metric("kubelet", "counter", "1", ...container),
  container_cpu_cfs_throttled_periods_total: metric("kubelet", "counter", "1", ...container),
  container_memory_working_set_bytes: metric("kubelet", "gauge", "By", ...container),
  container_spec_memory_limit_bytes: metric("kubelet", "gauge", "By", ...container),
  container_oom_events_total: metric("kubelet", "counter", "1", ...container),
  container_network_receive_bytes_total: metric("kubelet", "counter", "By", "namespace", "pod", "interface"),
  container_network_transmit_bytes_total: metric("kubelet", "counter", "By", "namespace", "pod", "interface"),
  kubelet_volume_stats_used_bytes: metric("kubelet", "gauge", "By", "namespace", "persistentvolumeclaim"),
  kubelet_volume_stats_capacity_bytes: metric("kubelet", "gauge", "By", "namespace", "persistentvolumeclaim"),

  pg_up: metric("postgres", "gauge", "1"),
  pg_stat_activity_count: metric("postgres", "gauge", "1", "datname", "state"),
  pg_stat_activity_max_tx_duration: metric("postgres", "gauge", "s", "datname", "state"),
  pg_settings_max_connections: metric("postgres", "gauge", "1", "server"),
  pg_stat_database_deadlocks: metric("postgres", "counter", "1", "datname"),
  pg_stat_database_xact_rollback: metric("postgres", "counter", "1", "datname"),
  pg_stat_database_xact_commit: metric("postgres", "counter", "1", "datname"),
  pg_database_wraparound_age_datfrozenxid_seconds: metric("postgres", "gauge", "1", "datname"),
  pg_replication_slot_slot_is_active: metric("postgres", "gauge", "1", "slot_name"),
  pg_database_size_bytes: metric("postgres", "gauge", "By", "datname"),
  pg_locks_count: metric("postgres", "gauge", "1", "datname", "mode"),
  pg_stat_database_blks_hit: metric("postgres", "counter", "1", "datname"),
  pg_stat_database_blks_read: metric("postgres", "counter", "1", "datname"),
  pg_stat_database_temp_bytes: metric("postgres", "counter", "By", "datname"),
  pg_stat_database_tup_returned: metric("postgres", "counter", "1", "datname"),
  pg_stat_database_tup_inserted: metric("postgres", "counter", "1", "datname"),
  pg_stat_database_tup_updated: metric("postgres", "counter", "1", "datname"),
  pg_stat_database_tup_deleted: metric("postgres", "counter", "1", "datname"),

  mysql_up: metric("mariadb", "gauge", "1"),
  mysql_global_status_threads_connected: metric("mariadb", "gauge", "1"),
  mysql_global_variables_max_connections: metric("mariadb", "gauge", "1"),
  mysql_global_status_innodb_deadlocks: metric("mariadb", "counter", "1"),
  mysql_global_status_aborted_connects: metric("mariadb", "counter", "1"),
  mysql_global_status_slow_queries: metric("mariadb", "counter", "1"),
  mysql_global_status_innodb_log_waits: metric("mariadb", "counter", "1"),
  mysql_global_status_uptime: metric("mariadb", "gauge", "s"),
  mysql_global_status_threads_running: metric("mariadb", "gauge", "1"),
  mysql_global_status_queries: metric("mariadb", "counter", "1"),
  mysql_global_status_commands_total: metric("mariadb", "counter", "1", "command"),
  mysql_global_status_innodb_row_lock_waits: metric("mariadb", "counter", "1"),
  mysql_global_status_innodb_buffer_pool_reads: metric("mariadb", "counter", "1"),
  mysql_global_status_innodb_buffer_pool_read_requests: metric("mariadb", "counter", "1"),
  mysql_global_status_bytes_received: metric("mariadb", "counter", "By"),
  mysql_global_status_bytes_sent: metric("mariadb", "counter", "By"),

  redis_up: metric("redis", "gauge", "1"),
  redis_memory_used_bytes: metric("redis", "gauge", "By"),
  redis_memory_max_bytes: metric("redis", "gauge", "By"),
  redis_instance_info: metric("redis", "gauge", "1", "maxmemory_policy", "role"),
  redis_evicted_keys_total: metric("redis", "counter", "1"),
  redis_rejected_connections_total: metric("redis", "counter", "1"),
  redis_aof_last_write_status: metric("redis", "gauge", "1"),
  redis_rdb_last_bgsave_status: metric("redis", "gauge", "1"),
  redis_db_keys: metric("redis", "gauge", "1", "db"),
  redis_commands_processed_total: metric("redis", "counter", "1"),
  redis_commands_duration_seconds_total: metric("redis", "counter", "s", "cmd"),
  redis_keyspace_hits_total: metric("redis", "counter", "1"),
  redis_keyspace_misses_total: metric("redis", "counter", "1"),
  redis_connected_clients: metric("redis", "gauge", "1"),
  redis_blocked_clients: metric("redis", "gauge", "1"),
  redis_net_input_bytes_total: metric("redis", "counter", "By"),
  redis_net_output_bytes_total: metric("redis", "counter", "By"),

  nginx_up: metric("nginx", "gauge", "1"),
  nginx_connections_accepted: metric("nginx", "counter", "1"),
  nginx_connections_handled: metric("nginx", "counter", "1"),
  nginx_connections_active: metric("nginx", "gauge", "1"),
  nginx_http_requests_total: metric("nginx", "counter", "1"),
  nginx_connections_reading: metric("nginx", "gauge", "1"),
  nginx_connections_writing: metric("nginx", "gauge", "1"),
  nginx_connections_waiting: metric("nginx", "gauge", "1"),

  http_server_request_duration_seconds_count: metric("app", "counter", "1", ...http),
  http_server_request_duration_seconds_bucket: metric("app", "histogram", "s", ...http, "le"),
  traces_span_metrics_calls_total: metric("app", "counter", "1", ...span, "status_code"),
  traces_span_metrics_duration_seconds_bucket: metric("app", "histogram", "s", ...span, "status_code", "le"),
  traces_span_metrics_events_total: metric("app", "counter", "1", ...span, "exception_type"),
  process_resident_memory_bytes: metric("app", "gauge", "By"),
  process_cpu_seconds_total: metric("app", "counter", "s"),
  flowmarine_websocket_connections: metric("app", "gauge", "1"),
  flowmarine_queue_oldest_job_age_seconds: metric("app", "gauge", "s", "queue"),
  flowmarine_position_messages_total: metric("app", "counter", "1", "provider"),
  flowmarine_position_feed_connected: metric("app", "gauge", "1", "provider"),
  flowmarine_vessel_position_timestamp_seconds: metric("app", "gauge", "s", ...vessel),
  flowmarine_satellite_link_up: metric("app", "gauge", "1", "vessel"),
  flowmarine_sync_backlog_oldest_timestamp_seconds: metric("app", "gauge", "s", "vessel"),
  flowmarine_requisition_oldest_age_seconds: metric("app", "gauge", "s", "stage"),
  flowmarine_critical_spare_deadline_timestamp_seconds: metric("app", "gauge", "s", "vessel", "part"),
  flowmarine_critical_spare_delivered: metric("app", "gauge", "1", "vessel", "part"),
  flowmarine_currency_rates_timestamp_seconds: metric("app", "gauge", "s", "base"),
  flowmarine_weather_forecast_timestamp_seconds: metric("app", "gauge", "s", "provider"),

  certmanager_certificate_expiration_timestamp_seconds: metric(
    "certManager",
    "gauge",
    "s",
    "name",
    "exported_namespace",
  ),
  certmanager_certificate_not_before_timestamp_seconds: metric(
    "certManager",
    "gauge",
    "s",
    "name",
    "exported_namespace",
  ),
  certmanager_certificate_ready_status: metric("certManager", "gauge", "1", "name", "exported_namespace", "condition"),
  apiserver_validating_admission_policy_check_total: metric(
    "apiServer",
    "counter",
    "1",
    "policy",
    "policy_binding",
    "enforcement_action",
    "error_type",
  ),

  probe_success: metric("blackbox", "gauge", "1", ...probe),
  probe_duration_seconds: metric("blackbox", "gauge", "s", ...probe),
  probe_http_duration_seconds: metric("blackbox", "gauge", "s", ...probe, "phase"),
  probe_ssl_earliest_cert_expiry: metric("blackbox", "gauge", "s", ...probe),

  flowmarine_backup_expected: metric("backup", "gauge", "1", "component"),
  flowmarine_backup_archive_timestamp_seconds: metric("backup", "gauge", "s", "component"),
  flowmarine_backup_success_timestamp_seconds: metric("backup", "gauge", "s", "component", "kind"),
  flowmarine_backup_verified_restore_timestamp_seconds: metric("backup", "gauge", "s", "component"),
  flowmarine_backup_drill_failed: metric("backup", "gauge", "1", "component", "scenario"),
  flowmarine_waf_requests_total: metric("waf", "counter", "1", "component", "action", "category"),
  falcosecurity_falco_rules_matches_total: metric("runtime", "counter", "1", "rule_name", "priority", "source"),
  falcosecurity_scap_n_evts_total: metric("runtime", "counter", "1"),
  falcosecurity_scap_n_drops_total: metric("runtime", "counter", "1"),
};
