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

  describe("remote write", () => {
    const url = "https://metrics.example:8443/api/v1/write";
    const configOf = async (args: Partial<PrometheusArgs>) => {
      const deployed = await prometheus(args);
      const data = at(deployed.get("ConfigMap", "metrics-config").inputs, "data") as Record<string, string>;
      return { deployed, text: data["prometheus.yml"] ?? "" };
    };

    it("sends every sample to a store outside, with a token that is in a Secret and nowhere else", async () => {
      const { deployed, text } = await configOf({ remoteWrite: { url, token: "planted" } });
      const [remote] = (JSON.parse(text) as { remote_write: object[] }).remote_write;
      assert.equal(at(remote, "url"), url);
      assert.equal(at(remote, "authorization.credentials_file"), "/run/bulkhead/remote-write/credentials");
      assert.deepEqual(at(deployed.get("Secret", "metrics-remote-write").inputs, "stringData"), {
        credentials: "planted",
      });
      const leaks = deployed.resources.filter(
        r => !r.type.endsWith(":Secret") && JSON.stringify(r.inputs).includes("planted"),
      );
      assert.deepEqual(
        leaks.map(r => r.urn),
        [],
      );
      const out = deployed.get("NetworkPolicy", "metrics-egress-remote-write").inputs;
      assert.deepEqual(at(out, "spec.egress.0.ports"), [{ port: 8443, protocol: "TCP" }]);
    });

    it("logs in by name and password where it is told so", async () => {
      const { text } = await configOf({
        remoteWrite: { url, basicAuth: { username: "bulkhead", password: "planted" } },
      });
      const [remote] = (JSON.parse(text) as { remote_write: object[] }).remote_write;
      assert.deepEqual(at(remote, "basic_auth"), {
        username: "bulkhead",
        password_file: "/run/bulkhead/remote-write/credentials",
      });
    });

    it("is off unless asked for, refused without TLS, and takes one way to log in", async () => {
      assert.ok(!(await configOf({})).text.includes("remote_write"));
      const refused = (remoteWrite: PrometheusArgs["remoteWrite"] & object) =>
        refusal(o => new Prometheus("metrics", { ...minimal, remoteWrite }, o));
      assert.equal(
        await refused({ url: "http://metrics.example/" }),
        'Prometheus "metrics": metrics.remoteWrite.url must be a URL that starts with https://, got "http://metrics.example/"',
      );
      assert.equal(
        await refused({ url: "https://id:planted@metrics.example/" }),
        'Prometheus "metrics": metrics.remoteWrite.url must be a URL without user and password',
      );
      assert.equal(
        await refused({ url, token: "x", basicAuth: { username: "y", password: "z" } }),
        'Prometheus "metrics": metrics.remoteWrite must have basicAuth or token, not both',
      );
    });
  });
});
