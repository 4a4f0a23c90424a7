import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { alertmanagerArguments } from "../../components/observability/alertmanager";
import { alertmanagerConfig } from "../../components/observability/alertmanagerConfig";
import { asFile } from "../../components/observability/singleton";
import { webConfig } from "../../components/observability/webConfig";
import { eventually, run } from "../data/support/run";
import { freePorts } from "../edge/support/ports";
import { requireProgram } from "../support/programs";
import { Folder } from "./support/folder";
import { ask, Program } from "./support/program";

const host = "alerts.flowmarine.svc";

const config = (secrets: string) =>
  alertmanagerConfig({
    receivers: [
      {
        name: "team",
        kind: "slack",
        channel: "#alerts",
        urlFile: `${secrets}/team`,
        severities: ["critical", "warning"],
      },
      { name: "pager", kind: "webhook", urlFile: `${secrets}/pager`, severities: ["critical"] },
    ],
    watchdog: { urlFile: `${secrets}/watchdog`, intervalSeconds: 300 },
  });

describe("alertmanager.yml", () => {
  let folder: Folder;
  let file: string;

  before(function () {
    folder = new Folder(requireProgram(this, "openssl"));
    for (const name of ["team", "pager", "watchdog"]) folder.write(name, "https://receiver.example/x");
    file = folder.write("alertmanager.yml", asFile(config(folder.path)));
  });
  after(() => folder.remove());

  it("is accepted by amtool", async function () {
    const { status, stdout, stderr } = await run(requireProgram(this, "amtool"), ["check-config", file]);
    assert.equal(status, 0, stdout + stderr);
  });

  const routes: [string, string[], string][] = [
    ["wakes somebody for what is critical", ["severity=critical"], "team,pager"],
    ["tells the team, and wakes nobody, for a warning", ["severity=warning"], "team"],
    ["keeps what is only information to itself", ["severity=info"], "nobody"],
    ["sends the watchdog to the dead man's switch only", ["alertname=Watchdog", "severity=info"], "watchdog"],
  ];
  for (const [title, labels, receivers] of routes) {
    it(title, async function () {
      const args = ["config", "routes", "test", `--config.file=${file}`, ...labels];
      const { status, stdout, stderr } = await run(requireProgram(this, "amtool"), args);
      assert.equal(status, 0, stderr);
      assert.equal(stdout.trim(), receivers);
    });
  }
});

interface Slack {
  channel: string;
  attachments: [{ title: string; color: string; text: string }];
}

describe("a running Alertmanager", () => {
  const received: { path: string; body: string }[] = [];
  const receiver = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      received.push({ path: request.url ?? "", body });
      response.end("ok");
    });
  });
  let folder: Folder;
  let alertmanager: Program | undefined;
  let port: number;
  const url = (path: string) => ({ port, path, serverName: host, ca: folder.authority.ca.certificate });
  const on = (path: string) => received.filter(r => r.path === path).map(r => r.body);
  const fire = async (alerts: Record<string, string>[]) => {
    const body = alerts.map(labels => ({
      labels,
      annotations: { summary: `${labels["alertname"] ?? ""} happened`, description: "It is 93 % full." },
    }));
    const answer = await ask(url("/api/v2/alerts"), { method: "POST", body: JSON.stringify(body) });
    assert.equal(answer.status, 200, answer.body);
  };

  before(async function () {
    this.timeout(120_000);
    folder = new Folder(requireProgram(this, "openssl"));
    const program = requireProgram(this, "alertmanager");
    const [own = 0] = await freePorts(1);
    port = own;
    await new Promise<void>(resolve => receiver.listen(0, "127.0.0.1", resolve));
    const { port: hooks } = receiver.address() as AddressInfo;
    for (const name of ["team", "pager", "watchdog"]) folder.write(name, `http://127.0.0.1:${hooks}/${name}`);

    const settings = config(folder.path) as { route: Record<string, unknown> };
    // A test cannot wait as long as a person would like messages to be gathered.
    settings.route["group_wait"] = "1s";
    folder.write("alertmanager.yml", asFile(settings));
    folder.write("web.yml", asFile(webConfig(folder.tls("alertmanager", host))));
    alertmanager = new Program(
      program,
      alertmanagerArguments({ configFolder: folder.path, dataPath: folder.data, listen: `127.0.0.1:${port}` }),
    );
    await eventually("Alertmanager is ready", async () => {
      alertmanager?.mustRun();
      assert.equal((await ask(url("/-/ready"))).status, 200);
    });
  });
  after(async () => {
    await alertmanager?.stop();
    receiver.close();
    folder.remove();
  });

  it("sends one Slack message for what fires together, in Slack's format, to the URL in the file", async () => {
    const disk = { alertname: "FilesystemFull", severity: "warning", namespace: "node", component: "node" };
    await fire([
      { ...disk, instance: "a" },
      { ...disk, instance: "b" },
    ]);
    await eventually("Slack is told", () => assert.equal(on("/team").length, 1));
    const message = JSON.parse(on("/team")[0] ?? "") as Slack;
    assert.equal(message.channel, "#alerts");
    assert.equal(message.attachments[0].title, "[FIRING:2] FilesystemFull");
    assert.equal(message.attachments[0].color, "warning");
    assert.equal(message.attachments[0].text.match(/FilesystemFull happened\* \(warning\)/g)?.length, 2);
    assert.deepEqual(on("/pager"), []);
  });

  it("says the same thing once: a critical alert hides its warning", async () => {
    const disk = { alertname: "DiskFull", namespace: "data", component: "database" };
    await fire([
      { ...disk, severity: "warning" },
      { ...disk, severity: "critical" },
    ]);
    await eventually("the pager is told", () => assert.equal(on("/pager").length, 1));
    const page = JSON.parse(on("/pager")[0] ?? "") as { alerts: { labels: Record<string, string> }[] };
    assert.deepEqual(
      page.alerts.map(a => a.labels["severity"]),
      ["critical"],
    );
    const inhibited = JSON.parse((await ask(url("/api/v2/alerts?inhibited=true&active=false"))).body) as {
      labels: Record<string, string>;
      status: { state: string };
    }[];
    assert.deepEqual(
      inhibited.filter(a => a.status.state === "suppressed").map(a => [a.labels["alertname"], a.labels["severity"]]),
      [["DiskFull", "warning"]],
    );
  });

  it("hides what a component that is down has as a consequence", async () => {
    const where = { namespace: "data", component: "cache" };
    await fire([
      { alertname: "TargetDown", severity: "critical", ...where },
      { alertname: "CacheHitRateLow", severity: "warning", ...where },
    ]);
    await eventually("the pager is told", () => assert.ok(on("/pager").some(body => body.includes("TargetDown"))));
    assert.ok(!received.some(({ body }) => body.includes("CacheHitRateLow")));
  });

  it("calls the dead man's switch for the watchdog at once", async () => {
    await fire([{ alertname: "Watchdog", severity: "info" }]);
    await eventually("the switch is called", () => assert.equal(on("/watchdog").length, 1));
  });

  it("shows a renewed certificate at the next connection, without a restart", async () => {
    const before = (await ask(url("/-/ready"))).serial;
    folder.tls("alertmanager", host);
    assert.notEqual((await ask(url("/-/ready"))).serial, before);
    alertmanager?.mustRun();
  });
});
