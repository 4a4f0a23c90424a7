import { checkWhole } from "../lib/check";
import type { Probe } from "../lib/probes";
import type { WritablePath } from "../lib/volumes";

/** A program shows that it works by touching the file in HEARTBEAT_FILE whenever it has done a step of work, or waited for one. */
export interface Heartbeat {
  /** Longest time between two touches, in seconds. Longer than the longest step of work. */
  heartbeatSeconds: number;
}

export const heartbeatDefaults: Heartbeat = { heartbeatSeconds: 60 };

const folder = "/run/bulkhead/heartbeat";
const file = `${folder}/beat`;

/** In memory, so that a slow disk is not taken for a stuck program. */
export const heartbeatPath: WritablePath = { path: folder, sizeMiB: 1, memory: true };

export const heartbeatEnv = { HEARTBEAT_FILE: file };

/**
 * A command that fails when a file is missing or was last changed more than this many seconds ago. The image needs `sh`, `date` and
 * `stat`: any but one without a shell, for which a Worker takes another `health`.
 */
export function heartbeatCommand({ heartbeatSeconds }: Heartbeat, path = file): string[] {
  checkWhole("health.heartbeatSeconds", heartbeatSeconds, 5, 86_400);
  return [
    "/bin/sh",
    "-c",
    'changed=$(stat -c %Y "$1") && [ $(( $(date +%s) - changed )) -le "$2" ]',
    "heartbeat",
    path,
    `${heartbeatSeconds}`,
  ];
}

/** The first failure counts: the command has the patience in it. */
export function heartbeatProbe(heartbeat: Heartbeat): Probe {
  return { exec: heartbeatCommand(heartbeat), failures: 1 };
}
