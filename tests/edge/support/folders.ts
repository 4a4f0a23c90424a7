import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** As in the cluster: nobody whose account the system knows. A process without root keeps its own. */
export const account = process.getuid?.() === 0 ? { uid: 10001, gid: 10001 } : {};

/** A new folder that the servers may enter, removed with all it holds by `remove`. */
export function scratchFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "edge-"));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
