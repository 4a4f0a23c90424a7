import assert from "node:assert/strict";
import { WebService } from "../../components/app/webService";
import { images } from "../../components/images/catalogue";
import { TelemetryCollector, type TelemetryCollectorArgs } from "../../components/observability/telemetryCollector";
import { at, deploy, placement, refusal } from "../support/deploy";

const minimal: TelemetryCollectorArgs = { namespace: placement, images: images() };
const image = `registry.example/api@sha256:${"a".repeat(64)}`;

describe("TelemetryCollector", () => {
  it("gives linked apps the environment that OpenTelemetry SDKs read, and opens one port", async () => {
    const deployed = await deploy(opts => {
      const collector = new TelemetryCollector("telemetry", minimal, opts);
      return new WebService("api", { namespace: placement, image, links: [collector] }, opts);
    });
    const env = at(deployed.get("Deployment", "api").inputs, "spec.template.spec.containers.0.env") as {
      name: string;
    }[];
    assert.deepEqual(
      env.filter(({ name }) => name.startsWith("OTEL_")),
      [
        // First, because the attributes refer to it.
        { name: "OTEL_POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "OTEL_EXPORTER_OTLP_CERTIFICATE", value: "/run/bulkhead/tls/ca.crt" },
        { name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "https://telemetry.flowmarine.svc:4318" },
        { name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "http/protobuf" },
        {
          name: "OTEL_RESOURCE_ATTRIBUTES",
          value: "service.instance.id=$(OTEL_POD_NAME),k8s.pod.name=$(OTEL_POD_NAME),deployment.environment.name=test",
        },
        { name: "OTEL_SERVICE_NAME", value: "api" },
      ],
    );
    const policy = deployed.get("NetworkPolicy", "api-into-telemetry").inputs;
    assert.deepEqual(at(policy, "spec.ingress.0.ports"), [{ port: 4318, protocol: "TCP" }]);
  });

  it("makes its log store, and reaches it and nothing else", async () => {
    const deployed = await deploy(opts => new TelemetryCollector("telemetry", minimal, opts));
    deployed.get("StatefulSet", "telemetry-loki");
    const out = deployed.all("NetworkPolicy").filter(p => at(p.inputs, "spec.egress") !== undefined);
    assert.deepEqual(
      out.map(p => p.name),
      ["telemetry-to-loki"],
    );
  });

  it("reaches a trace store outside only when one is given, and over TLS", async () => {
    const tracesEndpoint = "https://traces.example/otlp";
    const deployed = await deploy(opts => new TelemetryCollector("telemetry", { ...minimal, tracesEndpoint }, opts));
    deployed.get("NetworkPolicy", "telemetry-egress-traces");
    assert.equal(
      await refusal(o => new TelemetryCollector("telemetry", { ...minimal, tracesEndpoint: "http://traces" }, o)),
      'TelemetryCollector "telemetry": tracesEndpoint must be a URL that starts with https://, got "http://traces"',
    );
  });

  it("refuses a retention that does not fit its volume, and says how much it needs", async () => {
    const logs = { retentionDays: 90, volumeGiB: 20, rawMiBPerDay: 1024 };
    assert.equal(
      await refusal(o => new TelemetryCollector("telemetry", { ...minimal, logs }, o)),
      'Loki "telemetry-loki": volumeGiB must be at least 40 to keep 1024 MiB a day for 90 days, got 20',
    );
    const deployed = await deploy(
      o => new TelemetryCollector("telemetry", { ...minimal, logs: { ...logs, volumeGiB: 40 } }, o),
    );
    const claim = deployed.get("PersistentVolumeClaim", "telemetry-loki-data").inputs;
    assert.equal(at(claim, "spec.resources.requests.storage"), "40Gi");
  });

  it("keeps the lines of some programs for longer, when the volume has room for them", async () => {
    const services = { "kube-apiserver": { retentionDays: 365, rawMiBPerDay: 50 } };
    assert.equal(
      await refusal(o => new TelemetryCollector("telemetry", { ...minimal, logs: { volumeGiB: 10, services } }, o)),
      'Loki "telemetry-loki": volumeGiB must be at least 14 to keep 1024 MiB a day for 14 days, kube-apiserver for 365, got 10',
    );
    const deployed = await deploy(
      o => new TelemetryCollector("telemetry", { ...minimal, logs: { volumeGiB: 14, services } }, o),
    );
    const data = at(deployed.get("ConfigMap", "telemetry-loki-config").inputs, "data") as Record<string, string>;
    assert.deepEqual(at(JSON.parse(data["loki.yaml"] ?? ""), "limits_config.retention_stream"), [
      { selector: '{service_name="kube-apiserver"}', priority: 1, period: "8760h" },
    ]);
  });

  it("refuses what its log store cannot do, naming the field", async () => {
    const of = (logs: unknown) =>
      refusal(o => new TelemetryCollector("telemetry", { ...minimal, logs: logs as object }, o));
    const say = (rule: string) => `Loki "telemetry-loki": ${rule}`;
    const api = { retentionDays: 30, rawMiBPerDay: 10 };
    assert.deepEqual(
      await Promise.all([
        of({ services: { API: api } }),
        of({ services: { api: { ...api, retentionDays: 0 } } }),
        of({ services: { api: { ...api, rawMiBPerDay: 2000 } } }),
        of({ services: { api: undefined } }),
        of({ services: [] }),
        of({ alerts: { stack: "Not A Name" } }),
        of({ alerts: { stack: "observability", sources: ['a"b'] } }),
        of({ alerts: { stack: "observability", overrides: { NewErrors: {} } } }),
        of({ alerts: { stack: "observability", overrides: { NewError: { thresholds: { times: 0 } } } } }),
      ]),
      [
        say(
          'a name in services must be lower-case letters, digits and inner hyphens, at most 63 characters, got "API"',
        ),
        say("services.api.retentionDays must be a whole number in 1 to 3650, got 0"),
        say("rawMiBPerDay must be at least that of all services, 2000, got 1024"),
        say("services.api must be an object, got undefined"),
        say("services must be an object, got an empty list"),
        say(
          'alerts.stack must be lower-case letters, digits and inner hyphens, at most 63 characters, got "Not A Name"',
        ),
        say('sources must be names of components, got "a\\"b"'),
        say("alerts.NewErrors is no alert; see docs/runbooks for their names"),
        say("alerts.NewError.thresholds.times must be above 0 and at most 1000000000 (count), got 0"),
      ],
    );
  });

  it("tells the Alertmanager of the stack that is named about alerts on logs, and reaches no other", async () => {
    const logs = { alerts: { stack: "observability", sources: ["edge"], auditLog: true } };
    const deployed = await deploy(o => new TelemetryCollector("telemetry", { ...minimal, logs }, o));
    const { inputs } = deployed.get("NetworkPolicy", "telemetry-loki-to-alerts");
    assert.deepEqual(at(inputs, "spec.egress.0.to.0.podSelector.matchLabels"), {
      "app.kubernetes.io/name": "alertmanager",
      "app.kubernetes.io/instance": "observability-alerts",
    });
    const data = at(deployed.get("ConfigMap", "telemetry-loki-config").inputs, "data") as Record<string, string>;
    assert.deepEqual(Object.keys(data).sort(), [
      ...["audit-logs.yaml", "edge-logs.yaml", "error-logs.yaml", "log-sources.yaml", "loki.yaml", "store-logs.yaml"],
    ]);
    assert.equal(
      at(JSON.parse(data["loki.yaml"] ?? ""), "ruler.alertmanager_url"),
      "https://observability-alerts.flowmarine.svc:9093",
    );
    const volumes = at(deployed.get("StatefulSet", "telemetry-loki").inputs, "spec.template.spec.volumes") as {
      configMap?: { items?: { key: string; path: string }[] };
    }[];
    const items = volumes.flatMap(({ configMap }) => configMap?.items ?? []);
    assert.deepEqual(
      items.find(({ key }) => key === "edge-logs.yaml"),
      { key: "edge-logs.yaml", path: "rules/fake/edge-logs.yaml" },
    );
  });

  it("fits twice in one stack", async () => {
    const deployed = await deploy(o => [
      new TelemetryCollector("a", minimal, o),
      new TelemetryCollector("b", minimal, o),
    ]);
    assert.equal(new Set(deployed.urns()).size, deployed.urns().length);
  });
});
