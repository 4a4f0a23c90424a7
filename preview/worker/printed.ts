import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Masker } from "../mask.js";
import type { LogEntry } from "../result.js";

/** Lines kept of what a program prints; a chatty program must not fill the report. */
const maxLines = 1000;

/** What a child process prints, line by line, as log entries. */
export class PrintedLines {
  private readonly lines: LogEntry[] = [];
  private dropped = 0;

  constructor(child: ChildProcess) {
    this.follow(child.stdout, "info");
    this.follow(child.stderr, "warning");
  }

  entries(mask: Masker): LogEntry[] {
    const entries = this.lines.map(line => ({ ...line, message: mask(line.message) }));
    if (this.dropped > 0) entries.push({ severity: "info", message: `${this.dropped} more lines were printed` });
    return entries;
  }

  private follow(stream: Readable | null, severity: LogEntry["severity"]): void {
    if (stream === null) return;
    createInterface({ input: stream }).on("line", message => {
      if (message.trim() === "") return;
      if (this.lines.length < maxLines) this.lines.push({ severity, message });
      else this.dropped += 1;
    });
  }
}
