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

const all = { severities: ["critical", "warning", "info"], owners: [], domains: [], muted: [] } as const;
const week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** A test cannot wait as long as a person would like messages to be gathered. */
const timing = { waitSeconds: 1, intervalSeconds: 2, repeatSeconds: 3600 };

const config = (secrets: string) =>
  alertmanagerConfig({
    receivers: [
      {
        ...all,
        name: "team",
        kind: "slack",
        channel: "#alerts",
        secretFile: `${secrets}/team`,
        severities: ["critical", "warning"],
      },
      { ...all, name: "pager", kind: "webhook", secretFile: `${secrets}/pager`, severities: ["critical"] },
      { ...all, name: "fleet", kind: "webhook", secretFile: `${secrets}/fleet`, owners: ["fleet"] },
      { ...all, name: "guard", kind: "webhook", secretFile: `${secrets}/guard`, domains: ["security", "waf"] },
      {
        ...all,
        name: "sleeper",
        kind: "webhook",
        secretFile: `${secrets}/sleeper`,
        owners: ["data"],
        muted: ["always"],
      },
    ],
    muteTimes: [{ name: "always", days: week }],
    watchdog: { urlFile: `${secrets}/watchdog`, intervalSeconds: 300 },
    timing,
  });
const hooks = ["team", "pager", "fleet", "guard", "sleeper", "watchdog"];

