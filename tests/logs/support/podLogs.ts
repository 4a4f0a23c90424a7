import { appendFileSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Container {
  namespace: string;
  pod: string;
  container: string;
  restart?: number;
}

/** Milliseconds and a counter: each line has a nanosecond of its own, as containerd's have. */
let counter = 0;
export function timeNow(): string {
  counter = (counter + 1) % 1_000_000;
  return new Date().toISOString().replace("Z", `${String(counter).padStart(6, "0")}Z`);
}

/** Nanoseconds since 1970 of a time in RFC 3339, as Loki says them. */
export function nanoseconds(time: string): string {
  const [whole = "", fraction = ""] = time.replace("Z", "").split(".");
  return `${Date.parse(`${whole}Z`) / 1000}${fraction.padEnd(9, "0")}`;
}

/** `/var/log/pods` as the kubelet and containerd write it. */
export class PodLogs {
  constructor(readonly path: string) {}

  file({ namespace, pod, container, restart = 0 }: Container): string {
    return join(this.path, `${namespace}_${pod}_00000000-0000-4000-8000-000000000001`, container, `${restart}.log`);
  }

  /** Writes lines as they are. */
  raw(to: Container, text: string | Buffer): void {
    const file = this.file(to);
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, text);
  }

  /**
   * Writes a program's output as containerd does: framed, split into parts of at most `part` characters.
   *
   * @returns the time of each line
   */
  write(to: Container, lines: readonly string[], { stream = "stdout", part = 16_384 } = {}): string[] {
    const times: string[] = [];
    let text = "";
    for (const line of lines) {
      times.push("");
      for (let at = 0; at === 0 || at < line.length; at += part) {
        const time = timeNow();
        times[times.length - 1] ||= time;
        text += `${time} ${stream} ${at + part < line.length ? "P" : "F"} ${line.slice(at, at + part)}\n`;
      }
    }
    this.raw(to, text);
    return times;
  }

  /** Renames the file as the kubelet does when it is large; the next line starts a new one. */
  rotate(container: Container, stamp: string): string {
    const file = this.file(container);
    const rotated = `${file}.${stamp}`;
    if (existsSync(file)) renameSync(file, rotated);
    return rotated;
  }
}
