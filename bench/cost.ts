// What the observability stack costs under the load that its defaults are for, against the limits that its components set: 10,000 active
// series, 1,000 log lines a second, dashboards and rules. A mocha suite, because it starts programs as tests do: npm run deep -- --only cost
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { resourcesDefaults } from "../components/lib/resources.js";
import { alertGroups } from "../components/observability/alerts/index.js";
import { ruleFile } from "../components/observability/alerts/rules.js";
import { goProcessors } from "../components/observability/goRuntime.js";
import { logAgentBurst, logAgentDefaults } from "../components/observability/logAgent.js";
import { logRules } from "../components/observability/logAlerts/index.js";
import { logsDefaults, lokiBurst } from "../components/observability/loki.js";
import { tenant } from "../components/observability/lokiConfig.js";
import { metricsDefaults, prometheusArguments } from "../components/observability/prometheus.js";
import { prometheusConfig } from "../components/observability/prometheusConfig.js";
import { asFile } from "../components/observability/singleton.js";
import { webConfig } from "../components/observability/webConfig.js";
import { freePorts } from "../tests/edge/support/ports.js";
import { logAgent } from "../tests/logs/support/agent.js";
import { getJson } from "../tests/logs/support/api.js";
import { LogStore } from "../tests/logs/support/logStore.js";
import type { PodLogs } from "../tests/logs/support/podLogs.js";
import { Server } from "../tests/logs/support/server.js";
import { Folder } from "../tests/observability/support/folder.js";
import { requireProgram } from "../tests/support/programs.js";
import { Cgroup, type Limits } from "./cgroup.js";
import { cpuSecondsOf, peakMiBOf } from "./measure.js";

const seconds = Number(process.env["COST_SECONDS"] ?? 180);
const series = 10_000;
const linesPerSecond = 1000;
const most = { throttledPercent: 5 };

interface Part {
  title: string;
  limits: Limits;
  group: Cgroup | undefined;
  server: { pid: number };
  cpuSeconds?: number;
}

const limitsOf = ({ cpuMillis, memoryMiB }: Limits, burst = resourcesDefaults.cpuBurst): Limits => ({
  cpuMillis: cpuMillis * burst,
  memoryMiB,
});

/** A target with so many series, half of them counters that move. */
function target(): HttpServer {
  let reading = 0;
  return createServer((_, response) => {
    reading++;
    const lines: string[] = [];
    for (let metric = 0; metric < 100; metric++) {
      const name = `load_${metric}${metric % 2 === 0 ? "_total" : ""}`;
      lines.push(`# TYPE ${name} ${metric % 2 === 0 ? "counter" : "gauge"}`);
      for (let one = 0; one < series / 100; one++) {
        lines.push(`${name}{namespace="flowmarine",pod="api-${one}",route="/r/${one % 10}"} ${reading * (one + 1)}`);
      }
    }
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(`${lines.join("\n")}\n`);
  });
}

const programs = ["api", "worker", "edge", "database"];

/** So many lines a second, as four programs write them, for so long. */
async function writeLines(logs: PodLogs): Promise<number> {
  const end = Date.now() + seconds * 1000;
  const begin = Date.now();
  let written = 0;
  while (Date.now() < end) {
    const due = Math.floor(((Date.now() - begin) / 1000) * linesPerSecond) - written;
    programs.forEach((name, index) => {
      const count = Math.floor(due / programs.length) + (index < due % programs.length ? 1 : 0);
      const lines = Array.from({ length: count }, (_, line) =>
        JSON.stringify({
          ...{ severity: "INFO", message: `request ${written + line} is answered`, requestId: `r-${written}-${line}` },
          ...{ method: "GET", path: `/api/vessels/${line}`, status: 200, seconds: 0.012, user: `user-${line % 50}` },
        }),
      );
      logs.write({ namespace: "flowmarine", pod: `${name}-0`, container: name }, lines);
    });
    written += due;
    await pause(100);
  }
  return written;
}

const metricQueries = [
  "sum by (route) (rate(load_0_total[5m]))",
  "topk(10, sum by (pod) (rate(load_2_total[5m])))",
  'count({job="load-checks"})',
  "avg by (route) (load_1) / max by (route) (load_3)",
];
const logQueries = [
  'sum by (service_name) (count_over_time({service_name=~".+"}[5m]))',
  'sum by (service_name) (rate({service_name="api"} |= "answered" [1m]))',
];

