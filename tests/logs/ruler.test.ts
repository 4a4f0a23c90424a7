import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WebSocket } from "ws";
import { alertmanagerArguments } from "../../components/observability/alertmanager.js";
import { logAlertGroups, logRules } from "../../components/observability/logAlerts/index.js";
import { tenant } from "../../components/observability/lokiConfig.js";
import { asFile } from "../../components/observability/singleton.js";
import { webConfig } from "../../components/observability/webConfig.js";
import { eventually } from "../data/support/run.js";
import { freePorts } from "../edge/support/ports.js";
import { Folder } from "../observability/support/folder.js";
import { requireProgram } from "../support/programs.js";
import { logAgent } from "./support/agent.js";
import { getJson } from "./support/api.js";
import { LogStore } from "./support/logStore.js";
import type { PodLogs } from "./support/podLogs.js";
import { Server } from "./support/server.js";

const sources = ["edge"];
const refused =
  'ts=2026-11-22 10:00:00.000 UTC pid=71 user=app db=x host=10.0.0.9(5) app=[unknown] state=28P01 FATAL:  password authentication failed for user "app"';

interface Rules {
  data: {
    groups: { name: string; rules: { name: string; health: string; lastError?: string; lastEvaluation: string }[] }[];
  };
}

interface Active {
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Loki's ruler with the rules of the component, told to look every two seconds; and the Alertmanager that it tells. */
describe("Loki's ruler", () => {
  let folder: Folder;
  let store: LogStore;
  let alertmanager: Server;
  let alertmanagerPort: number;
  let agent: Server;
  let logs: PodLogs;

  before(async function () {
    this.timeout(240_000);
    requireProgram(this, "otelcol");
    const program = requireProgram(this, "alertmanager");
    folder = new Folder(requireProgram(this, "openssl"));
    [alertmanagerPort = 0] = await freePorts(1);
    const rulesPath = join(folder.path, "rules");
    mkdirSync(join(rulesPath, tenant), { recursive: true });
    for (const [group, file] of Object.entries(logRules({ auditLog: true, sources }))) {
      writeFileSync(
        join(rulesPath, tenant, `${group}.yaml`),
        asFile(file).replace('"interval": "10m"', '"interval": "2s"'),
      );
    }
    const often = (config: Record<string, Record<string, unknown>>) => {
      Object.assign(config["ruler"] ?? {}, { evaluation_interval: "2s", poll_interval: "2s" });
    };
    const alerts = { host: "localhost", port: alertmanagerPort, rulesPath };
    store = await LogStore.create(this, folder, { alerts }, often);
    const tls = folder.tls("alertmanager", "localhost");
    writeFileSync(join(folder.path, "web.yml"), asFile(webConfig(tls)));
    const nobody = { route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] };
    writeFileSync(join(folder.path, "alertmanager.yml"), asFile(nobody));
    const dataPath = join(folder.path, "alertmanager");
    mkdirSync(dataPath);
    const settings = { configFolder: folder.path, dataPath, listen: `127.0.0.1:${alertmanagerPort}` };
    alertmanager = new Server(program, alertmanagerArguments(settings), join(folder.path, "alertmanager.log"));
    const part = await logAgent(this, folder, store);
    agent = part.server;
    logs = part.logs;
    await Promise.all([
      store.start(),
      part.start(),
      alertmanager.start(async () => {
        assert.equal((await getJson({ port: alertmanagerPort, tls }, "/-/ready", "text")).status, 200);
      }),
    ]);
  });
  after(async () => {
    for (const server of [agent, alertmanager, store] as ({ kill: () => Promise<void> } | undefined)[]) {
      await server?.kill();
    }
    (folder as Folder | undefined)?.remove();
  });

  const active = async (): Promise<Active[]> =>
    (await getJson({ port: alertmanagerPort, tls: store.tls }, "/api/v2/alerts")).body as Active[];

  it("reads every rule, and evaluates each without an error", async function () {
    this.timeout(120_000);
    await eventually("every rule was evaluated", async () => {
      const { data } = await store.get<Rules>("/prometheus/api/v1/rules");
      const rules = data.groups.flatMap(group => group.rules);
      const expected = logAlertGroups(sources).flatMap(group => group.alerts.map(({ name }) => name));
      assert.deepEqual(rules.map(({ name }) => name).sort(), expected.sort());
      assert.deepEqual(
        rules.filter(({ health }) => health !== "ok").map(({ name, health, lastError }) => [name, health, lastError]),
        [],
      );
    });
  });

  it("tells the Alertmanager what happens, with labels and text, over TLS that both sides verify the name of", async function () {
    this.timeout(120_000);
    logs.write(
      { namespace: "flowmarine-data", pod: "database-0", container: "database" },
      Array<string>(5).fill(refused),
    );
    const alert = await eventually("the alert arrives", async () => {
      const found = (await active()).find(({ labels }) => labels["alertname"] === "DatabaseLoginsRefused");
      assert.ok(found, `${JSON.stringify(await active())}\n${store.output.slice(-2000)}`);
      return found;
    });
    assert.deepEqual(alert.labels, {
      alertname: "DatabaseLoginsRefused",
      severity: "critical",
      owner: "security",
      domain: "store-logs",
      service_name: "database",
      service_namespace: "flowmarine-data",
    });
    assert.deepEqual(alert.annotations, {
      summary: "database refuses logins",
      description: "5 in five minutes: wrong password, role or address.",
      runbook_url: "docs/runbooks/DatabaseLoginsRefused.md",
    });
  });

  it("ends an alert when its reason is gone: a source that was silent speaks again", async function () {
    this.timeout(120_000);
    const silent = async () => (await active()).some(({ labels }) => labels["alertname"] === "LogSourceSilent");
    await eventually("the silent source is reported", async () => assert.ok(await silent()));
    logs.write({ namespace: "flowmarine", pod: "edge-0", container: "edge" }, ["here I am"]);
    await eventually("the alert ends", async () => assert.ok(!(await silent())));
  });

  it("can be watched line by line while it happens", async function () {
    this.timeout(120_000);
    const query = new URLSearchParams({ query: '{service_name="watched"}' });
    const socket = new WebSocket(`wss://localhost:${store.port}/loki/api/v1/tail?${query.toString()}`, {
      ca: readFileSync(store.tls.ca),
      lookup: (_name, _options, found) => found(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    const seen: string[] = [];
    socket.on("message", data => {
      const { streams } = JSON.parse((data as Buffer).toString()) as { streams: { values: [string, string][] }[] };
      seen.push(...streams.flatMap(({ values }) => values.map(([, text]) => text)));
    });
    try {
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
      const lines = ["first", "second", "third"];
      logs.write({ namespace: "flowmarine", pod: "watched-0", container: "watched" }, lines);
      await eventually("the lines are shown", () => assert.deepEqual(seen, lines));
    } finally {
      socket.terminate();
    }
  });
});
