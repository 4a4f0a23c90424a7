import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "mocha";
import { requireProgram } from "../../support/programs.js";
import { eventually, type Result, run } from "./run.js";

export const uid = 10_001;
export const gid = 10_001;

/** What `hardenedPod` gives a container, made with mount and PID namespaces: needs root. */
const enter = `
set -eu
passwd=$1; writable=$2; path=$3; variables=$4; shift 4
mount --make-rprivate /
for folder in $writable; do mount --bind "$folder" "$folder"; done
[ -z "$passwd" ] || mount --bind "$passwd" /etc/passwd
mount -o remount,bind,ro /
exec env -i PATH="$path" HOME=/ $variables /usr/bin/setpriv --pdeathsig=KILL --reuid=${uid} --regid=${gid} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
`;

const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A running container: its first process is PID 1 of a namespace of its own. */
export class Container {
  private readonly ended: Promise<number>;
  private text = "";

  constructor(private readonly process: ChildProcess) {
    process.stdout?.on("data", chunk => (this.text += String(chunk)));
    process.stderr?.on("data", chunk => (this.text += String(chunk)));
    this.ended = new Promise(resolve =>
      process.on("close", (code, signal) => resolve(code ?? (signal === null ? 255 : 128))),
    );
  }

  get log(): string {
    return this.text;
  }

  private get isOver(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** PID 1, as this machine numbers it; undefined before it is there. */
  private firstIfAny(): number | undefined {
    const parent = this.process.pid ?? 0;
    const [child = ""] = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ");
    return child === "" ? undefined : Number(child);
  }

  private first(): number {
    const first = this.firstIfAny();
    if (first === undefined) throw new Error("the container has no process yet");
    return first;
  }

  /** Signals PID 1, as the kubelet does. */
  signal(name: NodeJS.Signals): void {
    process.kill(this.first(), name);
  }

  /** TCP ports that PID 1 listens on. */
  listening(): number[] {
    const fds = `/proc/${this.first()}/fd`;
    const inodes = readdirSync(fds).map(fd => /^socket:\[(\d+)\]$/.exec(readlinkSync(join(fds, fd)))?.[1]);
    const sockets = ["tcp", "tcp6"].flatMap(kind => readFileSync(`/proc/net/${kind}`, "utf8").split("\n"));
    return sockets.flatMap(line => {
      // Columns of proc(5): local address in hexadecimal, state (0A: listening), inode.
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      return state === "0A" && inodes.includes(inode) ? [Number.parseInt(local.split(":")[1] ?? "", 16)] : [];
    });
  }

  /** Ends every process of the container at once, as SIGKILL from the kubelet does. */
  async kill(): Promise<void> {
    // While PID 1 changes its user, the death of its parent does not reach it: it is killed itself, and the parent held so that it makes no
    // other meanwhile.
    this.process.kill("SIGSTOP");
    await eventually("its parent stands still", () => assert.ok(this.isOver || this.isHeld()), 10);
    const first = this.isOver ? undefined : this.firstIfAny();
    if (first !== undefined) process.kill(first, "SIGKILL");
    this.process.kill("SIGKILL");
    await this.ended;
  }

  private isHeld(): boolean {
    return /\) [TZ] /.test(readFileSync(`/proc/${this.process.pid ?? 0}/stat`, "utf8"));
  }

  /** Exit status, within the time. */
  async exit(seconds: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`still running after ${seconds} s\n${this.text}`)), seconds * 1000);
    });
    return await Promise.race([this.ended, late]).finally(() => clearTimeout(timer));
  }
}

/**
 * Folders and containers of a pod on this machine: read-only root, an unprivileged uid, no capabilities, volumes with fsGroup semantics. The
 * network is the machine's.
 */
export class Pod {
  private static readonly all: Pod[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), "bulkhead-pod-"));
  /** What of an image a container notices: where its shell is, and its PATH. */
  image = { shell: "/bin/sh", path: standardPath };
  private readonly containers: Container[] = [];
  private readonly writable: string[] = [];

  constructor() {
    chmodSync(this.folder, 0o755);
    Pod.all.push(this);
  }

  /** For an `after` hook: ends every container of every pod and removes their files. */
  static async removeAll(): Promise<void> {
    await Promise.all(Pod.all.splice(0).map(pod => pod.remove()));
  }

  /** A volume that containers may write to: group-owned, as fsGroup makes it. */
  volume(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path);
    chownSync(path, 0, gid);
    chmodSync(path, 0o2770);
    this.writable.push(path);
    return path;
  }

  /** Where a projected volume will be; `project` fills it. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Fills or replaces a ConfigMap's (0444) or Secret's (root, group, 0440) files, each at once. */
  project(path: string, files: Readonly<Record<string, string>>, mode = 0o440): void {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
    for (const [name, content] of Object.entries(files)) {
      const incoming = join(path, `..${name}`);
      writeFileSync(incoming, content);
      chownSync(incoming, 0, gid);
      chmodSync(incoming, mode);
      renameSync(incoming, join(path, name));
    }
  }

  start(
    command: readonly string[],
    { passwd = "", env = {} }: { passwd?: string; env?: Readonly<Record<string, string>> } = {},
  ): Container {
    const variables = Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ");
    const namespaces = ["--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];
    const inside = [
      "sh",
      "-c",
      enter,
      "enter",
      passwd,
      this.writable.join(" "),
      this.image.path,
      variables,
      ...command,
    ];
    const container = new Container(
      spawn("setpriv", ["--pdeathsig", "KILL", "--", "unshare", ...namespaces, ...inside], {
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    this.containers.push(container);
    return container;
  }

  /** Runs a command in a container of its own to its end, as `kubectl exec` would. */
  async exec(command: readonly string[], options: { passwd?: string } = {}, seconds = 120): Promise<Result> {
    const container = this.start(command, options);
    const status = await container.exit(seconds);
    return { status, stdout: container.log.trim(), stderr: container.log.trim() };
  }

  /** Ends whatever runs. */
  async killAll(): Promise<void> {
    await Promise.all(this.containers.splice(0).map(container => container.kill()));
  }

  private async remove(): Promise<void> {
    await this.killAll();
    await eventually("the folder is gone", () => rmSync(this.folder, { recursive: true, force: true }), 10);
  }
}

/** Skips, by name, where containers cannot be made: without root, or without namespaces. */
export async function requireNamespaces(test: Context): Promise<void> {
  requireProgram(test, "setpriv");
  const unshare = requireProgram(test, "unshare");
  const { status } = await run(unshare, ["--mount", "--pid", "--fork", "--mount-proc", "true"]);
  if (status === 0 && process.getuid?.() === 0) return;
  if (process.env["REQUIRE_PROGRAMS"] === "1") throw new Error("this test needs root and namespaces");
  const runnable = test.test ?? test.currentTest;
  if (runnable !== undefined) runnable.title += " [needs root and namespaces]";
  test.skip();
}
