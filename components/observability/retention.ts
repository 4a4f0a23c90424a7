/** How much disk a retention needs, and whether a volume has it: what is kept is promised, so a volume too small is refused at preview. */

const bytesPerGiB = 1024 ** 3;
const secondsPerDay = 86_400;

/** Part of a volume that may fill: compaction needs room for its output before it deletes its input, and a full disk stops everything. */
const usable = 0.8;

export interface MetricsVolume {
  /** Series that are alive at a time. */
  activeSeries: number;
  intervalSeconds: number;
  days: number;
}

/** "Prometheus stores an average of only 1-2 bytes per sample" (its storage documentation): the worse. */
const bytesPerSample = 2;

/** Write-ahead log and head: up to three hours of samples at about 11 bytes before they are compacted into a block. */
const walBytesPerSample = 11;
const walHours = 3;

/** Volume that metrics need, in GiB. 20,000 series every 15 s for 15 days: 4.2. */
export function metricsVolumeGiB({ activeSeries, intervalSeconds, days }: MetricsVolume): number {
  const samplesPerSecond = activeSeries / intervalSeconds;
  const blocks = samplesPerSecond * bytesPerSample * days * secondsPerDay;
  const head = samplesPerSecond * walBytesPerSample * walHours * 3600;
  return (blocks + head) / usable / bytesPerGiB;
}

/** What Prometheus itself keeps the blocks below, in MiB, should there be more series than were expected: oldest first. */
export function metricsRetentionMiB(volumeGiB: number): number {
  return Math.floor(volumeGiB * 1024 * usable);
}

export interface LogsVolume {
  /** Log lines as the programs write them, together. */
  rawMiBPerDay: number;
  days: number;
  /** Programs whose lines are kept for another time, with their part of the lines. @default none */
  others?: readonly { rawMiBPerDay: number; days: number }[];
}

/** Share of the raw size that chunks, index and write-ahead log take. A planning figure: compressed JSON lines, with room to spare. */
const storedShare = 0.35;

/** What is kept at a time, raw. What is kept for less time than the rest is reckoned like the rest. */
function keptMiB({ rawMiBPerDay, days, others = [] }: LogsVolume): number {
  const longer = others.reduce((sum, other) => sum + other.rawMiBPerDay * Math.max(0, other.days - days), 0);
  return rawMiBPerDay * days + longer;
}

/** Volume that logs need, in GiB. 1,024 MiB a day for 14 days: 6.1. */
export const logsVolumeGiB = (logs: LogsVolume): number => (keptMiB(logs) * storedShare) / usable / 1024;

/**
 * Share of the raw size that the index takes, which queries load from the bucket for all days that they ask for. 31 bytes a chunk were measured:
 * 5,000 streams (Loki's limit here) that each begin two chunks an hour have 7 MiB a day, of the 1,024 that are the default.
 */
const indexShare = 0.01;

/** How long the bucket may be away, and how long a chunk may be filled (`max_chunk_age`, at worst): until then lines are in the volume. */
const daysOutside = 2;

/** Volume that logs need beside a bucket, in GiB. 1,024 MiB a day for 14 days: 1.1. */
export function logsVolumeBesideGiB(logs: LogsVolume): number {
  return (logs.rawMiBPerDay * daysOutside * storedShare + keptMiB(logs) * indexShare) / usable / 1024;
}
