import { readdirSync } from "node:fs";
import { join } from "node:path";
import { postgresFiles } from "../../../components/data/postgres/files.js";
import type { PostgresServer } from "../../../components/data/postgres/server.js";
import { findProgram } from "../../support/programs.js";
import { Authority } from "./certificates.js";
import { type Container, gid, Pod, uid } from "./pod.js";
import { eventually, freePort, type Result, run } from "./run.js";

/** Quotes, a backslash, a blank and a dollar: a password may hold anything. */
export const firstPassword = "first-password'\\ $x";

/** Major version of the PostgreSQL that Debian has installed. */
const installed = () => Number(readdirSync("/usr/lib/postgresql").sort().at(-1));

/** The generated files and scripts around a real PostgreSQL, in the containers that the component makes. */
export class PostgresPod {
  private constructor(
    readonly pod: Pod,
    readonly server: PostgresServer,
    readonly authority: Authority,
  ) {}

  static async create(changes: Partial<PostgresServer> = {}): Promise<PostgresPod> {
    const pod = new Pod();
    const server: PostgresServer = {
      version: installed(),
      database: "flowmarine",
      user: "flowmarine",
      memoryMiB: 256,
      cpuMillis: 1000,
      storageGiB: 1,
      tlsMinVersion: "1.3",
      port: await freePort(),
      listenAddresses: "127.0.0.1",
      preloadLibraries: ["pg_stat_statements"],
      extensions: ["pg_trgm"],
      logSlowMillis: 1000,
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
    pod.project(server.paths.config, postgresFiles(server), 0o444);
    pod.project(server.paths.tls, await authority.issue(1001));
    pod.project(server.paths.secrets, { password: firstPassword });
    return new PostgresPod(pod, server, authority);
  }

  script(name: string): string[] {
    return [this.pod.image.shell, join(this.server.paths.config, name)];
  }

  private readonly passwd = () => ({ passwd: join(this.server.paths.config, "passwd") });

  /** The server's container alone. */
  startServer(): Container {
    return this.pod.start(this.script("start.sh"), this.passwd());
  }

  /** All containers, as the StatefulSet has them; resolves when the readiness probe passes. */
  async start(): Promise<Container> {
    const prepared = await this.pod.exec(this.script("credentials.sh"));
    if (prepared.status !== 0) throw new Error(prepared.stderr);
    const server = this.startServer();
    const steward = this.pod.start(this.script("steward.sh"), this.passwd());
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

  /** A client program over TCP as the application, as it would run in another pod. */
  client(program: string, args: readonly string[], overrides: Record<string, string> = {}): Promise<Result> {
    return run(findProgram(program) ?? program, args, {
      PGHOST: "localhost",
      PGHOSTADDR: "127.0.0.1",
      PGPORT: String(this.server.port),
      PGUSER: this.server.user,
      PGDATABASE: this.server.database,
      PGPASSWORD: firstPassword,
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: this.authority.file,
      PGCONNECT_TIMEOUT: "5",
      ...overrides,
    });
  }

  sql(query: string, overrides: Record<string, string> = {}): Promise<Result> {
    return this.client("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", query], overrides);
  }

  /** SQL through the socket as superuser, from inside the pod. */
  async maintenance(query: string): Promise<string> {
    const { socket } = this.server.paths;
    const psql = ["psql", "-XAtq", "-h", socket, "-p", String(this.server.port), "-U", "postgres", "-c", query];
    const { status, stdout } = await this.pod.exec(psql, this.passwd());
    if (status !== 0) throw new Error(stdout);
    return stdout;
  }

  /** Serial number of the certificate that a new connection is shown. */
  async servedSerial(): Promise<string> {
    const target = ["-connect", `127.0.0.1:${this.server.port}`, "-starttls", "postgres"];
    const { stdout } = await run("sh", [
      "-c",
      `openssl s_client ${target.join(" ")} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
    ]);
    return stdout.replace("serial=", "");
  }
}