describe("alertmanager.yml", () => {
  let folder: Folder;
  let file: string;

  before(function () {
    folder = new Folder(requireProgram(this, "openssl"));
    for (const name of hooks) folder.write(name, "https://receiver.example/x");
    file = folder.write("alertmanager.yml", asFile(config(folder.path)));
  });
  after(() => folder.remove());

  it("is accepted by amtool", async function () {
    const { status, stdout, stderr } = await run(requireProgram(this, "amtool"), ["check-config", file]);
    assert.equal(status, 0, stdout + stderr);
  });

  it("is accepted by amtool with every kind of receiver and every argument, and holds no secret", async function () {
    const secretFile = folder.write("secret", "planted-secret");
    const mail = { recipients: ["a@b.example"], sender: "c@d.example", username: "u", mailServer: "mail.example:587" };
    const some = { ...all, secretFile, muted: ["night"] };
    const every = alertmanagerConfig({
      receivers: [
        { ...some, name: "slack", kind: "slack", channel: "#a" },
        { ...some, name: "webhook", kind: "webhook" },
        { ...some, name: "pagerduty", kind: "pagerduty" },
        { ...some, name: "email", kind: "email", ...mail },
      ],
      muteTimes: [{ name: "night", days: ["monday"], from: "00:00", to: "06:30", timeZone: "Europe/Oslo" }],
    });
    const written = asFile(every);
    assert.ok(!written.includes("planted-secret"));
    const { status, stdout, stderr } = await run(requireProgram(this, "amtool"), [
      "check-config",
      folder.write("every.yml", written),
    ]);
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /5 receivers/);
  });

  const routes: [string, string[], string][] = [
    ["wakes somebody for what is critical", ["severity=critical"], "team,pager"],
    ["tells the team, and wakes nobody, for a warning", ["severity=warning"], "team"],
    ["keeps what is only information to itself", ["severity=info"], "nobody"],
    ["tells an owner what is his, whatever the severity", ["severity=info", "owner=fleet"], "fleet"],
    ["does not tell him what is another's", ["severity=info", "owner=backend"], "nobody"],
    ["tells those who asked for a domain", ["severity=info", "domain=waf"], "guard"],
    [
      "tells everybody who has a reason",
      ["severity=critical", "owner=fleet", "domain=security"],
      "team,pager,fleet,guard",
    ],
    ["knows critical and other alerts of a receiver that is muted", ["severity=info", "owner=data"], "sleeper"],
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
  const fire = async (alerts: Record<string, string>[], endsAt?: string) => {
    const body = alerts.map(labels => ({
      labels,
      ...(endsAt === undefined ? {} : { endsAt }),
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
    const { port: hookPort } = receiver.address() as AddressInfo;
    for (const name of hooks) folder.write(name, `http://127.0.0.1:${hookPort}/${name}`);
    folder.write("alertmanager.yml", asFile(config(folder.path)));
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

  const where = { namespace: "data", component: "cache" };
  const vessels = (provider: string) => ({ alertname: "PositionStaleUnderWay", severity: "warning", provider });
  const hidden: [string, Record<string, string>, Record<string, string>, boolean][] = [
    [
      "a component that is down hides what is wrong with it besides",
      { alertname: "TargetDown", severity: "critical", ...where },
      { alertname: "RedisMemoryHigh", severity: "warning", ...where },
      true,
    ],
    [
      "but not what is critical",
      { alertname: "TargetDown", severity: "critical", ...where },
      { alertname: "RedisAppendOnlyFailing", severity: "critical", ...where },
      false,
    ],
    [
      "nor what is wrong with another component",
      { alertname: "TargetDown", severity: "critical", ...where },
      { alertname: "PostgresConnectionsHigh", severity: "warning", namespace: "data", component: "database" },
      false,
    ],
    [
      "a silent provider hides every vessel that it reports",
      { alertname: "PositionFeedSilent", severity: "critical", provider: "ais-a" },
      { ...vessels("ais-a"), vessel: "Aurora" },
      true,
    ],
    [
      "but not a vessel of another provider",
      { alertname: "PositionFeedDown", severity: "critical", provider: "ais-b" },
      { ...vessels("ais-c"), vessel: "Borealis" },
      false,
    ],
    [
      "a node that is down hides its pods",
      { alertname: "NodeNotReady", severity: "critical", node: "n1" },
      { alertname: "PodCrashLooping", severity: "critical", node: "n1", namespace: "app", pod: "api-1" },
      true,
    ],
    [
      "but not the pods of another node",
      { alertname: "NodeNotReady", severity: "critical", node: "n1" },
      { alertname: "PodNotReady", severity: "warning", node: "n2", namespace: "app", pod: "api-2" },
      false,
    ],
  ];
  for (const [index, [title, source, target, isHidden]] of hidden.entries()) {
    it(title, async () => {
      const mark = { case: `inhibition-${index}` };
      await fire([source, { ...target, ...mark }]);
      // Both have been judged once this state is shown.
      await eventually("the target is judged", async () => {
        const answer = await ask(url(`/api/v2/alerts?filter=${encodeURIComponent(`case="${mark.case}"`)}`));
        const [{ status }] = JSON.parse(answer.body) as [{ status: { state: string; inhibitedBy: string[] } }];
        assert.equal(status.state, isHidden ? "suppressed" : "active");
        assert.equal(status.inhibitedBy.length > 0, isHidden);
      });
      if (isHidden) return;
      await eventually("somebody is told", () =>
        assert.ok(received.some(({ body }) => body.includes(target["alertname"] ?? "?"))),
      );
    });
  }

  it("tells nothing but what is critical in a receiver's hours of rest", async () => {
    const data = { owner: "data", namespace: "rest", component: "database" };
    await fire([
      { ...data, alertname: "PostgresDeadlocks", severity: "warning" },
      { ...data, alertname: "PostgresDown", severity: "critical" },
    ]);
    await eventually("the critical one is told", () => assert.match(on("/sleeper").join(), /PostgresDown/));
    await eventually("the team hears of the other", () => assert.match(on("/team").join(), /PostgresDeadlocks/));
    assert.doesNotMatch(on("/sleeper").join(), /PostgresDeadlocks/);
  });

  it("sends one message for two hundred vessels, with twenty of them and the number of the others", async () => {
    await fire(
      Array.from({ length: 200 }, (_, index) => ({ ...vessels("ais-d"), owner: "fleet", vessel: `V${index}` })),
    );
    const told = () =>
      on("/team")
        .map(body => JSON.parse(body) as Slack)
        .filter(m => m.attachments[0].title.includes("PositionStale"));
    await eventually("Slack is told", () => assert.match(told().at(-1)?.attachments[0].text ?? "", /and \d+ more/));
    const { title, text } = told().at(-1)?.attachments[0] ?? { title: "", text: "" };
    assert.match(title, /^\[FIRING:20\d\] PositionStaleUnderWay$/);
    assert.equal(text.match(/happened\*/g)?.length, 20);
    assert.match(text, /and 18\d more$/);
  });

  it("says when it is over", async () => {
    const fixed = { alertname: "DiskFixed", severity: "warning", namespace: "node", component: "node" };
    await fire([fixed]);
    await eventually("Slack is told", () => assert.match(on("/team").join(), /FIRING:1\] DiskFixed/));
    await fire([fixed], new Date().toISOString());
    await eventually("and told that it is over", () => assert.match(on("/team").join(), /\[RESOLVED\] DiskFixed/));
    const last = on("/team")
      .map(body => JSON.parse(body) as Slack)
      .find(m => m.attachments[0].title.startsWith("[RESOLVED] DiskFixed"));
    assert.equal(last?.attachments[0].color, "good");
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
