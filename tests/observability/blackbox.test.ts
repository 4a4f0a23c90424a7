import assert from "node:assert/strict";
import { blackboxArguments } from "../../components/observability/blackbox";
import { blackboxConfig, type ProbeModule, probeTarget } from "../../components/observability/blackboxConfig";
import { prometheusArguments } from "../../components/observability/prometheus";
import { prometheusConfig } from "../../components/observability/prometheusConfig";
import { asFile } from "../../components/observability/singleton";
import { webConfig } from "../../components/observability/webConfig";
import { eventually, freePort } from "../data/support/run";
import { Edge, host } from "../edge/support/edge";
import { requireProgram } from "../support/programs";
import { Folder } from "./support/folder";
import { ask, Program } from "./support/program";

const proberHost = "probes.flowmarine-monitoring.svc";
const probe = (name: string, url: string, more: Partial<ProbeModule> = {}): ProbeModule => ({
  name,
  url: url.replace("://", `://${host}`),
  private: true,
  ...more,
});

const probes: readonly ProbeModule[] = [
  probe("site", "https:///"),
  probe("failing", "https:///status/503"),
  probe("expected", "https:///status/418", { status: 418 }),
  probe("moved", "https:///redirect"),
  probe("live", "wss:///ws"),
  probe("refused", "wss:///status/403"),
  probe("denied", "wss:///status/401", { status: 401 }),
  probe("untrusted", "https:///", { private: false }),
  probe("staging", "https:///", { private: false, trusted: false }),
  probe("other", "https:///", { url: "https://other.flowmarine.test/" }),
];

describe("synthetic checks of a real edge", function () {
  this.timeout(180_000);
  const edge = new Edge();
  const programs: Program[] = [];
  let folder: Folder;
  let port: number;

  const metricsOf = async (name: string): Promise<Map<string, number>> => {
    const asked = probes.find(each => each.name === name);
    const target = probeTarget(asked ?? { url: "" }, `127.0.0.1:${edge.args.httpsPort}`);
    const path = `/probe?module=${name}&target=${encodeURIComponent(target)}`;
    const { status, body } = await ask({ port, path, serverName: proberHost, ca: folder.authority.ca.certificate });
    assert.equal(status, 200, body);
    const lines = body.split("\n").filter(line => line !== "" && !line.startsWith("#"));
    return new Map(lines.map(line => [line.replace(/ [^ ]*$/, ""), Number(line.replace(/^.* /, ""))]));
  };

  before(async function () {
    const program = requireProgram(this, "blackbox_exporter", "prometheus-blackbox-exporter");
    folder = new Folder(requireProgram(this, "openssl"));
    await edge.start(this);
    port = await freePort();
    const tls = { ...folder.tls("prober", proberHost) };
    // The authority of what is checked is the cluster's, which here is another.
    const configFolder = folder.folder("prober");
    folder.write("prober/blackbox.yml", asFile(blackboxConfig(probes, { ...tls, ca: edge.authority.ca.certificate })));
    folder.write("prober/web.yml", asFile(webConfig(tls)));
    programs.push(new Program(program, blackboxArguments({ configFolder, listen: `127.0.0.1:${port}` })));
    await eventually("the prober answers", async () => {
      programs[0]?.mustRun();
      const answer = await ask({
        port,
        path: "/-/healthy",
        serverName: proberHost,
        ca: folder.authority.ca.certificate,
      });
      assert.equal(answer.status, 200);
    });
  });
  after(async () => {
    await Promise.all(programs.map(each => each.stop()));
    await edge.stop();
    (folder as Folder | undefined)?.remove();
  });

  const outcomes: [string, number, string][] = [
    ["site", 1, "an address that answers"],
    ["failing", 0, "an error of the server"],
    ["expected", 1, "the status that is expected"],
    ["moved", 0, "a redirect, which is no answer"],
    ["live", 1, "a WebSocket that is opened"],
    ["refused", 0, "a WebSocket that is refused"],
    ["denied", 1, "a WebSocket that is refused as expected"],
    ["untrusted", 0, "a certificate that no public authority has signed"],
    ["staging", 1, "a certificate that is known to be trusted by nobody"],
    ["other", 0, "a name that the edge does not have"],
  ];
  for (const [name, success, what] of outcomes) {
    it(`${success === 1 ? "succeed" : "fail"} for ${what}`, async () => {
      assert.equal((await metricsOf(name)).get("probe_success"), success);
    });
  }

  it("tell when the certificate that is shown ends, for pages and for WebSockets", async () => {
    for (const name of ["site", "live"]) {
      const ends = (await metricsOf(name)).get("probe_ssl_earliest_cert_expiry") ?? 0;
      assert.ok(ends > Date.now() / 1000 && ends < Date.now() / 1000 + 400 * 86_400, `${name}: ${ends}`);
    }
  });

  it("are read by Prometheus, each as a target of its own, under the name that people call it by", async function () {
    const program = requireProgram(this, "prometheus");
    const own = "metrics.flowmarine-monitoring.svc";
    const promPort = await freePort();
    const tls = folder.tls("prometheus", own);
    const checks = ["site", "failing"].map(name => {
      const { url } = probes.find(each => each.name === name) ?? { url: "" };
      return {
        probe: name,
        module: name,
        instance: url,
        target: probeTarget({ url }, `127.0.0.1:${edge.args.httpsPort}`),
      };
    });
    const job = {
      ...{ job: "probes-checks", component: "probes", app: "blackbox-exporter", namespace: "flowmarine-monitoring" },
      ...{ host: "127.0.0.1", port, path: "/probe", https: true, serverName: proberHost, honorLabels: false, checks },
    };
    const config = prometheusConfig({
      jobs: [job],
      self: { job: "metrics", port: promPort, serverName: own },
      externalLabels: { stack: "test" },
      intervalSeconds: 5,
      ruleFiles: [],
      tls,
    });
    folder.write("prometheus.yml", asFile(config));
    folder.write("web.yml", asFile(webConfig(tls)));
    const args = { configFolder: folder.path, dataPath: folder.data, retentionDays: 1, volumeGiB: 1 };
    programs.push(new Program(program, prometheusArguments({ ...args, listen: `127.0.0.1:${promPort}` })));
    await eventually("both checks are there", async () => {
      programs[1]?.mustRun();
      const path = `/api/v1/query?query=${encodeURIComponent("probe_success")}`;
      const { body } = await ask({ port: promPort, path, serverName: own, ca: folder.authority.ca.certificate });
      const { data } = JSON.parse(body) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      assert.deepEqual(
        data.result.map(({ metric, value }) => [metric["probe"], metric["instance"], metric["job"], value[1]]).sort(),
        [
          ["failing", `https://${host}/status/503`, "probes-checks", "0"],
          ["site", `https://${host}/`, "probes-checks", "1"],
        ],
      );
    });
  });
});
