import assert from "node:assert/strict";
import { collectorConfig } from "../../components/observability/collectorConfig";
import { logAgentConfig } from "../../components/observability/logAgentConfig";
import { lokiConfig } from "../../components/observability/lokiConfig";
import { redactions } from "../../components/observability/redaction";
import { at } from "../support/deploy";

const loki = { host: "telemetry-loki.monitoring.svc", port: 3100 };
const paths = { logsPath: "/var/log/pods", dataPath: "/var/lib/otelcol" };
const configs: Record<string, object> = {
  collector: collectorConfig({
    loki,
    dataPath: paths.dataPath,
    ports: { otlp: 4318, metrics: 8889, health: 13_133, internal: 8888 },
  }),
  "log agent": logAgentConfig({
    loki,
    ...paths,
    ports: { metrics: 8889, health: 13_133, internal: 8888 },
    ownContainer: "logs",
  }),
};

/** Every object below a value that has this key, with the value. */
function withKey(value: unknown, key: string): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  const own = key in value ? [value as Record<string, unknown>] : [];
  return [...own, ...Object.values(value).flatMap(child => withKey(child, key))];
}

for (const [name, config] of Object.entries(configs)) {
  describe(`the configuration of the ${name}`, () => {
    it("takes secrets out before anything else reads a line", () => {
      const processors = at(config, "service.pipelines.logs.processors") as string[];
      assert.ok(processors.includes("transform/redact"));
      assert.ok(processors.indexOf("transform/redact") < processors.indexOf("transform/structure"));
      const statements = (at(config, "processors") as Record<string, unknown>)["transform/redact"];
      const lines = (at(statements, "log_statements") as { statements: string[] }[]).flatMap(group => group.statements);
      for (const where of ["pattern(log.body", "all_patterns(log.attributes", "all_patterns(resource.attributes"])
        assert.equal(lines.filter(line => line.startsWith(`replace_${where}`)).length, redactions.length, where);
      assert.equal(at(statements, "error_mode"), "propagate");
    });

    it("escapes every $ that is no variable, which the collector would replace with nothing", () => {
      const text = JSON.stringify(config).replaceAll("${env:K8S_NODE_NAME}", "").replaceAll("$$", "");
      assert.ok(!text.includes("$"), text.slice(Math.max(0, text.indexOf("$") - 80), text.indexOf("$") + 20));
    });

    it("listens to others over TLS only, and reads renewed certificates", () => {
      const servers = withKey(config, "endpoint").filter(server => String(server["endpoint"]).startsWith("0.0.0.0:"));
      assert.ok(servers.length >= 2);
      for (const server of servers) {
        assert.deepEqual(server["tls"], {
          cert_file: "/run/bulkhead/tls/tls.crt",
          key_file: "/run/bulkhead/tls/tls.key",
          min_version: "1.3",
          reload_interval: "5m",
        });
      }
      for (const reader of withKey(config, "readers")) {
        assert.match(JSON.stringify(reader["readers"]), /"host":"127\.0\.0\.1"/);
      }
    });

    it("gives no line up while the log store is away: the queue is on disk, and what feeds it waits", () => {
      const exporter = (at(config, "exporters") as Record<string, unknown>)["otlp_http/loki"];
      assert.equal(at(exporter, "retry_on_failure.max_elapsed_time"), "0s");
      assert.equal(at(exporter, "sending_queue.storage"), "file_storage");
      assert.equal(at(exporter, "sending_queue.block_on_overflow"), true);
      assert.deepEqual(at(config, "service.extensions"), ["health_check", "file_storage"]);
    });

    it("uses every part that it declares, and declares every part that it uses", () => {
      const parts = ["receivers", "processors", "exporters"] as const;
      const pipelines = Object.values(at(config, "service.pipelines") as Record<string, Record<string, string[]>>);
      const connectors = Object.keys((at(config, "connectors") as object | undefined) ?? {});
      for (const part of parts) {
        const used = new Set(pipelines.flatMap(pipeline => pipeline[part] ?? []).filter(p => !connectors.includes(p)));
        assert.deepEqual([...used].sort(), Object.keys(at(config, part) as object).sort(), part);
      }
    });
  });
}

describe("the log agent", () => {
  it("does not read its own log: each line would make another", () => {
    const excluded = at(configs["log agent"], "receivers.file_log.exclude") as string[];
    assert.ok(excluded.includes("/var/log/pods/*/logs/*"), excluded.join(", "));
  });
});

describe("loki.yaml", () => {
  const config = lokiConfig({ retentionDays: 14, dataPath: "/loki", port: 3100 });

  it("deletes what is older than the retention", () => {
    assert.equal(at(config, "limits_config.retention_period"), "336h");
    assert.equal(at(config, "compactor.retention_enabled"), true);
  });

  it("serves TLS 1.3 to others, and its own modules on loopback only", () => {
    assert.equal(at(config, "server.tls_min_version"), "VersionTLS13");
    assert.equal(at(config, "server.http_tls_config.cert_file"), "/run/bulkhead/tls/tls.crt");
    assert.equal(at(config, "server.grpc_listen_address"), "127.0.0.1");
  });

  it("makes labels of a few attributes only: each combination is a stream", () => {
    const attributes = at(config, "limits_config.otlp_config.resource_attributes") as object;
    const labels = at(attributes, "attributes_config.0.attributes") as string[];
    assert.equal(at(attributes, "ignore_defaults"), true);
    assert.ok(!labels.some(label => /pod|uid|instance/.test(label)), labels.join(", "));
  });
});
