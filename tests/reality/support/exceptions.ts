import type { EmitterName } from "../../../components/observability/metrics";

/** Emitters that do not run here, each with its reason. Their alerts are tested with promtool's series only. */
export const absentEmitters: Partial<Record<EmitterName, string>> = {
  kubeState: "needs a cluster's API: its metrics are seen in the lab",
  kubelet: "needs a node's kubelet: its metrics are seen in the lab",
  certManager: "needs a cluster with cert-manager",
  apiServer: "needs a cluster's API; its metrics are not read yet",
  loki: "runs in tests/logs, without Prometheus",
  collector: "runs in tests/logs, without Prometheus",
  blackbox: "the public addresses are a cluster's",
  backup: "there are no backups yet",
  waf: "the edge has no firewall yet",
  runtime: "needs a probe in the kernel",
};

/** Metrics of an emitter that runs, and that this one does not give. */
export const absentMetrics: Readonly<Record<string, string>> = {
  pg_database_wraparound_age_datfrozenxid_seconds: "Debian's postgres_exporter is 0.11; the image's is later",
  pg_replication_slot_slot_is_active: "Debian's postgres_exporter is 0.11, and nobody replicates here",
  traces_span_metrics_calls_total: "made of traces by the collector, which runs in tests/logs",
  traces_span_metrics_events_total: "made of traces by the collector, which runs in tests/logs",
  traces_span_metrics_duration_seconds_bucket: "made of traces by the collector, which runs in tests/logs",
};

/** Selectors that only trouble gives series: without that matcher they have some. */
export const onlyInTrouble: Readonly<Record<string, string>> = {
  'http_server_request_duration_seconds_count{http_response_status_code=~"5.."}': "no request fails here",
  'http_server_request_duration_seconds_count{http_response_status_code="401"}': "nobody is refused here",
  'http_server_request_duration_seconds_count{http_response_status_code="403"}': "nobody asks for what is not his",
  'http_server_request_duration_seconds_count{http_response_status_code="429"}': "nobody asks too often",
};
