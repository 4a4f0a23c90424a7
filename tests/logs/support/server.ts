import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { eventually } from "../../data/support/run.js";

/** A server that is started, killed and started again; what it prints is kept in a file, which no pipe's reader holds up. */
export class Server {
  private child: ChildProcess | undefined;
  private ended: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly program: string,
    private readonly args: readonly string[],
    private readonly outputFile: string,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  get output(): string {
    return readFileSync(this.outputFile, "utf8");
  }

  /** Its process. @throws Error before it is started */
  get pid(): number {
    const { pid } = this.child ?? {};
    if (pid === undefined) throw new Error("it is not started");
    return pid;
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it, and waits until `ready` does not throw. */
  async start(ready: () => Promise<void>): Promise<void> {
    const output = openSync(this.outputFile, "a");
    const child = spawn(this.program, this.args, {
      stdio: ["ignore", output, output],
      env: { PATH: process.env["PATH"] ?? "", ...this.env },
    });
    closeSync(output);
    this.child = child;
    this.ended = new Promise(resolve => child.once("exit", resolve).once("error", resolve));
    const name = this.program.split("/").at(-1);
    await eventually(`${name} is ready`, async () => {
      await ready().catch((error: unknown) => {
        throw new Error(`${String(error)}\n${this.running ? "" : "it has ended\n"}${this.output.slice(-3000)}`);
      });
    });
  }

  /** SIGTERM: it may finish what it does, at most a minute. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.child?.kill("SIGTERM");
    const late = setTimeout(() => this.child?.kill("SIGKILL"), 60_000);
    await this.ended;
    clearTimeout(late);
  }

  /** SIGKILL: it may finish nothing. */
  async kill(): Promise<void> {
    if (this.running) this.child?.kill("SIGKILL");
    await this.ended;
  }
}