describe("the cost of observability", () => {
  let folder: Folder;
  let store: LogStore;
  let prometheus: Server;
  let agent: Server;
  let load: HttpServer;
  const groups: Cgroup[] = [];
  after(async () => {
    for (const server of [agent, prometheus, store] as ({ kill: () => Promise<void> } | undefined)[])
      await server?.kill();
    (load as HttpServer | undefined)?.close();
    for (const group of groups) group.remove();
    (folder as Folder | undefined)?.remove();
  });

  it(`is within the limits, at ${series} series and ${linesPerSecond} lines a second for ${seconds} s`, async function () {
    this.timeout((seconds + 240) * 1000);
    const program = requireProgram(this, "prometheus");
    folder = new Folder(requireProgram(this, "openssl"));
    const parts: Part[] = [];
    const start = async (title: string, limits: Limits, server: { pid: number }, run: () => Promise<void>) => {
      const group = Cgroup.make(`bulkhead-cost-${process.pid}-${parts.length}`, limits);
      if (group !== undefined) groups.push(group);
      parts.push({ title, limits, group, server });
      await (group === undefined ? run() : group.spawning(run));
    };

    load = target();
    await new Promise<void>(resolve => load.listen(0, "127.0.0.1", resolve));
    const address = load.address();
    const loadPort = typeof address === "object" && address !== null ? address.port : 0;
    const [port = 0, nobody = 0] = await freePorts(2);
    const tls = folder.tls("prometheus", "localhost");
    const ruleFiles = alertGroups.map(group => folder.write(`${group.name}.rules.yml`, asFile(ruleFile(group))));
    const job = {
      component: "load",
      app: "load",
      namespace: "flowmarine",
      https: false,
      serverName: "",
      honorLabels: true,
    };
    const checks = [{ probe: "load", module: "load", target: "load", instance: "load" }];
    folder.write("web.yml", asFile(webConfig(tls)));
    folder.write(
      "prometheus.yml",
      asFile(
        prometheusConfig({
          jobs: [{ ...job, job: "load-checks", host: "127.0.0.1", port: loadPort, path: "/metrics", checks }],
          self: { job: "metrics", port, serverName: "localhost" },
          externalLabels: { stack: "cost" },
          intervalSeconds: metricsDefaults.intervalSeconds,
          ruleFiles,
          tls,
        }),
      ),
    );
    const { retentionDays, volumeGiB } = metricsDefaults;
    const listen = `127.0.0.1:${port}`;
    const settings = { configFolder: folder.path, dataPath: folder.data, retentionDays, volumeGiB, listen };
    prometheus = new Server(program, prometheusArguments(settings), join(folder.path, "prometheus.log"));
    const endpoint = { port, tls };
    await start("Prometheus", limitsOf(metricsDefaults), prometheus, () =>
      prometheus.start(async () => assert.equal((await getJson(endpoint, "/-/ready", "text")).status, 200)),
    );

    const rulesPath = join(folder.path, "rules");
    mkdirSync(join(rulesPath, tenant), { recursive: true });
    for (const [name, file] of Object.entries(logRules({ auditLog: true, sources: ["edge"] }))) {
      writeFileSync(join(rulesPath, tenant, `${name}.yaml`), asFile(file));
    }
    const lokiLimits = limitsOf(logsDefaults, lokiBurst);
    const alerts = { host: "localhost", port: nobody, rulesPath };
    store = await LogStore.create(this, folder, { alerts }, undefined, goProcessors(lokiLimits.cpuMillis));
    await start("Loki", lokiLimits, store, () => store.start());
    const { logs, server, start: startAgent } = await logAgent(this, folder, store);
    agent = server;
    await start("log agent", limitsOf(logAgentDefaults, logAgentBurst), agent, startAgent);

    for (const part of parts) part.cpuSeconds = cpuSecondsOf(part.server.pid);
    const begin = Date.now();
    const asking = { going: true };
    let asked = 0;
    const dashboards = (async () => {
      while (asking.going) {
        const now = Date.now() / 1000;
        for (const query of metricQueries) {
          const range = new URLSearchParams({ query, start: String(now - 900), end: String(now), step: "15" });
          const { status } = await getJson(endpoint, `/api/v1/query_range?${range.toString()}`, "text");
          assert.equal(status, 200);
        }
        for (const query of logQueries) await store.value(query, Date.now());
        asked += metricQueries.length + logQueries.length;
        await pause(5000);
      }
    })();
    const written = await writeLines(logs);
    const elapsed = (Date.now() - begin) / 1000;
    asking.going = false;
    await dashboards;

    const rows = parts.map(({ title, limits, group, server: { pid }, cpuSeconds = 0 }) => {
      const millis = (1000 * (cpuSecondsOf(pid) - cpuSeconds)) / elapsed;
      return { title, limits, peakMiB: peakMiBOf(pid), millis, ...group?.usage() };
    });
    const count = async (query: string): Promise<number> => {
      const asks = `/api/v1/query?${new URLSearchParams({ query }).toString()}`;
      const { body } = await getJson(endpoint, asks);
      return Number((body as { data: { result: { value: [number, string] }[] } }).data.result[0]?.value[1]);
    };
    const active = await count("prometheus_tsdb_head_series");
    const received = (await store.value('sum(count_over_time({service_name=~".+"}[1h]))', Date.now()))[0]?.value ?? 0;
    console.log(
      [
        `${active} series, ${written} lines written and ${received} of them in Loki after ${elapsed.toFixed(0)} s, ${asked} queries`,
        "",
        "| part | memory, peak of its limit | CPU, mean of its limit | slices held up | killed |",
        "|---|---|---|---|---|",
        ...rows.map(
          ({ title, limits, peakMiB, millis, throttledPercent, killed }) =>
            `| ${title} | ${peakMiB.toFixed(0)} of ${limits.memoryMiB} MiB | ${millis.toFixed(0)} of ${limits.cpuMillis} m |` +
            ` ${throttledPercent === undefined ? "no cgroup here" : `${throttledPercent.toFixed(1)} %`} | ${killed === true ? "yes" : "no"} |`,
        ),
      ].join("\n"),
    );
    assert.ok(active >= series, "too few series");
    assert.ok(written >= 0.95 * linesPerSecond * seconds, "too few lines written");
    assert.ok(received >= 0.95 * written, "lines wait before Loki");
    for (const { title, limits, peakMiB, millis, throttledPercent = 0, killed = false } of rows) {
      assert.ok(peakMiB > 0, `${title} has ended`);
      assert.ok(!killed, `${title} was killed for its memory`);
      assert.ok(peakMiB <= limits.memoryMiB, `${title} takes ${peakMiB.toFixed(0)} MiB`);
      assert.ok(millis <= limits.cpuMillis, `${title} takes ${millis.toFixed(0)} m of CPU`);
      assert.ok(
        throttledPercent <= most.throttledPercent,
        `${title} is held up ${throttledPercent.toFixed(1)} % of the time`,
      );
    }
  });
});
