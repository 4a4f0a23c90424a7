import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Columns of proc(5): local address in hexadecimal, state (0A: listening), inode. */
function inodesListening(port: number): Set<string> {
  const lines = ["tcp", "tcp6"].flatMap(kind => readFileSync(`/proc/net/${kind}`, "utf8").split("\n"));
  return new Set(
    lines.flatMap(line => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      return state === "0A" && Number.parseInt(local.split(":")[1] ?? "", 16) === port ? [`socket:[${inode}]`] : [];
    }),
  );
}

function sockets(pid: string): string[] {
  try {
    const folder = join("/proc", pid, "fd");
    return readdirSync(folder).map(fd => readlinkSync(join(folder, fd)));
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

/** Ends, as the kernel would, whatever listens on this TCP port of this machine. @throws Error when nothing does */
export function killListener(port: number): void {
  const inodes = inodesListening(port);
  const pids = readdirSync("/proc").filter(name => /^\d+$/.test(name) && sockets(name).some(link => inodes.has(link)));
  if (pids.length === 0) throw new Error(`nothing listens on ${port}`);
  for (const pid of pids) process.kill(Number(pid), "SIGKILL");
}
