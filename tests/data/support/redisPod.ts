import { join } from "node:path";
import { redisFiles } from "../../../components/data/redis/files.js";
import type { RedisServer } from "../../../components/data/redis/server.js";
import { findProgram } from "../../support/programs.js";
import { Authority } from "./certificates.js";
import { type Container, Pod } from "./pod.js";
import { eventually, freePort, type Result, run } from "./run.js";

export const firstPassword = "first-password'\\ $x";

/** Valkey where it is installed, else Redis: the configuration is in the words of both. */
const programs = () =>
  findProgram("valkey-server") === undefined
    ? { serverProgram: "redis-server", clientProgram: "redis-cli" }
    : { serverProgram: "valkey-server", clientProgram: "valkey-cli" };

/** The generated files and scripts around a real Valkey or Redis, in the containers that the component makes. */
export class RedisPod {
  private constructor(
    readonly pod: Pod,
    readonly server: RedisServer,
    readonly authority: Authority,
  ) {}

  static async create(changes: Partial<RedisServer> = {}): Promise<RedisPod> {
    const pod = new Pod();
    const server: RedisServer = {
      ...programs(),
      mode: "durable",
      user: "flowmarine",
      extraCommands: [],
      memoryMiB: 64,
      cpuMillis: 1000,
      tlsMinVersion: "1.3",
      port: await freePort(),
      bind: "127.0.0.1",
      pollSeconds: 1,
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
    pod.project(server.paths.config, redisFiles(server), 0o444);
    pod.project(server.paths.tls, await authority.issue(1001));
    pod.project(server.paths.secrets, { password: firstPassword });
    return new RedisPod(pod, server, authority);
  }

  script(name: string): string[] {
    return [this.pod.image.shell, join(this.server.paths.config, name)];
  }

  startServer(): Container {
    return this.pod.start(this.script("start.sh"));
  }

  startSteward(): Container {
    return this.pod.start(this.script("steward.sh"));
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
    return this.pod.exec([...this.script("probe.sh"), kind]);
  }

  /** Commands over TLS as the application, one a line; what the server answers, one a line. */
  async send(
    commands: string,
    { user = this.server.user, password = firstPassword, tls = true } = {},
  ): Promise<string> {
    const address = ["-h", "localhost", "-p", String(this.server.port)];
    const encryption = tls ? ["--tls", "--cacert", this.authority.file, "--sni", "localhost"] : [];
    const login = user === "" ? [] : ["--user", user, "--no-auth-warning"];
    const auth: Record<string, string> = user === "" ? {} : { REDISCLI_AUTH: password };
    const { stdout, stderr } = await run(
      this.server.clientProgram,
      [...address, ...encryption, ...login],
      auth,
      `${commands}\n`,
    );
    return [stdout, stderr].filter(Boolean).join("\n");
  }

  /** Serial number of the certificate that a new connection is shown. */
  async servedSerial(): Promise<string> {
    const target = `-connect 127.0.0.1:${this.server.port}`;
    const { stdout } = await run("sh", [
      "-c",
      `openssl s_client ${target} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
    ]);
    return stdout.replace("serial=", "");
  }
}
