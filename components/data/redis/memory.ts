import type { RedisServer } from "./server";

/** How a memory limit is shared out; together the parts stay below it. */
export interface RedisMemory {
  readonly maxMemoryMiB: number;
  /** Buffers of all clients together; the biggest is disconnected above it. */
  readonly clientsMiB: number;
  readonly maxClients: number;
}

/** Code and tables of an empty server: 13 MiB resident as measured on 7.0, half of it shared pages of libraries. */
const fixedMiB = 12;

/** What the allocator loses between used and resident memory; above it `mem_fragmentation_ratio` is worth an alert. */
const fragmentation = 1.25;

/**
 * While a durable server rewrites its append-only file, a child shares its memory, and every page written meanwhile exists twice. Half of
 * the data set is a heavy writer; without persistence nothing forks.
 */
const forkShare = { cache: 0, durable: 0.5 };

/** TLS session, socket buffers and query buffer of one client, in KiB. */
const clientKiB = 64;

export function tuneRedis(server: Pick<RedisServer, "memoryMiB" | "mode">): RedisMemory {
  const usable = server.memoryMiB - fixedMiB;
  // A fifth for clients: many idle ones, or one that reads a big reply slowly.
  const clientsMiB = Math.max(4, Math.floor(usable / 5));
  const maxMemoryMiB = Math.floor((usable - clientsMiB) / (fragmentation + forkShare[server.mode]));
  const maxClients = Math.min(10_000, Math.floor((clientsMiB * 1024) / clientKiB));
  return { maxMemoryMiB, clientsMiB, maxClients };
}

/** Memory in use when everything allowed is used at once, in MiB. */
export function worstCaseMiB({ maxMemoryMiB, clientsMiB }: RedisMemory, mode: RedisServer["mode"]): number {
  return fixedMiB + clientsMiB + maxMemoryMiB * (fragmentation + forkShare[mode]);
}
