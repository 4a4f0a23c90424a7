import { InvalidSetting } from "../invalidSetting";
import type { MariaDbServer } from "./server";

/** How a memory limit is shared out; together the parts stay below it. */
export interface MariaDbMemory {
  readonly bufferPoolMiB: number;
  readonly maxConnections: number;
  /** Most that one temporary table takes in memory before it goes to disk. */
  readonly tmpTableKiB: number;
}

/** Sessions kept from the application: exporter, backup, and a person with a problem. */
export const reservedConnections = 4;

/** An idle server with hardly any of its pool in use: 69 MiB as measured on 10.11, and some margin. */
const fixedMiB = 80;
export const logBufferMiB = 8;
export const ariaCacheMiB = 8;
export const keyBufferMiB = 8;

/** Page descriptors and hash index: "up to 10 %" beside the pool (documentation of innodb_buffer_pool_size). */
const poolOverhead = 1.1;

/** Per-session buffers, in KiB; each is the size it is set to in my.cnf. */
export const sessionKiB = { thread: 292, sort: 256, join: 256, read: 128, readRandom: 256, binlog: 32, net: 32 };
const sessionMiB = Object.values(sessionKiB).reduce((sum, kib) => sum + kib, 0) / 1024;

/** Least that MariaDB does useful work with in memory. */
const minTmpTableKiB = 64;

const afterFixed = (memoryMiB: number) =>
  memoryMiB - fixedMiB - logBufferMiB - ariaCacheMiB - keyBufferMiB - memoryMiB / 20;

/** Three fifths of what the fixed costs leave: the rest is for sessions, and 5 % of the limit for the kernel. */
const poolShare = 0.6;

/** 13 at 192 MiB, 68 at 1 GiB, 164 at 4 GiB, never more than 400. */
function derivedConnections(memoryMiB: number): number {
  return Math.min(400, Math.max(reservedConnections + 4, 3 * Math.sqrt(memoryMiB) - 28));
}

export function tuneMariaDb(server: Pick<MariaDbServer, "memoryMiB" | "maxConnections">): MariaDbMemory {
  const { memoryMiB } = server;
  const bufferPoolMiB = Math.floor((afterFixed(memoryMiB) * poolShare) / poolOverhead);
  const left = afterFixed(memoryMiB) * (1 - poolShare);
  const connections = server.maxConnections ?? derivedConnections(memoryMiB);
  const tmpTableKiB = Math.min(65_536, Math.floor((left / connections - sessionMiB) * 1024));
  if (tmpTableKiB < minTmpTableKiB) {
    const most = Math.floor(left / (sessionMiB + minTmpTableKiB / 1024));
    throw new InvalidSetting(
      "maxConnections",
      `must be at most ${most} with ${memoryMiB} MiB of memory`,
      Math.floor(connections),
    );
  }
  return { bufferPoolMiB, maxConnections: Math.floor(connections), tmpTableKiB };
}

/** Sessions that the application's user may have at once. */
export const applicationConnections = (server: Pick<MariaDbServer, "memoryMiB" | "maxConnections">): number =>
  tuneMariaDb(server).maxConnections - reservedConnections;

/** Memory in use when everything allowed is used at once, in MiB. */
export function worstCaseMiB({ bufferPoolMiB, maxConnections, tmpTableKiB }: MariaDbMemory): number {
  const caches = logBufferMiB + ariaCacheMiB + keyBufferMiB;
  return fixedMiB + caches + bufferPoolMiB * poolOverhead + maxConnections * (sessionMiB + tmpTableKiB / 1024);
}
