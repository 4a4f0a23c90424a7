import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Limits {
  cpuMillis: number;
  memoryMiB: number;
}

export interface Usage {
  /** Part of the time slices in which it was held up. */
  throttledPercent: number;
  killed: boolean;
}

const root = "/sys/fs/cgroup";
const isV2 = existsSync(join(root, "cgroup.controllers"));
const periodMicros = 100_000;

/** A control group for one program, as a container has one; version 1 or 2 of the kernel's. Needs root. */
export class Cgroup {
  private constructor(private readonly folders: readonly string[]) {}

  /** @returns nothing where no group can be made, such as without root */
  static make(name: string, { cpuMillis, memoryMiB }: Limits): Cgroup | undefined {
    const quota = String((cpuMillis / 1000) * periodMicros);
    const bytes = String(memoryMiB * 2 ** 20);
    const folders = isV2 ? [join(root, name)] : ["cpu", "memory"].map(controller => join(root, controller, name));
    const settings: [file: string, value: string][] = isV2
      ? [
          ["cpu.max", `${quota} ${periodMicros}`],
          ["memory.max", bytes],
        ]
      : [
          ["cpu.cfs_period_us", String(periodMicros)],
          ["cpu.cfs_quota_us", quota],
          ["memory.limit_in_bytes", bytes],
        ];
    const group = new Cgroup(folders);
    try {
      for (const folder of folders) mkdirSync(folder);
      for (const [file, value] of settings) writeFileSync(group.file(file), value);
      return group;
    } catch {
      group.remove();
      return undefined;
    }
  }

  private file(name: string): string {
    const [first = "", second = first] = this.folders;
    return join(name.startsWith("memory") ? second : first, name);
  }

  /** What is spawned in here is in the group from its first instruction on: a child is where its parent is. */
  spawning<T>(spawn: () => T): T {
    const own = readFileSync("/proc/self/cgroup", "utf8")
      .trim()
      .split("\n")
      .map(line => line.split(":"));
    const homes = isV2
      ? [join(root, own[0]?.[2] ?? "")]
      : ["cpu", "memory"].map(controller =>
          join(root, controller, own.find(([, names = ""]) => names.split(",").includes(controller))?.[2] ?? ""),
        );
    const move = (to: readonly string[]) => {
      for (const folder of to) writeFileSync(join(folder, "cgroup.procs"), String(process.pid));
    };
    move(this.folders);
    try {
      return spawn();
    } finally {
      move(homes);
    }
  }

  usage(): Usage {
    const numbers = (file: string): Map<string, number> =>
      new Map(
        readFileSync(this.file(file), "utf8")
          .trim()
          .split("\n")
          .map(line => line.split(" "))
          .map(([name = "", value]) => [name, Number(value)]),
      );
    const cpu = numbers("cpu.stat");
    const memory = numbers(isV2 ? "memory.events" : "memory.oom_control");
    return {
      throttledPercent: (100 * (cpu.get("nr_throttled") ?? 0)) / Math.max(1, cpu.get("nr_periods") ?? 0),
      killed: (memory.get("oom_kill") ?? 0) > 0,
    };
  }

  /** Nothing may run in it any more. */
  remove(): void {
    for (const folder of this.folders) {
      if (existsSync(folder)) rmdirSync(folder);
    }
  }
}
