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
        { name: "OTEL_EXPORTER_OTLP_CERTIFICATE", value: "/run/bulkhead/tls/ca.crt" },
        { name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "https://telemetry.flowmarine.svc:4318" },
        { name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "http/protobuf" },
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
      'TelemetryCollector "telemetry": tracesEndpoint must start with https://, got "http://traces"',
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

  it("fits twice in one stack", async () => {
    const deployed = await deploy(o => [
      new TelemetryCollector("a", minimal, o),
      new TelemetryCollector("b", minimal, o),
    ]);
    assert.equal(new Set(deployed.urns()).size, deployed.urns().length);
  });
});
