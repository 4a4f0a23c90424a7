import assert from "node:assert/strict";
import { prometheusArguments } from "../../components/observability/prometheus";
import { type Job, prometheusConfig } from "../../components/observability/prometheusConfig";
import { asFile } from "../../components/observability/singleton";
import { type TlsFiles, webConfig } from "../../components/observability/webConfig";
import { eventually, run } from "../data/support/run";
import { freePorts } from "../edge/support/ports";
import { requireProgram } from "../support/programs";
import { Folder } from "./support/folder";
import { ask, Program, succeeds } from "./support/program";

const name = "metrics";
const host = "metrics.flowmarine.svc";

const job: Job = {
  job: "database-exporter",
  component: "database",
  app: "postgresql",
  namespace: "flowmarine-data",
  host: "database-metrics.flowmarine-data.svc.cluster.local",
  port: 9187,
  path: "/metrics",
  https: true,
  serverName: "database.flowmarine-data.svc",
  honorLabels: false,
};

const configOf = (port: number, tls: TlsFiles, jobs: readonly Job[] = [job]) =>
  prometheusConfig({
    jobs,
    self: { job: name, port, serverName: host },
    alertmanager: { host: "alerts.flowmarine.svc", port: 9093 },
    externalLabels: { stack: "test" },
    intervalSeconds: 5,
    ruleFiles: [],
    tls,
  });

describe("prometheus.yml", () => {
  let folder: Folder;
  let tls: TlsFiles;

  before(function () {
    folder = new Folder(requireProgram(this, "openssl"));
    tls = folder.tls("prometheus", host, name);
  });
  after(() => folder.remove());

  it("is accepted by promtool with everything in it, and with its web configuration", async function () {
    const promtool = requireProgram(this, "promtool");
    const checks = [{ probe: "site", module: "site", target: "https://edge:443/", instance: "https://app.example/" }];
    const file = folder.write("credentials", "planted");
    const given = {
      jobs: [job, { ...job, job: "probes-checks", path: "/probe", checks }],
      self: { job: name, port: 9090, serverName: host },
      externalLabels: { stack: "test" },
      intervalSeconds: 15,
      ruleFiles: [],
      tls,
    };
    for (const remoteWrite of [
      { url: "https://metrics.example/api/v1/write", tokenFile: file },
      { url: "https://metrics.example/api/v1/write", username: "bulkhead", passwordFile: file },
    ]) {
      await succeeds(promtool, [
        "check",
        "config",
        "--lint=all",
        "--lint-fatal",
        folder.write("full.yml", asFile(prometheusConfig({ ...given, remoteWrite }))),
      ]);
    }
    const config = folder.write("prometheus.yml", asFile(configOf(9090, tls)));
    const web = folder.write("web.yml", asFile(webConfig(tls)));
    const checked = await run(promtool, ["check", "config", "--lint=all", "--lint-fatal", config]);
    assert.equal(checked.status, 0, checked.stdout + checked.stderr);
    const checkedWeb = await run(promtool, ["check", "web-config", web]);
    assert.equal(checkedWeb.status, 0, checkedWeb.stdout + checkedWeb.stderr);
  });

  it("tells by its labels whose metrics they are", () => {
    const { scrape_configs } = configOf(9090, tls) as { scrape_configs: Record<string, unknown>[] };
    assert.deepEqual(scrape_configs[1]?.["relabel_configs"], [
      { target_label: "namespace", replacement: "flowmarine-data" },
      { target_label: "component", replacement: "database" },
      { target_label: "app", replacement: "postgresql" },
    ]);
  });

  it("lets metrics keep their own labels only where the target hands on those of others", () => {
    const honored = [false, true].map(honorLabels => {
      const { scrape_configs } = configOf(9090, tls, [{ ...job, honorLabels }]) as { scrape_configs: object[] };
      return "honor_labels" in (scrape_configs[1] ?? {});
    });
    assert.deepEqual(honored, [false, true]);
  });
});

describe("a running Prometheus", () => {
  let folder: Folder;
  let prometheus: Program | undefined;
  let port: number;
  const url = (path: string) => ({ port, path, serverName: host, ca: folder.authority.ca.certificate });
  const query = async (promql: string) => {
    const answer = await ask(url(`/api/v1/query?query=${encodeURIComponent(promql)}`));
    assert.equal(answer.status, 200, answer.body);
    const { data } = JSON.parse(answer.body) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result;
  };

  before(async function () {
    this.timeout(120_000);
    folder = new Folder(requireProgram(this, "openssl"));
    const program = requireProgram(this, "prometheus");
    [port = 0] = await freePorts(1);
    const tls = folder.tls("prometheus", host, name);
    // A name server that answers for the cluster's names is not there: the second target is named by its address.
    const config = configOf(port, tls, [{ ...job, serverName: host, port }]) as { scrape_configs: object[] };
    config.scrape_configs = config.scrape_configs.map(scrape => {
      if (!("dns_sd_configs" in scrape)) return scrape;
      const rest = Object.fromEntries(Object.entries(scrape).filter(([key]) => key !== "dns_sd_configs"));
      return { ...rest, static_configs: [{ targets: [`127.0.0.1:${port}`] }] };
    });
    folder.write("prometheus.yml", asFile(config));
    folder.write("web.yml", asFile(webConfig(tls)));
    prometheus = new Program(
      program,
      prometheusArguments({
        configFolder: folder.path,
        dataPath: folder.data,
        retentionDays: 15,
        volumeGiB: 20,
        listen: `127.0.0.1:${port}`,
      }),
    );
    await eventually("Prometheus is ready", async () => {
      prometheus?.mustRun();
      assert.equal((await ask(url("/-/ready"))).status, 200);
    });
  });
  after(async () => {
    await prometheus?.stop();
    folder.remove();
  });

  it("reads its targets over TLS, verified, and labels what it reads", async () => {
    await eventually("both targets are up", async () => {
      const up = await query("up == 1");
      assert.deepEqual(up.map(({ metric }) => [metric["job"], metric["component"], metric["app"]]).sort(), [
        ["database-exporter", "database", "postgresql"],
        ["metrics", "metrics", "prometheus"],
      ]);
    });
  });

  it("keeps what its arguments say, and shows no way to change or delete data", async () => {
    const flags = JSON.parse((await ask(url("/api/v1/status/flags"))).body) as { data: Record<string, string> };
    assert.equal(flags.data["storage.tsdb.retention.time"], "15d");
    assert.equal(flags.data["storage.tsdb.retention.size"], "16GiB");
    assert.equal(flags.data["web.enable-admin-api"], "false");
    assert.equal(flags.data["web.enable-lifecycle"], "false");
  });

  it("refuses to talk without TLS, and below TLS 1.3", async function () {
    const openssl = requireProgram(this, "openssl");
    const old = await run(openssl, ["s_client", "-connect", `127.0.0.1:${port}`, "-tls1_2"]);
    assert.match(old.stdout + old.stderr, /alert protocol version|handshake failure/);
    const plain = await fetch(`http://127.0.0.1:${port}/-/ready`).then(
      r => r.status,
      () => 0,
    );
    assert.notEqual(plain, 200);
  });

  it("shows a renewed certificate at the next connection, without a restart", async () => {
    const before = (await ask(url("/-/ready"))).serial;
    folder.tls("prometheus", host, name);
    const { status, serial } = await ask(url("/-/ready"));
    assert.equal(status, 200);
    assert.notEqual(serial, before);
    prometheus?.mustRun();
  });
});
