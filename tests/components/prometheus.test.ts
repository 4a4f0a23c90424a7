import assert from "node:assert/strict";
import { images } from "../../components/images/catalogue";
import { Prometheus, type PrometheusArgs, prometheusAddress } from "../../components/observability/prometheus";
import { at, deploy, placement, refusal } from "../support/deploy";

const minimal: PrometheusArgs = { namespace: placement, images: images(), targets: [] };
const prometheus = (args: Partial<PrometheusArgs> = {}) =>
  deploy(opts => new Prometheus("metrics", { ...minimal, ...args }, opts));
const container = async (args: Partial<PrometheusArgs> = {}) =>
  at((await prometheus(args)).get("StatefulSet", "metrics").inputs, "spec.template.spec.containers.0");

describe("Prometheus", () => {
  it("keeps metrics for 15 days, and leaves a fifth of its volume for compaction", async () => {
    const args = at(await container(), "args") as string[];
    assert.ok(args.includes("--storage.tsdb.retention.time=15d"));
    assert.ok(args.includes("--storage.tsdb.retention.size=16384MB"), args.join(" "));
  });

  it("sizes nothing by itself that was given", async () => {
    const spec = await container({ retentionDays: 30, volumeGiB: 40, cpuMillis: 500, memoryMiB: 2048 });
    assert.ok((at(spec, "args") as string[]).includes("--storage.tsdb.retention.time=30d"));
    assert.equal(at(spec, "resources.limits.memory"), "2048Mi");
    assert.equal(at(spec, "resources.requests.cpu"), "500m");
  });

  it("refuses a retention that does not fit its volume, and says how much it needs", async () => {
    assert.equal(
      await refusal(o => new Prometheus("metrics", { ...minimal, retentionDays: 90, volumeGiB: 10 }, o)),
      'Prometheus "metrics": volumeGiB must be at least 25 to keep 20000 series for 90 days, got 10',
    );
  });

  it("refuses an interval at which series would come and go", async () => {
    assert.match(
      await refusal(o => new Prometheus("metrics", { ...minimal, intervalSeconds: 300 }, o)),
      /intervalSeconds must be a whole number in 5 to 120, got 300$/,
    );
  });

  it("writes each rule group to a file that the configuration names", async () => {
    const deployed = await prometheus({ rules: { system: { groups: [] } } });
    const data = at(deployed.get("ConfigMap", "metrics-config").inputs, "data") as Record<string, string>;
    assert.deepEqual(Object.keys(data).sort(), ["prometheus.yml", "rules-system.yml", "web.yml"]);
    const config = JSON.parse(data["prometheus.yml"] ?? "") as { rule_files: string[] };
    assert.deepEqual(config.rule_files, ["/etc/bulkhead/rules-system.yml"]);
  });

  it("is where its address said before it was made", async () => {
    const { url, peer } = prometheusAddress("metrics", placement);
    const deployed = await deploy(opts => {
      const made = new Prometheus("metrics", minimal, opts);
      assert.deepEqual(made.link().peer, peer);
      made.url.apply(actual => url.apply(expected => assert.equal(actual, expected)));
    });
    deployed.get("Service", "metrics");
  });
});
