import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** One run of a program and everything that it started. */
export interface Run {
  seconds: number;
  /** Sum of the processes' own peaks, in MiB; 0 where there is no /proc. */
  peakMiB: number;
  code: number | null;
  stdout: string;
}

/** How often memory is looked at. A process that lives shorter than that is missed. */
const sampleMillis = 20;

export function run(args: readonly string[], options: { cwd: string; input?: string }): Promise<Run> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: options.cwd, stdio: ["pipe", "pipe", "inherit"] });
  const peaks = new Map<number, number>();
  const sampling = setInterval(() => {
    for (const pid of child.pid === undefined ? [] : family(child.pid))
      peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakKiB(pid)));
  }, sampleMillis);
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", code => {
      clearInterval(sampling);
      const peakMiB = [...peaks.values()].reduce((sum, kib) => sum + kib, 0) / 1024;
      resolve({ seconds: (performance.now() - started) / 1000, peakMiB, code, stdout });
    });
  });
}

/** A process and its descendants. */
function family(root: number): number[] {
  const parents = new Map<number, number>();
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    // The name in parentheses may hold spaces; the parent is the second field after it.
    const parent = Number(read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ")[1]);
    if (parent > 0) parents.set(pid, parent);
  }
  const members = [root];
  for (const member of members) for (const [pid, parent] of parents) if (parent === member) members.push(pid);
  return members;
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
