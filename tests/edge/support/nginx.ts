import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runScript } from "../../../components/edge/runScript.js";
import { account } from "./folders.js";
import { until } from "./poll.js";

/** An nginx that can be tested with: the program, and the version its configuration is written for. */
export interface Program {
  path: string;
  version: string;
  /** Whether it was built with stub_status. */
  status: boolean;
}

export function programAt(path: string): Program {
  const output = execFileSync("/bin/sh", ["-c", `'${path}' -V 2>&1`], { encoding: "utf8" });
  const version = /nginx\/(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined) throw new Error(`${path} does not say its version`);
  return { path, version, status: output.includes("with-http_stub_status_module") };
}

/** A folder that `account` may write to. */
export function ownedFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  if (account.uid !== undefined) chownSync(path, account.uid, account.gid);
  return path;
}

/** What nginx says of a configuration: its complaints, or nothing. */
export function complaints(program: Program, folder: string, conf: string): string {
  const file = join(folder, `check-${process.hrtime.bigint()}.conf`);
  writeFileSync(file, conf);
  try {
    execFileSync(program.path, ["-e", "stderr", "-p", folder, "-c", file, "-t", "-q"], {
      // nginx opens /dev/stdout by name, which a pipe of Node's is not open to.
      stdio: ["ignore", "ignore", "pipe"],
      ...account,
    });
    return "";
  } catch (error) {
    return (error as { stderr: Buffer }).stderr.toString();
  }
}

/** A running nginx, started by the script that starts it in the cluster. */
export class Nginx {
  readonly log: string;
  private process: ChildProcess | undefined;
  private exited: Promise<number | null> = Promise.resolve(null);

  /** @param folder has the state folder `state`, and gets conf, script and log */
  constructor(
    private readonly program: Program,
    private readonly folder: string,
    readonly conf: string,
    private readonly watched: readonly string[] = [],
    private readonly lingerSeconds = 0,
    private readonly resolvConf?: string,
  ) {
    this.log = join(folder, "output.log");
  }

  /** Starts it, and waits until this port accepts connections. */
  async start(port: number): Promise<void> {
    const conf = join(this.folder, "nginx.conf");
    const script = join(this.folder, "run.sh");
    const stateFolder = ownedFolder(join(this.folder, "state"));
    const { lingerSeconds, watched, resolvConf } = this;
    writeFileSync(conf, this.conf);
    writeFileSync(
      script,
      runScript({
        ...{ conf, stateFolder, watched, lingerSeconds, drainSeconds: 5, checkSeconds: 1, nginx: this.program.path },
        ...(resolvConf === undefined ? {} : { resolvConf }),
      }),
    );
    const output = openSync(this.log, "a", 0o666);
    if (account.uid !== undefined) chownSync(this.log, account.uid, account.gid);
    const child = spawn("/bin/sh", [script], { stdio: ["ignore", output, output], cwd: "/", ...account });
    closeSync(output);
    this.process = child;
    this.exited = new Promise(resolve => child.once("exit", resolve));
    await until(`nginx to listen on ${port}`, async () => {
      if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}:\n${this.output()}`);
      // It listens before it writes its pid.
      return ((await accepts(port)) && existsSync(join(stateFolder, "nginx.pid"))) || undefined;
    });
  }

  output(): string {
    return existsSync(this.log) ? readFileSync(this.log, "utf8") : "";
  }

  /** The access log's lines, and the run script's. */
  lines(): Record<string, unknown>[] {
    return this.output()
      .split("\n")
      .filter(line => line.startsWith("{"))
      .map(line => JSON.parse(line) as Record<string, unknown>);
  }

  /** The line of the request with this id, once it is written. */
  async logged(requestId: string): Promise<Record<string, unknown>> {
    return until(`the log line of ${requestId}`, () => this.lines().find(line => line["requestId"] === requestId));
  }

  signal(name: NodeJS.Signals): void {
    this.process?.kill(name);
  }

  /** Process ids of nginx's master and of the script before it. */
  pids(): { script: number; master: number } {
    return {
      script: this.process?.pid ?? 0,
      master: Number(readFileSync(join(this.folder, "state/nginx.pid"), "utf8")),
    };
  }

  /** Ends all of nginx at once, as the kernel does with a container that is out of memory. */
  async kill(): Promise<void> {
    const { master } = this.pids();
    const workers = readFileSync(`/proc/${master}/task/${master}/children`, "utf8").trim().split(" ").map(Number);
    for (const pid of [master, ...workers]) process.kill(pid, "SIGKILL");
    await this.exited;
  }

  /** Its exit code, once it has ended. */
  async ended(): Promise<number | null> {
    return this.exited;
  }

  async stop(): Promise<void> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => {
      try {
        process.kill(this.pids().master, "SIGKILL");
      } catch {
        // It has just ended.
      }
    }, 8_000);
    await this.exited;
    clearTimeout(timer);
  }
}

async function accepts(port: number): Promise<boolean> {
  const { connect } = await import("node:net");
  return new Promise(resolve => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
