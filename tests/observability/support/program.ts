import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { TLSSocket } from "node:tls";

/** A program that runs for a test, and its output. */
export class Program {
  private readonly child: ChildProcess;
  private text = "";

  constructor(program: string, args: readonly string[]) {
    this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => (this.text += chunk));
    }
    this.child.on("error", error => (this.text += String(error)));
  }

  get output(): string {
    return this.text;
  }

  /** Throws with its output when it has ended. */
  mustRun(): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`it ended:\n${this.text}`);
  }

  /** SIGTERM, and SIGKILL after ten seconds. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise(resolve => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    const kill = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(kill);
  }
}

export interface Answer {
  status: number;
  body: string;
  /** Serial number of the certificate that was shown. */
  serial: string;
}

/** A request over TLS to loopback, verified by this authority for this name. */
export function ask(
  url: { port: number; path: string; serverName: string; ca: string },
  { method = "GET", body = "", type = "application/json" } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port, path, serverName } = url;
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        path,
        method,
        ca: readFileSync(url.ca),
        servername: serverName,
        agent: false,
        timeout: 5000,
        headers: { "content-type": type, "content-length": Buffer.byteLength(body) },
      },
      response => {
        const { serialNumber: serial } = (
          response.socket as unknown as Pick<TLSSocket, "getPeerCertificate">
        ).getPeerCertificate();
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text, serial }));
      },
    );
    sent.on("error", reject).on("timeout", () => sent.destroy(new Error("no answer within 5 s")));
    sent.end(body);
  });
}

/** Runs a program to its end, at most two minutes; throws what it printed when it fails. */
export function succeeds(program: string, args: readonly string[], seconds = 120): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout: seconds * 1000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(
          new Error(
            `${[program, ...args].join(" ")}: ${error.killed ? `killed after ${seconds} s` : ""}\n${stdout}${stderr}`,
          ),
        );
    });
  });
}
