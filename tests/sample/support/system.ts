import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Context } from "mocha";
import { Pod, requireNamespaces } from "../../data/support/pod.js";
import { firstPassword, PostgresPod } from "../../data/support/postgresPod.js";
import { RedisPod } from "../../data/support/redisPod.js";
import { eventually, freePort } from "../../data/support/run.js";
import { Client } from "../../edge/support/client.js";
import { requireProgram } from "../../support/programs.js";

const backend = join(process.cwd(), "sample/backend");

export const demoPassword = "correct horse battery staple";

/** A process of the sample, as its container runs it. */
export class Running {
  private text = "";
  private readonly ended: Promise<number | null>;

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on("data", chunk => (this.text += String(chunk)));
    child.stderr?.on("data", chunk => (this.text += String(chunk)));
    this.ended = new Promise(resolve => child.on("close", code => resolve(code)));
  }

  get log(): string {
    return this.text;
  }

  /** What it logged, one object a line. @throws when a line is no JSON */
  get lines(): Record<string, unknown>[] {
    return this.text
      .split("\n")
      .filter(Boolean)
      .map(line => JSON.parse(line) as Record<string, unknown>);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Exit code; null when a signal ended it. */
  async exit(seconds = 30): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`still running after ${seconds} s\n${this.text}`)), seconds * 1000);
    });
    return Promise.race([this.ended, late]).finally(() => clearTimeout(timer));
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

/** The sample's programs around a real PostgreSQL and a real Redis, over TLS as in the cluster. */
export class System {
  private readonly running: Running[] = [];

  private constructor(
    readonly database: PostgresPod,
    readonly cache: RedisPod,
    private readonly folder: string,
    readonly ca: string,
  ) {}

  /** Stores with the schema and the demonstration's users in them. Skips where they cannot be had. */
  static async create(test: Context): Promise<System> {
    requireProgram(test, "postgres");
    requireProgram(test, "valkey-server", "redis-server");
    await requireNamespaces(test);
    if (!existsSync(join(backend, "node_modules"))) {
      if (process.env["REQUIRE_PROGRAMS"] === "1") throw new Error("run `npm ci --prefix sample/backend` first");
      if (test.test !== undefined) test.test.title += " [needs npm ci --prefix sample/backend]";
      test.skip();
    }
    await promisify(execFile)("npm", ["run", "--silent", "build"], { cwd: backend });
    const [database, cache] = await Promise.all([PostgresPod.create(), RedisPod.create()]);
    await Promise.all([database.start(), cache.start()]);
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-sample-"));
    const ca = [database, cache].map(({ authority }) => readFileSync(authority.file, "utf8")).join("");
    const system = new System(database, cache, folder, ca);
    writeFileSync(join(folder, "ca.crt"), ca);
    await system.renew(3001);
    await system.end("migrate");
    await system.end("seed", { SEED_PASSWORD: demoPassword });
    return system;
  }

  /** Gives the programs a certificate with this serial number. */
  async renew(serial: number): Promise<void> {
    const { "tls.crt": certificate, "tls.key": key } = await this.database.authority.issue(serial);
    writeFileSync(join(this.folder, "tls.key"), key);
    writeFileSync(join(this.folder, "tls.crt"), certificate);
  }

  /** What the platform's links, certificate and secrets give. */
  env(): Record<string, string> {
    const { server: database } = this.database;
    const { server: cache } = this.cache;
    const file = (name: string) => join(this.folder, name);
    return {
      ...{ PATH: process.env["PATH"] ?? "", NODE_ENV: "production", ENVIRONMENT: "local", LOG_LEVEL: "debug" },
      ...{ TLS_CERT_FILE: file("tls.crt"), TLS_KEY_FILE: file("tls.key"), TLS_CA_FILE: file("ca.crt") },
      ...{ DATABASE_HOST: "localhost", DATABASE_PORT: `${database.port}`, DATABASE_NAME: database.database },
      DATABASE_POOL_SIZE: "4",
      ...{ DATABASE_USER: database.user, DATABASE_PASSWORD: firstPassword },
      ...{
        CACHE_HOST: "localhost",
        CACHE_PORT: `${cache.port}`,
        CACHE_USER: cache.user,
        CACHE_PASSWORD: firstPassword,
      },
      JWT_SECRET: "a key of the tests, which nobody else has",
      HEARTBEAT_FILE: file("heartbeat"),
    };
  }

  /** Starts `dist/<program>.js`. */
  run(program: string, env: Record<string, string> = {}): Running {
    const running = new Running(
      spawn(process.execPath, [`dist/${program}.js`], { cwd: backend, env: { ...this.env(), ...env } }),
    );
    this.running.push(running);
    return running;
  }

  /** Runs it to its end. @throws Error with its log unless it succeeds */
  async end(program: string, env: Record<string, string> = {}): Promise<Running> {
    const running = this.run(program, env);
    const code = await running.exit();
    if (code !== 0) throw new Error(`${program} ended with ${String(code)}\n${running.log}`);
    return running;
  }

  /** A server that answers. */
  async serve(env: Record<string, string> = {}): Promise<Api> {
    const port = await freePort();
    const running = this.run("server", { PORT: `${port}`, ...env });
    const api = new Api(running, port, this.ca);
    await eventually("the server answers", async () => {
      if ((await api.client.get("/api/health")).status !== 200) throw new Error(running.log);
    });
    return api;
  }

  /** For an `after` hook: also of a system that was never made. */
  static async remove(system: System | undefined): Promise<void> {
    await Promise.all(system?.running.map(running => running.kill()) ?? []);
    await Pod.removeAll();
    if (system !== undefined) rmSync(system.folder, { recursive: true, force: true });
  }
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

interface Said<T> {
  status: number;
  headers: Record<string, unknown>;
  body: T;
}

/** A server of the sample, and a client that speaks JSON with it. */
export class Api {
  readonly client: Client;

  constructor(
    readonly running: Running,
    readonly port: number,
    ca: string,
  ) {
    this.client = new Client(port, port, ca, "localhost");
  }

  async say<T = Record<string, unknown>>(
    method: string,
    path: string,
    { body, token, headers = {} }: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
  ): Promise<Said<T>> {
    const answer = await this.client.ask({
      method,
      path,
      headers: {
        ...(body === undefined || Buffer.isBuffer(body) ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });
    const text = answer.body.toString();
    const json = (answer.headers["content-type"] ?? "").includes("json");
    return { status: answer.status, headers: answer.headers, body: (json ? JSON.parse(text) : text) as T };
  }

  async login(name: string, password = demoPassword): Promise<Tokens> {
    const { status, body } = await this.say<Tokens>("POST", "/api/auth/login", { body: { name, password } });
    if (status !== 200) throw new Error(`login of ${name} gave ${status}`);
    return body;
  }
}
