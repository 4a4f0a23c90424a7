import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Context } from "mocha";
import { mariaDbExporter } from "../../../components/data/mariadb/exporter";
import { postgresExporter } from "../../../components/data/postgres/exporter";
import { redisExporter } from "../../../components/data/redis/exporter";
import { alertmanagerArguments } from "../../../components/observability/alertmanager";
import { alertmanagerConfig } from "../../../components/observability/alertmanagerConfig";
import type { AlertGroup } from "../../../components/observability/alerts/alert";
import { availability } from "../../../components/observability/alerts/availability";
import { alertGroups } from "../../../components/observability/alerts/index";
import { groupsFor, ruleFile } from "../../../components/observability/alerts/rules";
import { nodeExporterArguments } from "../../../components/observability/nodeExporter";
import { prometheusArguments } from "../../../components/observability/prometheus";
import { type Job, prometheusConfig } from "../../../components/observability/prometheusConfig";
import { asFile } from "../../../components/observability/singleton";
import { webConfig } from "../../../components/observability/webConfig";
import { MariaDbPod } from "../../data/support/mariaDbPod";
import { Pod } from "../../data/support/pod";
import { eventually, freePort } from "../../data/support/run";
import { Edge } from "../../edge/support/edge";
import { Folder } from "../../observability/support/folder";
import { ask, Program } from "../../observability/support/program";
import { type Api, type Running, System } from "../../sample/support/system";
import { requireProgram } from "../../support/programs";

/** Short, so that the test ends: the product reads every 15 s, waits minutes before it alarms, and 30 s for what belongs together. */
export const shortened = {
  scrapeSeconds: 5,
  forMinutes: 0.05,
  timing: { waitSeconds: 1, intervalSeconds: 2, repeatSeconds: 3600 },
};

export interface SlackMessage {
  channel: string;
  attachments: [{ title: string; color: string; text: string }];
}

export type Sample = { metric: Record<string, string>; value: [number, string] };

type Part = Pick<Job, "job" | "component" | "app"> & { port: number; https?: boolean; serverName?: string };

/** PromQL groups of what runs here. */
export const groupsOf = (parts: readonly Part[]): AlertGroup[] => [
  ...groupsFor(alertGroups, new Set([...parts.map(({ app }) => app), "otel-collector", "prometheus"])).filter(
    ({ language = "promql" }) => language === "promql",
  ),
  availability(parts),
];

/**
 * FlowMarine on one machine: PostgreSQL, MariaDB, Valkey (or Redis), nginx, the sample's server and worker, each with its exporter as the
 * components start it, read by a Prometheus and told by an Alertmanager with the components' configuration. Two things differ: addresses are
 * given instead of asked for (there is no cluster's DNS), and what `shortened` says.
 */
