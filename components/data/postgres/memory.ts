import { InvalidSetting } from "../invalidSetting";
import type { PostgresServer } from "./server";

/** How a memory limit is shared out. All sizes in MiB unless the name says otherwise; together they stay below the limit. */
export interface PostgresMemory {
  readonly sharedBuffersMiB: number;
  readonly effectiveCacheSizeMiB: number;
  readonly maintenanceWorkMemMiB: number;
  readonly autovacuumWorkMemMiB: number;
  readonly autovacuumWorkers: number;
  readonly workMemKiB: number;
  readonly maxConnections: number;
  readonly parallelWorkers: number;
  /** Size of /dev/shm, where parallel queries keep what they share. Charged to the same limit, so part of the sum. */
  readonly sharedMemoryMiB: number;
}

/** Superuser's reserve: the steward and the probes get in when the application has used every session. PostgreSQL's own default. */
export const reservedConnections = 3;

/** Sessions of the exporter. */
export const exporterConnections = 3;

/** A hash may take this many times work_mem; PostgreSQL's default since 15. */
const hashMemMultiplier = 2;

/** Postmaster, checkpointer, WAL writer, logical launcher, and 4 to 16 MiB of WAL buffers. */
const fixedMiB = 14;

/** Private memory of a session with TLS and warm catalogue caches: 5 to 6 MiB as measured on 15, of which work_mem is a part. */
const backendBaseMiB = 5;

/** Page tables: 8 bytes for every 4 KiB page of shared buffers that a backend has touched, since huge pages are off. */
const backendPerSharedMiB = 8 / 4096;

/** What shared_buffers costs beyond itself: descriptors, hash table, locks. */
const sharedOverhead = 1.05;

/**
 * Sessions: many for a small server, few per GiB for a big one. 10 at 128 MiB, 52 at 1 GiB, 116 at 4 GiB, never more than 200: beyond that a
 * pooler in front is faster than more sessions.
 */
function derivedConnections(memoryMiB: number): number {
  return Math.min(200, Math.max(8, 2 * Math.sqrt(memoryMiB) - 12));
}

/** One a core, where there are two cores to share and memory to spare: each worker is one more process with its own work_mem. */
function derivedParallelWorkers(memoryMiB: number, cpuMillis: number): number {
  const cores = Math.floor(cpuMillis / 1000);
  return cores < 2 || memoryMiB < 256 ? 0 : Math.min(cores, Math.floor(derivedConnections(memoryMiB) / 4));
}

/** What all sessions and parallel workers may take together. */
function sessionsMiB(memoryMiB: number): { shared: number; maintenance: number; autovacuum: number; left: number } {
  // "A reasonable starting value is 25% of the memory in your system" (documentation of shared_buffers).
  const shared = memoryMiB / 4;
  // One VACUUM or CREATE INDEX by hand: 5 %; above 1 GiB it gains little (and VACUUM could not use more before 17).
  const maintenance = Math.min(1024, Math.max(4, memoryMiB / 20));
  // Three autovacuum workers: 5 % together.
  const autovacuum = Math.min(512, Math.max(1, memoryMiB / 60));
  // 5 % stays for the page cache of the files just written, which the kernel must be able to hold inside the limit.
  const cacheReserve = memoryMiB / 20;
  const left = memoryMiB - shared * sharedOverhead - fixedMiB - maintenance - 3 * autovacuum - cacheReserve;
  return { shared, maintenance, autovacuum, left };
}

export function tunePostgres(
  server: Pick<PostgresServer, "memoryMiB" | "cpuMillis" | "maxConnections">,
): PostgresMemory {
  const { memoryMiB, cpuMillis } = server;
  const { shared, maintenance, autovacuum, left } = sessionsMiB(memoryMiB);
  const backendMiB = backendBaseMiB + shared * backendPerSharedMiB;
  const connections = server.maxConnections ?? derivedConnections(memoryMiB);
  const parallelWorkers = derivedParallelWorkers(memoryMiB, cpuMillis);
  const processes = connections + parallelWorkers;
  // One hash at full size in every session at once; a query with several sorts takes more, but not in all sessions.
  const workMemKiB = Math.floor(((left / processes - backendMiB) / hashMemMultiplier) * 1024);
  // 64 kB is the least that PostgreSQL accepts for work_mem.
  if (workMemKiB < 64) {
    const most = Math.floor(left / (backendMiB + (hashMemMultiplier * 64) / 1024)) - parallelWorkers;
    const rule = `must be at most ${most} with ${memoryMiB} MiB of memory and ${cpuMillis} thousandths of a core`;
    throw new InvalidSetting("maxConnections", rule, Math.floor(connections));
  }
  return {
    sharedBuffersMiB: Math.floor(shared),
    // Documentation: shared buffers plus the kernel's cache. The latter is what the sessions leave, half of their share here.
    effectiveCacheSizeMiB: Math.floor(memoryMiB * 0.6),
    maintenanceWorkMemMiB: Math.floor(maintenance),
    autovacuumWorkMemMiB: Math.floor(autovacuum),
    autovacuumWorkers: 3,
    workMemKiB,
    maxConnections: Math.floor(connections),
    parallelWorkers,
    // 64 MiB is what a container has by default; an eighth of the limit serves parallel hash joins.
    sharedMemoryMiB: Math.max(64, Math.floor(memoryMiB / 8)),
  };
}

/** Sessions that are left to the application. */
export const applicationConnections = (
  server: Pick<PostgresServer, "memoryMiB" | "cpuMillis" | "maxConnections">,
): number => tunePostgres(server).maxConnections - reservedConnections - exporterConnections;

/** Memory in use when everything allowed is used at once, in MiB. */
export function worstCaseMiB(memory: PostgresMemory): number {
  const backendMiB = backendBaseMiB + memory.sharedBuffersMiB * backendPerSharedMiB;
  const processes = memory.maxConnections + memory.parallelWorkers;
  return (
    memory.sharedBuffersMiB * sharedOverhead +
    fixedMiB +
    memory.maintenanceWorkMemMiB +
    memory.autovacuumWorkers * memory.autovacuumWorkMemMiB +
    processes * (backendMiB + (hashMemMultiplier * memory.workMemKiB) / 1024)
  );
}
