import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { mariaDbFiles } from "../../../components/data/mariadb/files.js";
import { type MariaDbServer, socketFile } from "../../../components/data/mariadb/server.js";
import { findProgram } from "../../support/programs.js";
import { Authority } from "./certificates.js";
import { type Container, gid, Pod, uid } from "./pod.js";
import { eventually, freePort, type Result, run } from "./run.js";

export const firstPassword = "first-password'\\ $x";

/** Release series of the MariaDB that is installed. */
function installed(): string {
  const text = execFileSync(findProgram("mariadbd") ?? "mariadbd", ["--no-defaults", "--version"], {
    encoding: "utf8",
  });
  return /Ver (\d+\.\d+)/.exec(text)?.[1] ?? "";
}

/** The generated files and scripts around a real MariaDB, in the containers that the component makes. */
export class MariaDbPod {
  private constructor(
    readonly pod: Pod,
    readonly server: MariaDbServer,
    readonly authority: Authority,
  ) {}

  static async create(changes: Partial<MariaDbServer> = {}): Promise<MariaDbPod> {
    const pod = new Pod();
    const server: MariaDbServer = {
      version: installed(),
      database: "flow_marine",
      user: "flowmarine",
      memoryMiB: 256,
      storageGiB: 1,
      tlsMinVersion: "1.3",
      port: await freePort(),
      listenAddress: "127.0.0.1",
      binlogDays: 7,
      allowUpgrade: false,
      pollSeconds: 1,
      uid,
      gid,
      paths: {
        volume: pod.volume("volume"),
        config: pod.path("config"),
        secrets: pod.path("secrets"),
        tls: pod.path("tls"),
        socket: pod.volume("socket"),
        credentials: pod.volume("credentials"),
        scratch: pod.volume("scratch"),
      },
      ...changes,
    };
    const authority = await Authority.create(pod.folder);
    const mariadb = new MariaDbPod(pod, server, authority);
    mariadb.configure(server);
    pod.project(server.paths.tls, await authority.issue(1001));
    pod.project(server.paths.secrets, { password: firstPassword });
    return mariadb;
  }

  /** Replaces the configuration, as a changed ConfigMap does. */
  configure(server: MariaDbServer): void {
    this.pod.project(server.paths.config, mariaDbFiles(server), 0o444);
  }

  script(name: string): string[] {
    return [this.pod.image.shell, join(this.server.paths.config, name)];
  }

  private readonly passwd = () => ({ passwd: join(this.server.paths.config, "passwd") });

  startServer(): Container {
    return this.pod.start(this.script("start.sh"), this.passwd());
  }

  startSteward(): Container {
    return this.pod.start(this.script("steward.sh"), this.passwd());
  }

  /** All containers, as the StatefulSet has them; resolves when the readiness probe passes. */
  async start(): Promise<Container> {
    const prepared = await this.pod.exec(this.script("credentials.sh"));
    if (prepared.status !== 0) throw new Error(prepared.stderr);
    const server = this.startServer();
    const steward = this.startSteward();
    await this.ready().catch((error: unknown) => {
      throw new Error(`${String(error)}\n${server.log}\n${steward.log}`);
    });
    return server;
  }

  ready(): Promise<void> {
    return eventually("ready", async () => {
      const { status, stderr } = await this.probe("ready");
      if (status !== 0) throw new Error(stderr);
    });
  }

  probe(kind: string): Promise<Result> {
    return this.pod.exec([...this.script("probe.sh"), kind], this.passwd());
  }

  /** SQL over TCP as the application, as it would come from another pod. */
  sql(
    query: string,
    { user = this.server.user, password = firstPassword, options = ["--ssl-verify-server-cert"] } = {},
  ): Promise<Result> {
    const address = ["--host=localhost", "--protocol=tcp", `--port=${this.server.port}`, "--connect-timeout=5"];
    const tls = options.includes("--skip-ssl") ? [] : [`--ssl-ca=${this.authority.file}`];
    const args = ["--no-defaults", ...address, ...tls, ...options, `--user=${user}`, "--batch", "--skip-column-names"];
    return run("mariadb", [...args, "-e", query], { MYSQL_PWD: password });
  }

  /** SQL through the socket as superuser, from inside the pod. */
  async maintenance(query: string): Promise<string> {
    const args = [
      "--no-defaults",
      `--socket=${socketFile(this.server)}`,
      "--user=mysql",
      "--batch",
      "--skip-column-names",
    ];
    const { status, stdout } = await this.pod.exec(["mariadb", ...args, "-e", query], this.passwd());
    if (status !== 0) throw new Error(stdout);
    return stdout;
  }

  /** Serial number of the certificate that a new connection is shown. */
  async servedSerial(): Promise<string> {
    const target = `-connect 127.0.0.1:${this.server.port} -starttls mysql`;
    const { stdout } = await run("sh", [
      "-c",
      `openssl s_client ${target} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
    ]);
    return stdout.replace("serial=", "");
  }
}
