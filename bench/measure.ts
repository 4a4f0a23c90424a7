import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** One run of a program and everything that it started. */
export interface Run {
  seconds: number;
  /** Of every process, in user and system mode; 0 where there is no /proc. Unlike `seconds` it hardly depends on what else runs. */
  cpuSeconds: number;
  /** Sum of the processes' own peaks, in MiB; 0 where there is no /proc. */
  peakMiB: number;
  code: number | null;
  stdout: string;
  /** It took longer than allowed and was ended: the figures say at least. */
  stopped: boolean;
}

export interface RunOptions {
  cwd: string;
  input?: string;
  /** Node by default. */
  command?: string;
  /** Seconds of wall clock; no limit by default. */
  limit?: number;
}

/** How often processes are looked at. One that lives shorter than that is missed. */
const sampleMillis = 20;
/** Of /proc/PID/stat, on every Linux. */
const ticksPerSecond = 100;

/** Leaders of the process groups under way: they end with this process. */
const leaders = new Set<number>();
process.on("exit", () => leaders.forEach(killGroup));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // It has ended.
  }
}

export function run(args: readonly string[], options: RunOptions): Promise<Run> {
  const started = performance.now();
  const child = spawn(options.command ?? process.execPath, args, {
    cwd: options.cwd,
    stdio: ["pipe", "pipe", "inherit"],
    // Its own group, so that its children end with it.
    detached: true,
  });
  if (child.pid !== undefined) leaders.add(child.pid);
  const peaks = new Map<number, number>();
  const ticks = new Map<number, number>();
  const sampling = setInterval(() => {
    for (const pid of child.pid === undefined ? [] : family(child.pid)) {
      peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakKiB(pid)));
      ticks.set(pid, Math.max(ticks.get(pid) ?? 0, ticksOf(pid)));
    }
  }, sampleMillis);
  let stopped = false;
  const timer = setTimeout(
    () => {
      stopped = true;
      if (child.pid !== undefined) killGroup(child.pid);
    },
    Math.min(options.limit ?? 86_400, 86_400) * 1000,
  );
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", error => {
      clearInterval(sampling);
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", code => {
      clearInterval(sampling);
      clearTimeout(timer);
      if (child.pid !== undefined) leaders.delete(child.pid);
      const seconds = (performance.now() - started) / 1000;
      const cpuSeconds = sum(ticks) / ticksPerSecond;
      resolve({ seconds, cpuSeconds, peakMiB: sum(peaks) / 1024, code, stdout, stopped });
    });
  });
}

function sum(values: ReadonlyMap<unknown, number>): number {
  return [...values.values()].reduce((total, value) => total + value, 0);
}

/** A process and its descendants. */
function family(root: number): number[] {
  const parents = new Map<number, number>();
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    const parent = Number(statOf(pid)[1]);
    if (parent > 0) parents.set(pid, parent);
  }
  const members = [root];
  for (const member of members) for (const [pid, parent] of parents) if (parent === member) members.push(pid);
  return members;
}

/** Fields of /proc/PID/stat from the third on: the second, the name in parentheses, may hold spaces. */
function statOf(pid: number): string[] {
  return read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
}

/** What a process that lives has used so far, in user and system mode; 0 where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  return ticksOf(pid) / ticksPerSecond;
}

/** User and system time: fields 14 and 15. */
function ticksOf(pid: number): number {
  const fields = statOf(pid);
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** The most memory that a process that lives has had so far, in MiB; 0 where there is no /proc. */
export function peakMiBOf(pid: number): number {
  return peakKiB(pid) / 1024;
}

function peakKiB(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The process has ended.
    return "";
  }
}

/** The run in the middle: figures of a shared machine have outliers on one side only. */
export async function medianOf(times: number, once: () => Promise<Run>): Promise<Run> {
  const runs: Run[] = [];
  for (let index = 0; index < times; index++) runs.push(await once());
  const middle = runs.sort((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)];
  if (!middle) throw new Error("no run");
  return middle;
}

/** Lines of a table with right-aligned columns, the first left-aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  return rows
    .map(row =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  "),
    )
    .join("\n");
}