export class World {
  readonly messages: SlackMessage[] = [];
  readonly calls: number[] = [];
  parts: Part[] = [];
  system!: System;
  mariadb!: MariaDbPod;
  edge!: Edge;
  api!: Api;
  worker!: Running;
  alertmanager!: Program;
  prometheus!: Program;
  private folder!: Folder;
  private promPort = 0;
  private nodeProgram = "";
  readonly programs = new Map<string, Program>();
  private readonly receiver = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      if (request.url === "/watchdog") this.calls.push(Date.now());
      else this.messages.push(JSON.parse(body) as SlackMessage);
      response.end("ok");
    });
  });

  async start(test: Context): Promise<void> {
    const programs = {
      postgres: requireProgram(test, "postgres_exporter", "prometheus-postgres-exporter"),
      mariadb: requireProgram(test, "mysqld_exporter", "prometheus-mysqld-exporter"),
      redis: requireProgram(test, "redis_exporter", "prometheus-redis-exporter"),
      nginx: requireProgram(test, "nginx-prometheus-exporter", "prometheus-nginx-exporter"),
      node: requireProgram(test, "node_exporter", "prometheus-node-exporter"),
      prometheus: requireProgram(test, "prometheus"),
      alertmanager: requireProgram(test, "alertmanager"),
    };
    this.nodeProgram = programs.node;
    requireProgram(test, "mariadbd");
    this.folder = new Folder(requireProgram(test, "openssl"));
    this.system = await System.create(test);
    this.edge = new Edge();
    this.mariadb = await MariaDbPod.create();
    await Promise.all([this.mariadb.start(), this.edge.start(test)]);
    this.api = await this.system.serve();
    await this.startWorker();
    await this.fillFleet();

    const { database, cache } = this.system;
    await this.export(database.pod, listen => postgresExporter(database.server, programs.postgres, listen), {
      ...{ job: "database-exporter", component: "database", app: "postgresql" },
    });
    await this.export(cache.pod, listen => redisExporter(cache.server, programs.redis, listen), {
      ...{ job: "cache-exporter", component: "cache", app: "valkey" },
    });
    await this.export(this.mariadb.pod, listen => mariaDbExporter(this.mariadb.server, programs.mariadb, listen), {
      ...{ job: "orders-exporter", component: "orders", app: "mariadb" },
    });
    const nginxPort = await freePort();
    const scrape = `--nginx.scrape-uri=http://127.0.0.1:${this.edge.statusPort}/stub_status`;
    this.add({ job: "edge", component: "edge", app: "nginx", port: nginxPort, https: false });
    this.run("edge-exporter", programs.nginx, [
      scrape.replace("--", "-"),
      `-web.listen-address=127.0.0.1:${nginxPort}`,
    ]);
    this.add({ job: "api", component: "api", app: "api", port: this.api.port });
    await this.startNode();
    await this.startAlerting(programs);
  }

  /** What the demonstration's fleet has none of: a vessel at its berth, stored records, a part that is needed. */
  private async fillFleet(): Promise<void> {
    const first = "(select min(imo) from vessels)";
    const columns = "(imo, at, latitude, longitude, speed_knots, provider)";
    for (const sql of [
      `update vessels set state = 'moored' where imo = ${first}`,
      `insert into positions ${columns} values (${first}, now(), 59.9, 10.7, 0, 'ais')`,
      `insert into links values (${first}, true, now()) on conflict (imo) do update set backlog_oldest = now()`,
      `insert into requisitions (reference, requested_by, imo, part, quantity, needed_by)
         select 'reality', id, ${first}, 'injector', 1, now() + interval '20 days' from users limit 1`,
    ]) {
      const { status, stderr } = await this.system.database.sql(sql);
      if (status !== 0) throw new Error(stderr);
    }
  }

  private add(part: Part): void {
    this.parts.push(part);
  }

  /** An exporter in the pod of its store, as the component starts it. */
  private async export(
    pod: Pod,
    command: (listen: string) => { command: readonly string[]; env: Record<string, string> },
    part: Omit<Part, "port">,
  ): Promise<void> {
    const port = await freePort();
    const { command: argv, env } = command(`127.0.0.1:${port}`);
    pod.start(argv, { env });
    this.add({ ...part, port });
  }

  async startWorker(): Promise<void> {
    const port = this.parts.find(({ job }) => job === "worker")?.port ?? (await freePort());
    this.worker = this.system.run("worker", {
      METRICS_PORT: `${port}`,
      SIMULATE_FEED: "true",
      NODE_ENV: "development",
    });
    if (!this.parts.some(({ job }) => job === "worker")) {
      this.add({ job: "worker", component: "worker", app: "worker", port });
    }
  }

  async startNode(): Promise<void> {
    const port = this.parts.find(({ job }) => job === "node")?.port ?? (await freePort());
    const host = "node.flowmarine-node.svc";
    const configFolder = `${this.folder.path}/node`;
    this.folder.folder("node");
    this.folder.write("node/web.yml", asFile(webConfig(this.folder.tls("node-tls", host))));
    this.run(
      "node",
      this.nodeProgram,
      nodeExporterArguments({ configFolder, rootPath: "/", listen: `127.0.0.1:${port}` }),
    );
    if (!this.parts.some(({ job }) => job === "node")) {
      this.add({ job: "node", component: "node", app: "node-exporter", port, serverName: host });
    }
  }

  /** A server in the place of one that was killed. */
  async startApi(): Promise<void> {
    const { port, client } = this.api;
    const running = this.system.run("server", { PORT: `${port}` });
    await eventually("the server answers", async () => {
      if ((await client.get("/api/health")).status !== 200) throw new Error(running.log);
    });
  }

  portOf(job: string): number {
    const part = this.parts.find(one => one.job === job);
    if (part === undefined) throw new Error(`no job ${job}`);
    return part.port;
  }

  private run(name: string, program: string, args: readonly string[]): void {
    this.programs.set(name, new Program(program, args));
  }

  private async startAlerting(programs: { prometheus: string; alertmanager: string }): Promise<void> {
    await new Promise<void>(resolve => this.receiver.listen(0, "127.0.0.1", resolve));
    const { port: hooks } = this.receiver.address() as AddressInfo;
    const [amPort, promPort] = [await freePort(), await freePort()];
    this.promPort = promPort;
    const { folder } = this;
    const amHost = "alerts.flowmarine-monitoring.svc";
    this.add({ job: "alerts", component: "alerts", app: "alertmanager", port: amPort, serverName: amHost });
    folder.folder("am");
    folder.folder("am/data");
    folder.write("slack", `http://127.0.0.1:${hooks}/slack`);
    folder.write("watchdog", `http://127.0.0.1:${hooks}/watchdog`);
    const told = { severities: ["critical", "warning"], owners: [], domains: [], muted: [] } as const;
    const config = alertmanagerConfig({
      receivers: [{ ...told, name: "slack", kind: "slack", channel: "#alerts", secretFile: `${folder.path}/slack` }],
      watchdog: { urlFile: `${folder.path}/watchdog`, intervalSeconds: 10 },
      timing: shortened.timing,
    });
    folder.write("am/alertmanager.yml", asFile(config));
    folder.write("am/web.yml", asFile(webConfig(folder.tls("am-tls", amHost))));
    this.alertmanager = new Program(
      programs.alertmanager,
      alertmanagerArguments({
        ...{ configFolder: `${folder.path}/am`, dataPath: `${folder.path}/am/data`, listen: `127.0.0.1:${amPort}` },
      }),
    );

    const ca = folder.write(
      "all-ca.crt",
      [folder.authority.ca.certificate, this.system.database.authority.file, this.system.cache.authority.file]
        .concat(this.mariadb.authority.file)
        .map(file => readFileSync(file, "utf8"))
        .join(""),
    );
    const own = "metrics.flowmarine-monitoring.svc";
    const tls = { ...folder.tls("prom-tls", own), ca };
    const groups = groupsOf(this.parts);
    // Everything that would wait for minutes waits for seconds.
    const overrides = Object.fromEntries(
      groups.flatMap(({ alerts }) =>
        alerts.filter(a => a.forMinutes > 0).map(a => [a.name, { forMinutes: shortened.forMinutes }]),
      ),
    );
    const ruleFiles = groups.map(group =>
      folder.write(`rules-${group.name}.yml`, asFile(ruleFile(group, { overrides }))),
    );
    const prometheus = prometheusConfig({
      jobs: this.parts.map(part => ({
        ...{ namespace: "flowmarine", host: "localhost", path: "/metrics", honorLabels: false },
        ...{ https: part.https ?? true, serverName: part.serverName ?? "localhost", ...part },
      })),
      self: { job: "metrics", port: promPort, serverName: own },
      alertmanager: { host: amHost, port: amPort },
      ...{ externalLabels: { stack: "test" }, intervalSeconds: shortened.scrapeSeconds, ruleFiles, tls },
    });
    const written = asFile(atAddresses(prometheus, this.parts, amHost));
    folder.write("prometheus.yml", written);
    folder.write("web.yml", asFile(webConfig(tls)));
    this.prometheus = new Program(
      programs.prometheus,
      prometheusArguments({
        ...{ configFolder: folder.path, dataPath: folder.data, retentionDays: 1, volumeGiB: 1 },
        listen: `127.0.0.1:${promPort}`,
      }),
    );
    await eventually("Prometheus is ready", async () => {
      this.prometheus.mustRun();
      this.alertmanager.mustRun();
      if ((await this.get("/-/ready")).status !== 200) throw new Error("not ready");
    });
  }

  private get(path: string) {
    const { authority } = this.folder;
    const serverName = "metrics.flowmarine-monitoring.svc";
    return ask({ port: this.promPort, path, serverName, ca: authority.ca.certificate });
  }

  async query(promql: string): Promise<Sample[]> {
    const { status, body } = await this.get(`/api/v1/query?query=${encodeURIComponent(promql)}`);
    if (status !== 200) throw new Error(`${promql}: ${body}`);
    return (JSON.parse(body) as { data: { result: Sample[] } }).data.result;
  }

  async removeAll(): Promise<void> {
    const servers = [this.prometheus as Program | undefined, this.alertmanager as Program | undefined];
    await Promise.all([...this.programs.values(), ...servers].map(async program => program?.stop()));
    this.receiver.close();
    await (this.edge as Edge | undefined)?.stop();
    await System.remove(this.system);
    (this.folder as Folder | undefined)?.remove();
  }
}

/** The configuration with loopback's addresses in place of names that only a cluster's DNS knows. */
function atAddresses(config: object, parts: readonly Part[], alertmanagerHost: string): object {
  const { scrape_configs, ...rest } = config as { scrape_configs: { job_name: string }[] };
  const jobs = scrape_configs.map(scrape => {
    const part = parts.find(({ job }) => job === scrape.job_name);
    if (part === undefined) return scrape;
    const kept = Object.entries(scrape).filter(([key]) => key !== "dns_sd_configs");
    return { ...Object.fromEntries(kept), static_configs: [{ targets: [`127.0.0.1:${part.port}`] }] };
  });
  const text = JSON.stringify({ ...rest, scrape_configs: jobs });
  return JSON.parse(text.replaceAll(`"${alertmanagerHost}:`, '"127.0.0.1:')) as object;
}
